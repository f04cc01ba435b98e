package crate

import "strings"

// ParseOldSourceID is [ParseSourceID] for lockfiles below version 4. Those have the
// reference of a git source as it is, so that '+', '%', '&' and '#' in it mean
// themselves (cargo 1.95, encodable_source_id). Cargo reads all versions alike and
// takes such a reference for another one.
func ParseOldSourceID(s string) (SourceID, error) {
	id, err := ParseSourceID(s)
	if err != nil || id.kind != Git {
		return id, err
	}
	_, query, _ := strings.Cut(s, "?")
	word, text, ok := strings.Cut(query, "=")
	kind, known := refKinds[word]
	if ok && known {
		id.ref.Kind = kind
		id.ref.Name, id.precise = cutCommit(text)
	}
	return id, nil
}

// refKinds are the words of references; "ref" is the old one for "branch".
var refKinds = map[string]RefKind{"branch": Branch, "ref": Branch, "tag": Tag, "rev": Rev}

// cutCommit tells a commit at the end from a '#' that is part of the reference.
func cutCommit(text string) (ref, commit string) {
	i := strings.LastIndexByte(text, '#')
	if i < 0 || !isCommit(text[i+1:]) {
		return text, ""
	}
	return text[:i], text[i+1:]
}

func isCommit(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}
