package crate

import "testing"

// The URLs of paths, and the paths that these are taken for: another one if that is given.
func Test_fileURL(t *testing.T) {
	for _, tt := range []struct{ goos, path, want, back string }{
		{"linux", "/a/b c/../d", "file:///a/b%20c/../d", ""}, {"linux", "/", "file:///", ""}, {"linux", `/a\b`, "file:///a%5Cb", ""}, {"linux", "/C:/a", "file:///C:/a", ""},

		{"windows", `C:\a\b`, "file:///C:/a/b", ""}, {"windows", "c:/a//./b/", "file:///C:/a/b", `C:\a\b`}, {"windows", `C:\`, "file:///C:/", ""},
		{"windows", `C:\a b\..\é%#?`, "file:///C:/a%20b/../%C3%A9%25%23%3F", ""},
		{"windows", `\\?\C:\a\b`, "file:///C:/a/b", `C:\a\b`}, {"windows", `\\?\c:\`, "file:///C:/", `C:\`},
		{"windows", `\\Server\Sha re\a`, "file://server/Sha%20re/a", `\\server\Sha re\a`}, {"windows", `\\s\h`, "file://s/h", ""}, {"windows", `\\s\h\`, "file://s/h", `\\s\h`},
		{"windows", `\\?\UNC\s\h\a`, "file://s/h/a", `\\s\h\a`}, {"windows", "//s/h/a", "file://s/h/a", `\\s\h\a`},
		{"windows", `\a`, "file:///a", ""},
	} {
		got := fileURL(tt.path, tt.goos)
		if got != tt.want {
			t.Errorf("on %s fileURL(%q) = %q, want %q", tt.goos, tt.path, got, tt.want)
		}
		want := tt.back
		if want == "" {
			want = tt.path
		}
		if back := localPath(got, tt.goos); back != want {
			t.Errorf("on %s the path of %q is %q, want %q", tt.goos, got, back, want)
		}
	}
}

func Test_localPath(t *testing.T) {
	for _, tt := range []struct{ goos, url, want string }{
		{"linux", "file:///a%20b", "/a b"}, {"linux", "https://h/a", ""}, {"linux", "file:///C:/a", "/C:/a"},
		{"windows", "file:///C:/a%20b", `C:\a b`}, {"windows", "file:///c%3A/a", `c:\a`}, {"windows", "file://localhost/C:/a", `C:\a`}, {"windows", "file://s/h/a", `\\s\h\a`},
		{"windows", "file://s/C:/a", `\\s\C:\a`}, {"windows", "https://h/C:/a", ""}, {"windows", "file:///1:/a", `\1:\a`},
	} {
		if got := localPath(tt.url, tt.goos); got != tt.want {
			t.Errorf("on %s the path of %q is %q, want %q", tt.goos, tt.url, got, tt.want)
		}
	}
}
