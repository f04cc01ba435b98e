package rustpath_test

import (
	"testing"

	"cargohome/internal/rustpath"
)

var (
	unix    = rustpath.Of("linux")
	windows = rustpath.Of("windows")
)

func TestPrefix(t *testing.T) {
	for path, want := range map[string]rustpath.Prefix{
		`C:\x`: {Text: "C:", Drive: 'C'}, "c:/x": {Text: "c:", Drive: 'C'}, "C:x": {Text: "C:", Drive: 'C'}, "z:": {Text: "z:", Drive: 'Z'},
		`\\s\h\x`: {Text: `\\s\h`, Server: "s", Share: "h"}, "//s/h": {Text: "//s/h", Server: "s", Share: "h"}, `\/s/h\x`: {Text: `\/s/h`, Server: "s", Share: "h"},
		`\\.\COM1`: {Text: `\\.\COM1`}, `//./pipe/x`: {Text: "//./pipe"}, `\\.\C:\x`: {Text: `\\.\C:`},
		`\\?\C:\x`: {Text: `\\?\C:`, Drive: 'C', Verbatim: true}, `\\?\c:`: {Text: `\\?\c:`, Drive: 'C', Verbatim: true},
		`\\?\C:x\y`: {Text: `\\?\C:x`, Verbatim: true}, `\\?\C:/x`: {Text: `\\?\C:/x`, Verbatim: true},
		`\\?\UNC\s\h\x`: {Text: `\\?\UNC\s\h`, Server: "s", Share: "h", Verbatim: true}, `\\?\UNC\s`: {Text: `\\?\UNC\s`, Server: "s", Verbatim: true},
		`\\?\Volume{1}\x`: {Text: `\\?\Volume{1}`, Verbatim: true}, `\\?\`: {Text: `\\?\`, Verbatim: true},
		`//?/C:/x`: {Text: "//?/C:", Server: "?", Share: "C:"},
		"":         {}, `\`: {}, `\x`: {}, "/x": {}, "x": {}, `x\C:`: {}, "1:": {}, "[:": {}, "é:": {}, ":": {}, `\\s`: {}, `\\s\`: {}, `\\`: {}, `\\\h\x`: {},
	} {
		if got := windows.Prefix(path); got != want {
			t.Errorf("Prefix(%q) = %+v, want %+v", path, got, want)
		}
		if got := unix.Prefix(path); got != (rustpath.Prefix{}) {
			t.Errorf("on Unix %q has the prefix %+v", path, got)
		}
	}
}

func TestJoin(t *testing.T) {
	for _, tt := range []struct {
		rules            rustpath.Rules
		base, path, want string
	}{
		{unix, "/a", "b", "/a/b"}, {unix, "/a/", "b", "/a/b"}, {unix, "/a", "/b", "/b"}, {unix, "/", "b", "/b"}, {unix, "/a", "../b/./c", "/a/../b/./c"},
		{unix, "/a", "", "/a/"}, {unix, "/a", `C:\b`, `/a/C:\b`}, {unix, "/a", `\b`, `/a/\b`},

		{windows, `C:\a`, "b", `C:\a\b`}, {windows, `C:\a`, "b/c", `C:\a\b/c`}, {windows, "C:/a/", "b", "C:/a/b"}, {windows, `C:\a`, "../b", `C:\a\../b`},
		{windows, `C:\a`, `D:\b`, `D:\b`}, {windows, `C:\a`, "D:b", "D:b"}, {windows, `C:\a`, "C:b", "C:b"}, {windows, `C:\a`, "D:", "D:"},
		{windows, `C:\a`, `\b`, `C:\b`}, {windows, `C:\a`, "/b", "C:/b"}, {windows, `\\s\h\a`, `\b`, `\\s\h\b`}, {windows, `a\b`, `\c`, `\c`},
		{windows, `C:\a`, `\\s\h\b`, `\\s\h\b`}, {windows, `C:\a`, `\\?\D:\b`, `\\?\D:\b`}, {windows, `C:\a`, `\\.\NUL`, `\\.\NUL`},
		{windows, "C:", "b", "C:b"}, {windows, `\\s\h`, "b", `\\s\h\b`}, {windows, `C:\a`, "", `C:\a\`},
		{windows, `\\?\C:\a`, "b/c", `\\?\C:\a\b\c`}, {windows, `\\?\C:\a\b`, `..\.\c`, `\\?\C:\a\c`}, {windows, `\\?\C:\a`, "../../../b", `\\?\C:\b`},
		{windows, `\\?\C:\a`, "/b", `\\?\C:\b`}, {windows, `\\?\UNC\s\h\a`, "../..", `\\?\UNC\s\h\`}, {windows, `\\?\C:\a`, `D:\b`, `D:\b`}, {windows, `\\?\C:`, "b", `\\?\C:\b`},
	} {
		if got := tt.rules.Join(tt.base, tt.path); got != tt.want {
			t.Errorf("%+v: Join(%q, %q) = %q, want %q", tt.rules, tt.base, tt.path, got, tt.want)
		}
	}
}

// Each path, in its tidy form, and the folder above it.
func TestTidy(t *testing.T) {
	for _, tt := range []struct {
		rules              rustpath.Rules
		path, want, parent string
	}{
		{unix, "/", "/", "/"}, {unix, "//a//./b/", "/a/b", "/a"}, {unix, "/a/../b", "/a/../b", "/a/.."}, {unix, "/a/..", "/a/..", "/a"},
		{unix, `/a\b`, `/a\b`, "/"}, {unix, "/C:/a", "/C:/a", "/C:"}, {unix, "/a", "/a", "/"},

		{windows, `C:\`, `C:\`, `C:\`}, {windows, "c:/a//b/./c/", `C:\a\b\c`, `C:\a\b`}, {windows, `C:\a\..\b`, `C:\a\..\b`, `C:\a\..`}, {windows, "C:/a", `C:\a`, `C:\`},
		{windows, "//s/h/a/", `\\s\h\a`, `\\s\h\`}, {windows, `\\s\h`, `\\s\h\`, `\\s\h\`}, {windows, `\\s\h\a\b`, `\\s\h\a\b`, `\\s\h\a`},
		{windows, `\\?\c:\a\b`, `\\?\C:\a\b`, `\\?\C:\a`}, {windows, `\\?\C:\a\.\b/c\`, `\\?\C:\a\.\b/c`, `\\?\C:\a\.`}, {windows, `\\?\C:`, `\\?\C:\`, `\\?\C:\`},
		{windows, `\\?\UNC\s\h\a`, `\\?\UNC\s\h\a`, `\\?\UNC\s\h\`}, {windows, `\\.\x\y`, `\\.\x\y`, `\\.\x\`},
	} {
		got := tt.rules.Tidy(tt.path)
		if got != tt.want || tt.rules.Tidy(got) != got {
			t.Errorf("%+v: Tidy(%q) = %q, and %q, want %q", tt.rules, tt.path, got, tt.rules.Tidy(got), tt.want)
		}
		if parent := tt.rules.Parent(got); parent != tt.parent {
			t.Errorf("%+v: Parent(%q) = %q, want %q", tt.rules, got, parent, tt.parent)
		}
	}
}

func TestIsSeparator(t *testing.T) {
	for r, want := range map[rune]bool{'/': true, 'a': false, ':': false, 0x12f: false} {
		if rustpath.IsSeparator(r) != want {
			t.Errorf("IsSeparator(%q) = %v", r, !want)
		}
	}
}
