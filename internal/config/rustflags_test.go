package config

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestRustflags(t *testing.T) {
	const files = "[build]\nrustflags = ['--cfg', 'built']\n"
	const targets = "[target.x86-linux]\nrustflags = '-C  panic=abort'\n[target.'cfg(unix)']\nrustflags = ['--cfg=u']\n[target.'cfg(windows)']\nrustflags = ['--cfg=w']\n"
	for _, tt := range []struct {
		toml string
		env  []string
		want string // with '|' between
	}{
		{"", nil, ""},
		{files, nil, "--cfg|built"},
		{files, []string{"CARGO_BUILD_RUSTFLAGS=-g  -O"}, "--cfg|built|-g|-O"},
		{files, []string{"RUSTFLAGS=--cfg  a"}, "--cfg|a"},
		{files, []string{"RUSTFLAGS="}, ""},
		{files, []string{"RUSTFLAGS=x", "CARGO_ENCODED_RUSTFLAGS=--cfg\x1fa b"}, "--cfg|a b"},
		{files, []string{"CARGO_ENCODED_RUSTFLAGS="}, ""},
		{files + targets, nil, "-C|panic=abort|--cfg=u"},
		{files, []string{"CARGO_TARGET_X86_LINUX_RUSTFLAGS=-g"}, "-g"},
	} {
		root := tree(t, map[string]string{".cargo/config.toml": tt.toml})
		c, err := Load(Options{Cwd: root, Home: filepath.Join(root, "home"), Environ: tt.env})
		if err != nil {
			t.Fatal(err)
		}
		env := func(name string) (string, bool) {
			for _, e := range tt.env {
				if value, ok := strings.CutPrefix(e, name+"="); ok {
					return value, true
				}
			}
			return "", false
		}
		got, err := c.Rustflags(env, "x86-linux", func(p string) bool { return p == "cfg(unix)" })
		if text := strings.Join(got, "|"); err != nil || text != tt.want {
			t.Errorf("%q with %q is %q, %v, want %q", tt.toml, tt.env, text, err, tt.want)
		}
	}
	for _, bad := range []string{"build.rustflags = 1\n", "build.rustflags = ['a', 1]\n", "target = 1\n", "[target.x86-linux]\nrustflags = true\n"} {
		root := tree(t, map[string]string{".cargo/config.toml": bad})
		c, err := Load(Options{Cwd: root, Home: filepath.Join(root, "home")})
		if err == nil {
			_, err = c.Rustflags(func(string) (string, bool) { return "", false }, "x86-linux", nil)
		}
		if err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
