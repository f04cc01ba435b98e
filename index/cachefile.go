package index

// unknownVersion is the index version of a cache file that does not say how old it is:
// when it is next online Cargo asks for all of the crate's file. With the ETag of a fuller
// one Cargo would be told that nothing has changed, and take what it has for all there is
// (cargo 1.95: HttpRegistry::load).
const unknownVersion = "Unknown"

// AppendCache appends to dst the cache file of a sparse index that lists entries, in
// their order. Cargo believes it as long as it is offline.
func AppendCache(dst []byte, entries []Entry) []byte {
	dst = appendHead(dst, unknownVersion)
	for _, e := range entries {
		dst = appendPair(dst, e.Version, e.Line)
	}
	return dst
}

func appendHead(dst []byte, indexVersion string) []byte {
	return append(append(append(dst, cacheHead...), indexVersion...), 0)
}

func appendPair(dst []byte, version string, line []byte) []byte {
	return append(append(append(append(dst, version...), 0), line...), 0)
}
