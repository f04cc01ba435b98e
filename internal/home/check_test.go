package home_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/home"
)

// tree makes files, and folders where the path ends in a slash.
func tree(t *testing.T, paths ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, path := range paths {
		full := filepath.Join(dir, path)
		err := os.MkdirAll(filepath.Dir(full), 0o777)
		if strings.HasSuffix(path, "/") {
			err = os.MkdirAll(full, 0o777)
		} else if err == nil {
			err = os.WriteFile(full, nil, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestHome_Check(t *testing.T) {
	const registry = "my.example-0123456789abcdef/"
	for name, tt := range map[string]struct {
		paths []string
		near  string // relative; "-" if the folder is a home
	}{
		"empty":             {nil, "-"},
		"only_config":       {[]string{"config.toml"}, "-"},
		"of_rustup":         {[]string{"bin/cargo", "bin/rustup", "env"}, "-"},
		"rustup_and_others": {[]string{"bin/cargo", "env", "advisory-db/"}, "-"},
		"installed":         {[]string{".crates.toml", "bin/tool", "x"}, "-"},
		"locked":            {[]string{".package-cache", "x"}, "-"},
		"cleaned":           {[]string{"registry/index/", "registry/cache/", "registry/CACHEDIR.TAG", "x"}, "-"},
		"cache_of_CI":       {[]string{"registry/cache/" + registry, "x"}, "-"},
		"git_only":          {[]string{"git/db/a-0123456789abcdef/", "x"}, "-"},
		"components_empty":  {[]string{"registry/index/", "git/db/", "bin/"}, "-"},
		"project":           {[]string{"Cargo.toml", "src/main.rs"}, ""},
		"registry_member":   {[]string{"Cargo.toml", "registry/src/lib.rs", "git/README"}, ""},
		"member_alone":      {[]string{"registry/src/lib.rs", "registry/Cargo.toml"}, ""},
		"builds":            {[]string{"build/x"}, ""},
		"unix":              {[]string{"bin/cargo", "lib/", "etc/"}, ""},
		"parent":            {[]string{"me/x", ".cargo/.package-cache"}, ".cargo"},
		"parent_by_name":    {[]string{"a/.crates.toml", "cargo-home/.crates.toml"}, "cargo-home"},
		"grandparent":       {[]string{"home/me/.cargo/x", "home/h/registry/index/" + registry, "y"}, "home/h"},
		"too_far":           {[]string{"a/b/c/.package-cache"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := tree(t, tt.paths...)
			checkHome(t, dir, dir, tt.near)
		})
	}
	dir := tree(t, ".crates.toml", "registry/index/"+registry+"x/y")
	checkHome(t, filepath.Join(dir, "registry/index", registry), dir, ".")
}

func checkHome(t *testing.T, dir, base, near string) {
	t.Helper()
	err := home.New(dir).Check()
	if near == "-" {
		if err != nil {
			t.Error(err)
		}
		return
	}
	if near != "" {
		near = filepath.Join(base, near)
	}
	if not, ok := errors.AsType[*home.NotHomeError](err); !ok || not.Near != near {
		t.Errorf("error %v, near %q; want %q", err, not.Near, near)
	}
}

func TestHome_Check_no_folder(t *testing.T) {
	dir := tree(t, "file")
	for name, want := range map[string]string{"file": "it is not a folder", "gone": "it does not exist", "file/x": "not a directory"} {
		if err := home.New(filepath.Join(dir, name)).Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if err := home.New(filepath.Join(dir, "gone")).Check(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestHome_Check_unreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read all folders")
	}
	dir := tree(t, ".package-cache", "registry/cache/")
	for _, path := range []string{filepath.Join(dir, home.CachePath), dir} {
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(path, 0o700)
		if err := home.New(dir).CheckReadable(home.CachePath); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("error %v", err)
		}
	}
	if err := home.New(dir).Check(); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("error %v", err)
	}
}
