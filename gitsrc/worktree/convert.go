package worktree

import (
	"bytes"
	"runtime"

	"github.com/go-git/go-git/v5/plumbing"
)

// conversion is what happens to a file's bytes on their way out (spec 6.3).
type conversion struct {
	eol   eolMode
	ident bool
}

// maxGrowth is how many times its size a file takes that is converted: itself, and
// twice as much if it is all line feeds.
const maxGrowth = 3

type eolMode uint8

const (
	eolKeep eolMode = iota
	eolCRLF         // in any file
	eolAuto         // in files that look like text and have no CR yet
)

// nativeCRLF: what a text file ends lines with where nothing says otherwise.
const nativeCRLF = runtime.GOOS == "windows"

// conversion works out what attributes ask for. Cargo turns core.autocrlf off,
// and the user's core.eol is not looked at here.
//
// Source: libgit2 1.9, crlf.c.
func (s attrSet) conversion() conversion {
	c := conversion{ident: s.ident == attrTrue}
	kind := textKind(s.text)
	if kind == textUnsaid {
		kind = textKind(s.crlf) // its name before git 1.7.2
	}
	crlf := nativeCRLF
	switch {
	case kind == textOff:
		return c
	case s.eol == attrLF:
		crlf = false
	case s.eol == attrCRLF:
		crlf = true
	case kind == textUnsaid || kind == textInput:
		return c
	}
	switch {
	case crlf && kind == textAuto:
		c.eol = eolAuto
	case crlf:
		c.eol = eolCRLF
	}
	return c
}

type textual uint8

const (
	textUnsaid textual = iota
	textOff
	textOn
	textInput
	textAuto
)

func textKind(a attribute) textual {
	switch a {
	case attrTrue:
		return textOn
	case attrFalse:
		return textOff
	case attrInput:
		return textInput
	case attrAuto:
		return textAuto
	}
	return textUnsaid
}

// apply returns what is written for a blob; line endings come first.
func (c conversion) apply(data []byte, blob plumbing.Hash) []byte {
	if c.eol != eolKeep {
		data = toCRLF(data, c.eol == eolAuto)
	}
	if c.ident {
		data = expandIdent(data, blob)
	}
	return data
}

// textStats counts the bytes by which text is told from the rest.
type textStats struct {
	nul, cr, lf, crlf, printable, other int
}

func gatherStats(data []byte) (s textStats) {
	data = bytes.TrimSuffix(data, []byte{0x1a}) // an old end-of-file mark
	for i, c := range data {
		switch {
		case c == '\n':
			s.lf++
		case c == '\r':
			s.cr++
			if i+1 < len(data) && data[i+1] == '\n' {
				s.crlf++
			}
		case c == 0:
			s.nul++
			s.other++
		case c >= ' ' && c != 0x7f, c == '\t', c == '\f', c == '\v', c == '\b', c == 0x1b:
			s.printable++
		default:
			s.other++
		}
	}
	return s
}

func (s textStats) binary() bool {
	return s.cr != s.crlf || s.nul > 0 || s.printable>>7 < s.other
}

// toCRLF makes the end of each line CR LF.
func toCRLF(data []byte, auto bool) []byte {
	s := gatherStats(data)
	if s.lf == 0 || s.lf == s.crlf || auto && (s.cr > 0 || s.binary()) {
		return data
	}
	out := make([]byte, 0, len(data)+s.lf)
	for line := range bytes.Lines(data) {
		text, ended := bytes.CutSuffix(line, []byte("\n"))
		if ended {
			text = bytes.TrimSuffix(text, []byte("\r"))
		}
		if out = append(out, text...); ended {
			out = append(out, "\r\n"...)
		}
	}
	return out
}

// expandIdent puts the blob's name between the first "$Id" and the next '$',
// wherever that is, as libgit2 does: git itself asks for "$Id$" or "$Id:…$" on
// one line, and does it throughout the file.
func expandIdent(data []byte, blob plumbing.Hash) []byte {
	start := bytes.Index(data, []byte("$Id"))
	if start < 0 || looksBinary(data) {
		return data
	}
	after := start + len("$Id")
	end := bytes.IndexByte(data[after:], '$')
	if end < 0 {
		return data
	}
	out := append(make([]byte, 0, len(data)+2*len(blob)+len("$Id:  $")), data[:start]...)
	out = append(out, "$Id: "+blob.String()+" $"...)
	return append(out, data[after+end+1:]...)
}

// looksBinary is the test libgit2 applies before expanding; see [textStats] for
// its other one.
func looksBinary(data []byte) bool {
	for _, bom := range []string{"\xfe\xff", "\xff\xfe", "\x00\x00\xfe\xff"} {
		if bytes.HasPrefix(data, []byte(bom)) {
			return true
		}
	}
	printable, other := 0, 0
	for _, c := range bytes.TrimPrefix(data, []byte("\ufeff")) {
		switch {
		case c >= ' ' && c != 0x7f, c == '\b', c == 0x1b, c == '\f':
			printable++
		case c == 0:
			return true
		case !isSpace(c):
			other++
		}
	}
	return printable>>7 < other
}
