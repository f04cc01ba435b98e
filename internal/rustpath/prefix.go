package rustpath

import "strings"

// Prefix is what a path of Windows begins with: a drive, a share, a device, or that it is
// verbatim, which has the system take it as it is (Rust 1.95: std::path::Prefix). The zero
// Prefix is that of a path without.
type Prefix struct {
	Text          string // as it is written
	Drive         byte   // of C: and \\?\C:, in upper case, as the system does not tell them apart
	Server, Share string // of \\server\share and \\?\UNC\server\share
	Verbatim      bool   // \\?\: only a backslash parts it, and "." is a name
}

// isDrive reports whether it is "C:", which alone does not make a path absolute.
func (p Prefix) isDrive() bool { return p.Drive != 0 && !p.Verbatim }

// tidy is the prefix in the form that all texts of it share.
func (p Prefix) tidy() string {
	text := p.Text
	if !p.Verbatim {
		text = strings.ReplaceAll(text, "/", `\`)
	}
	if p.Drive != 0 {
		text = text[:len(text)-2] + string(p.Drive) + ":"
	}
	return text
}

const verbatim = `\\?\`

func prefixOf(path string) Prefix {
	switch {
	case strings.HasPrefix(path, verbatim):
		return verbatimPrefix(path)
	case len(path) < 2:
		return Prefix{}
	case path[1] == ':' && driveOf(path[0]) != 0:
		return Prefix{Text: path[:2], Drive: driveOf(path[0])}
	case !isSlash(path[0]) || !isSlash(path[1]):
		return Prefix{}
	case len(path) > 3 && path[2] == '.' && isSlash(path[3]): // a device, such as \\.\COM1
		return Prefix{Text: path[:4+endOf(path[4:], `\/`)]}
	}
	server, share, length := shareOf(path[2:], `\/`)
	if server == "" || share == "" {
		return Prefix{}
	}
	return Prefix{Text: path[:2+length], Server: server, Share: share}
}

// verbatimPrefix: whatever comes first is the prefix.
func verbatimPrefix(path string) Prefix {
	rest := path[len(verbatim):]
	if unc, ok := strings.CutPrefix(rest, `UNC\`); ok {
		server, share, length := shareOf(unc, `\`)
		return Prefix{Text: path[:len(path)-len(unc)+length], Server: server, Share: share, Verbatim: true}
	}
	first := rest[:endOf(rest, `\`)]
	p := Prefix{Text: path[:len(verbatim)+len(first)], Verbatim: true}
	if len(first) == 2 && first[1] == ':' {
		p.Drive = driveOf(first[0])
	}
	return p
}

// shareOf splits off "server\share", which has that length.
func shareOf(text, separators string) (server, share string, length int) {
	server = text[:endOf(text, separators)]
	rest := text[min(len(server)+1, len(text)):]
	share = rest[:endOf(rest, separators)]
	return server, share, len(text) - len(rest) + len(share)
}

func endOf(text, separators string) int {
	if i := strings.IndexAny(text, separators); i >= 0 {
		return i
	}
	return len(text)
}

func isSlash(c byte) bool { return c == '\\' || c == '/' }

// driveOf returns a letter of a drive in upper case, 0 if it is none.
func driveOf(c byte) byte {
	if upper := c &^ 0x20; 'A' <= upper && upper <= 'Z' {
		return upper
	}
	return 0
}

// joinVerbatim resolves "." and ".." of path, which the system takes for names there.
func joinVerbatim(base, path string, prefix Prefix) string {
	windows := Rules{windows: true}
	var parts []string
	for part := range windows.parts(base, prefix) {
		parts = append(parts, part)
	}
	if isSlash(path[0]) {
		parts = nil
	}
	for part := range windows.parts(path, Prefix{}) {
		switch {
		case part == "..":
			parts = parts[:max(len(parts)-1, 0)]
		case part != ".":
			parts = append(parts, part)
		}
	}
	return prefix.Text + `\` + strings.Join(parts, `\`)
}
