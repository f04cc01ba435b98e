package vendoring

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"

	"cargohome/crate"
)

// A stat cache is a file of text:
//
//	cargohome stat cache 3
//	/path/of/the/vendor/folder
//	serde KEY DIGEST 0 0
//	rand KEY DIGEST FROM TO REMARK …
//	…
//	SHA256 of the lines above
//
// KEY is of what a package depends on. DIGEST is of what the file system said of its
// folder when it was proven, or of what was written between FROM and TO, which are in
// nanoseconds.
const statCacheHead = "cargohome stat cache 3\n"

func statCacheText(dest string, all map[string]remembered) []byte {
	const usual = 256 // bytes of a line
	b := make([]byte, 0, usual*(len(all)+2))
	b = append(b, statCacheHead+dest+"\n"...)
	for _, folder := range slices.Sorted(maps.Keys(all)) {
		r := all[folder]
		b = append(append(b, folder...), ' ')
		b = append(hex.AppendEncode(b, r.key[:]), ' ')
		b = append(hex.AppendEncode(b, r.digest[:]), ' ')
		b = append(strconv.AppendInt(b, r.from, 10), ' ')
		b = strconv.AppendInt(b, r.to, 10)
		b = append(append(b, r.remarks...), '\n')
	}
	return append(b, sumText(b)...)
}

// parseStatCache returns nothing for a text that is damaged, or for another folder.
func parseStatCache(text []byte, dest string) map[string]remembered {
	const sumLine = 2*sha256.Size + 1
	if len(text) < sumLine {
		return nil
	}
	body, sum := text[:len(text)-sumLine], text[len(text)-sumLine:]
	rest, ok := bytes.CutPrefix(body, []byte(statCacheHead+dest+"\n"))
	if !ok || string(sum) != sumText(body) {
		return nil
	}
	all := map[string]remembered{}
	for line := range strings.Lines(string(rest)) {
		folder, r, ok := parseRemembered(line)
		if !ok {
			return nil
		}
		all[folder] = r
	}
	return all
}

func sumText(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:]) + "\n"
}

func parseRemembered(line string) (folder string, r remembered, ok bool) {
	line, ended := strings.CutSuffix(line, "\n")
	words := strings.SplitN(line, " ", 6)
	if !ended || len(words) < 5 || words[0] == "" {
		return "", r, false
	}
	key, keyErr := crate.ParseChecksum(words[1])
	sum, sumErr := crate.ParseChecksum(words[2])
	from, fromErr := strconv.ParseInt(words[3], 10, 64)
	to, toErr := strconv.ParseInt(words[4], 10, 64)
	if keyErr != nil || sumErr != nil || fromErr != nil || toErr != nil || from < 0 || to < from {
		return "", r, false
	}
	r = remembered{memo{key: key}, digest(sum), from, to}
	if len(words) == 6 {
		r.remarks = " " + words[5]
	}
	_, ok = unquoted(r.remarks)
	return words[0], r, ok
}

// remark is something that was found out about a package. Of one from git it is the name
// of a registry that cargo's configuration has or has not, or a warning; of one with an
// archive, whether its library is a procedural macro.
type remark struct {
	sign byte
	text string
}

const (
	hasRegistry   = '+'
	lacksRegistry = '-'
	warns         = '!'
	isMacro       = 'm' // "true" or "false"
)

// quoted returns remarks as they are remembered, a space before each.
func quoted(remarks []remark) string {
	var b strings.Builder
	for _, r := range remarks {
		b.WriteString(" " + string(r.sign) + strconv.Quote(r.text))
	}
	return b.String()
}

func unquoted(line string) (remarks []remark, ok bool) {
	for line != "" {
		if len(line) < 2 || line[0] != ' ' || !strings.ContainsRune("+-!m", rune(line[1])) {
			return nil, false
		}
		one, err := strconv.QuotedPrefix(line[2:])
		if err != nil {
			return nil, false
		}
		text, err := strconv.Unquote(one)
		if err != nil {
			return nil, false
		}
		remarks, line = append(remarks, remark{line[1], text}), line[2+len(one):]
	}
	return remarks, true
}
