package crate

import (
	"slices"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// hidden stands for what is not shown.
const hidden = "***"

// Redact returns a text that may hold a URL, which then goes on to its end, with what may
// be secret in it replaced by "***": user info, and the values of its query but for the
// reference of a git source. The user "git" is the name of a service and stays. Of a URL
// that does not parse cleanly, as one whose password was not encoded, nothing is shown
// before its last '@'. It never fails, and redacting twice changes nothing more.
func Redact(s string) string {
	start, rest := findURL(s)
	if start < 0 {
		return hideRemoteUser(s)
	}
	// The slashes, of which there may be too few or too many.
	slashes := len(s[rest:]) - len(strings.TrimLeft(s[rest:], `/\`))
	head, tail := s[:rest+slashes], s[rest+slashes:]
	return head + hideParameters(hideQuery(hideUser(s[start:], s[start:rest], tail)))
}

// hideRemoteUser hides what is before the last '@' of a remote as ssh has it,
// git@secret@host:path, where there is more than one.
func hideRemoteUser(s string) string {
	remote, path, ok := strings.Cut(s, ":")
	at := strings.LastIndexByte(remote, '@')
	if !ok || at < 0 || strings.IndexByte(remote, '@') == at || strings.ContainsAny(remote, `/\`) {
		return s
	}
	return hidden + remote[at:] + ":" + path
}

// hideParameters hides the values in the path of a URL: /a;token=secret/b.
func hideParameters(s string) string {
	path, query := cutBefore(s, "?#")
	pieces := strings.Split(path, ";")
	for i, piece := range pieces[1:] {
		if key, value, ok := strings.Cut(piece, "="); ok {
			if _, after := cutBefore(value, "/"); value != after {
				pieces[i+1] = key + "=" + hidden + after
			}
		}
	}
	return strings.Join(pieces, ";") + query
}

// findURL returns where a URL begins in s, and where what follows its scheme does; -1 if
// there is none. Without slashes it is one if there is an '@' behind.
func findURL(s string) (start, rest int) {
	if i := strings.Index(s, "//"); i == 0 || i > 0 && strings.ContainsRune("\"'`+", rune(s[i-1])) {
		return i, i // without a scheme, or with a kind of source in its place
	}
	last := strings.LastIndexByte(s, '@')
	for from := 0; ; {
		colon := strings.IndexByte(s[from:], ':')
		if colon < 0 {
			return -1, -1
		}
		colon += from
		from = colon + 1
		start := colon - len(schemeBefore(s[:colon]))
		slash := from < len(s) && (s[from] == '/' || s[from] == '\\')
		drive := colon-start == 1 && slash && !strings.HasPrefix(s[from:], "//") // C:\…
		if start < colon && !drive && (slash || from < last && !inPath(s[:start], s[start:colon])) {
			return start, from
		}
	}
}

// inPath reports whether a word that follows before is, for all that a colon follows it,
// a part of the path of a file rather than a scheme.
func inPath(before, word string) bool {
	if before == "" || strings.ContainsAny(before[len(before)-1:], " \t\n\"'`(<[{=,;|") {
		return false
	}
	_, known := urlSchemes[strings.ToLower(word[strings.LastIndexByte(word, '+')+1:])]
	return !known
}

// urlSchemes are those of sources that have user info.
var urlSchemes = map[string]struct{}{"http": {}, "https": {}, "ssh": {}, "git": {}, "ftp": {}, "ftps": {}}

// schemeBefore returns the scheme, such as "https" or "git+ssh", that s ends in; "" if it
// ends in none.
func schemeBefore(s string) string {
	i := len(s)
	for i > 0 && isSchemeByte(s[i-1]) {
		i--
	}
	return strings.TrimLeft(s[i:], "+-.0123456789")
}

func isSchemeByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'
}

// hideUser hides the user info of a URL, of which tail is what follows scheme and slashes.
func hideUser(url, scheme, tail string) string {
	if isFile(scheme, url) {
		return tail
	}
	authority, after := cutBefore(tail, "/?#")
	at := strings.LastIndexByte(authority, '@')
	if !isClean(url, authority, after) {
		at = strings.LastIndexAny(tail, likeAt)
	}
	if at < 0 || tail[:at] == "git" {
		return tail
	}
	return hidden + tail[at:]
}

// likeAt are '@' and what some readers of host names take for it.
const likeAt = "@\uff20\ufe6b"

// isFile: in the path of a file an '@' is a letter like others.
func isFile(scheme, url string) bool {
	return strings.HasSuffix(scheme, "file:") && strings.HasPrefix(url[len(scheme):], "///")
}

// isClean reports whether the parts of a URL are where they seem to be: not in one that
// parsers mend or refuse, nor where an '@' behind the authority could end a password that
// begins before.
func isClean(url, authority, after string) bool {
	path, query := cutBefore(after, "?#")
	scheme, _, ok := strings.Cut(url, "://")
	if !ok || schemeBefore(scheme) != scheme || strings.Contains(query, "@") || strings.ContainsFunc(url, isOdd) {
		return false
	}
	if strings.Contains(path, "@") && strings.Contains(authority[strings.LastIndexByte(authority, '@')+1:], ":") {
		return false // a port, or the begin of a password of digits
	}
	_, err := whatwg.Parse(url)
	return err == nil
}

// isOdd: parsers take these for others, or leave them out.
func isOdd(r rune) bool { return r <= ' ' || r == '\\' || r == '\x7f' }

// cutBefore cuts s before the first of some characters.
func cutBefore(s, chars string) (before, after string) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// shownKeys are the keys of a query that say which commit of a repository is meant.
var shownKeys = []string{"branch", "tag", "rev", "ref"}

// hideQuery hides the values in the query of a URL, and in its fragment, of which a commit
// is none.
func hideQuery(s string) string {
	before, query := cutBefore(s, "?#")
	query, fragment, found := strings.Cut(query, "#")
	if query != "" {
		before += "?" + hideValues(query[1:], hidden)
	}
	if found {
		before += "#" + hideValues(fragment, "")
	}
	return before
}

// hideValues hides the values of pairs; what has no key becomes alone, unless that is "".
func hideValues(pairs, alone string) string {
	list := strings.Split(pairs, "&")
	for i, pair := range list {
		key, value, isPair := strings.Cut(pair, "=")
		switch {
		case pair == "" || isPair && (value == "" || slices.Contains(shownKeys, key)):
		case isPair:
			list[i] = key + "=" + hidden
		case alone != "":
			list[i] = alone
		}
	}
	return strings.Join(list, "&")
}

// RedactText is [Redact] for a text for people, which may name any number of URLs: one
// ends at white space, or within quotes at the one that closes them.
func RedactText(s string) string {
	if !strings.Contains(s, ":") && !strings.Contains(s, "//") {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		n := segment(s)
		b.WriteString(Redact(s[:n]))
		if s = s[n:]; s != "" {
			b.WriteByte(s[0]) // what ended it
			s = s[1:]
		}
	}
	return b.String()
}

// segment returns the length of what at the beginning of s could be one URL.
func segment(s string) int {
	if quote := s[0]; quote == '"' || quote == '`' {
		for i := 1; i < len(s) && s[i] != '\n'; i++ {
			switch {
			case s[i] == '\\' && quote == '"':
				i++ // what is behind it closes nothing
			case s[i] == quote:
				return i
			}
		}
	}
	if i := strings.IndexAny(s[1:], " \t\r\n\"'`"); i >= 0 {
		return i + 1
	}
	return len(s)
}
