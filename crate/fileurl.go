package crate

import (
	"fmt"
	"net/url"
	"runtime"
	"strings"

	"cargohome/internal/rustpath"
)

// here is whose paths are made URLs of.
const here = runtime.GOOS

// fileURL is the URL Cargo makes of an absolute path of a system: each segment
// percent-encoded, "." and ".." kept as they are.
func fileURL(path, goos string) string {
	start := ""
	if goos == "windows" {
		start, path = cutPrefix(path)
	} else if !strings.HasPrefix(path, "/") {
		start = "/"
	}
	var b strings.Builder
	b.WriteString("file://")
	b.WriteString(start)
	for i := range len(path) {
		switch c := path[i]; {
		case c == '/' && goos != "windows", c == '\\' && goos == "windows":
			b.WriteByte('/')
		case escapeInPath(c):
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// cutPrefix returns how the URL of a path of Windows begins, and the rest of the path,
// with backslashes only: a share is the host and its first folder, and whether a path is
// verbatim no URL tells (url 2.5: path_to_file_url_segments_windows). Cargo has no URL for
// a device.
func cutPrefix(path string) (start, rest string) {
	windows := rustpath.Of("windows")
	path = windows.Tidy(path)
	prefix := windows.Prefix(path)
	rest = path[len(prefix.Text):]
	switch {
	case prefix.Drive != 0:
		return "/" + string(prefix.Drive) + ":", rest
	case prefix.Server != "":
		return strings.ToLower(prefix.Server), strings.TrimSuffix(`\`+prefix.Share+rest, `\`)
	}
	return "", path
}

// escapeInPath is the path-segment set of the WHATWG standard with '\' added,
// as the url crate has it for paths of the file system.
func escapeInPath(c byte) bool {
	return c <= ' ' || c > '~' || strings.IndexByte("\"#<>`?{}%/\\", c) >= 0
}

// localPath is the path on a system that a file URL means, "" if it is another URL. It
// undoes fileURL, but for a verbatim prefix (url 2.5: file_url_segments_to_pathbuf).
func localPath(text, goos string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "file":
		return ""
	case goos != "windows":
		return u.Path
	}
	path := strings.ReplaceAll(u.Path, "/", `\`)
	if u.Host != "" && !strings.EqualFold(u.Host, "localhost") {
		return `\\` + u.Host + path
	}
	if rest := strings.TrimPrefix(path, `\`); rustpath.Of(goos).Prefix(rest).Drive != 0 {
		return rest
	}
	return path
}
