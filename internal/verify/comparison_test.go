//go:build unix

package verify

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cargohome/internal/cargotest"
)

// made writes what the comparison below is for.
func made(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "dir")
	for _, sub := range []string{"", "empty", "src", "src/deep"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"mark", "src/a", "src/deep/b"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("a", filepath.Join(dir, "src/link")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// differences compares the folder with what made writes, in an order of no folder's.
func differences(t *testing.T, dir string) []Difference {
	t.Helper()
	c, err := compare(dir, "mark", buffers{piece: make([]byte, 3)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	c.skip("mark")
	err = c.Mkdir("empty", 0o777)
	for _, name := range []string{"src/deep/b", "src/a"} {
		f, createErr := c.Create(name, 0o666)
		if err = createErr; err != nil {
			break
		}
		for _, piece := range []string{name[:1], name[1:]} {
			if _, err := f.Write([]byte(piece)); err != nil {
				t.Fatal(err)
			}
		}
		err = f.Close()
	}
	if err == nil {
		err = c.Symlink("a", "src/link")
	}
	if err != nil {
		t.Fatal(err)
	}
	found, err := c.finish(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestComparison(t *testing.T) {
	cargotest.NotPortable(t, "modes are not compared, as the umask is not told")
	for _, c := range []struct {
		name   string
		damage func(at func(string) string) error
		want   []Difference
	}{
		{"nothing", func(func(string) string) error { return nil }, nil},
		{"more at the end", func(at func(string) string) error { return os.WriteFile(at("src/a"), []byte("src/a\n"), 0o644) }, []Difference{{"src/a", Changed}}},
		{"less", func(at func(string) string) error { return os.WriteFile(at("src/a"), []byte("src/"), 0o644) }, []Difference{{"src/a", Changed}}},
		{"no empty folder", func(at func(string) string) error { return os.Remove(at("empty")) }, []Difference{{"empty", Missing}}},
		{"a file in its place", func(at func(string) string) error {
			_ = os.Remove(at("empty"))
			return os.WriteFile(at("empty"), nil, 0o644)
		}, []Difference{{"empty", Type}}},
		{"a folder gone", func(at func(string) string) error { return os.RemoveAll(at("src/deep")) }, []Difference{{"src/deep/b", Missing}}},
		{"a folder elsewhere", func(at func(string) string) error {
			if err := os.Rename(at("src/deep"), at("deep")); err != nil {
				return err
			}
			return os.Symlink("../deep", at("src/deep"))
		}, []Difference{{"deep", Extra}, {"src/deep", Type}, {"src/deep/b", Missing}}},
		{"another link", func(at func(string) string) error {
			_ = os.Remove(at("src/link"))
			return os.Symlink("deep", at("src/link"))
		}, []Difference{{"src/link", Changed}}},
		{"a file for a link", func(at func(string) string) error {
			_ = os.Remove(at("src/link"))
			return os.WriteFile(at("src/link"), nil, 0o644)
		}, []Difference{{"src/link", Type}}},
		{"another umask", func(at func(string) string) error {
			return filepath.WalkDir(at("."), func(path string, e fs.DirEntry, err error) error {
				if e.Type() == fs.ModeSymlink {
					return err
				}
				if e.IsDir() {
					return os.Chmod(path, 0o700)
				}
				return os.Chmod(path, 0o600)
			})
		}, nil},
		{"another umask, and no mark", func(at func(string) string) error {
			for _, name := range []string{"..", ".", "empty", "src", "src/deep"} {
				if err := os.Chmod(at(name), 0o700); err != nil {
					return err
				}
			}
			return errors.Join(os.Chmod(at("src/a"), 0o600), os.Chmod(at("src/deep/b"), 0o600), os.Remove(at("mark")))
		}, nil},
		{"sticky folder", func(at func(string) string) error { return os.Chmod(at("src"), fs.ModeSticky|0o755) }, []Difference{{"src", Mode}}},
		{"setuid", func(at func(string) string) error { return os.Chmod(at("src/a"), fs.ModeSetuid|0o644) }, []Difference{{"src/a", Mode}}},
		{"modes", func(at func(string) string) error {
			if err := os.Chmod(at("."), 0o700); err != nil {
				return err
			}
			return os.Chmod(at("src/a"), 0o600)
		}, []Difference{{".", Mode}, {"src/a", Mode}}},
	} {
		dir := made(t)
		if err := c.damage(func(name string) string { return filepath.Join(dir, name) }); err != nil {
			t.Fatal(err)
		}
		if got := differences(t, dir); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestParseRecord(t *testing.T) {
	const sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	whole := `{"files":{"a":"` + sum + `"},"package":"` + sum + `"}`
	want, err := parseRecord([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	for text, same := range map[string]bool{
		whole: true,
		`{ "package": "` + sum + `", "$comment": "x", "files": {"a": "` + sum + `"} }`:  true,
		`{"Files":{"a":"` + sum + `"},"package":"` + sum + `"}`:                         false, // Cargo's keys are exact
		`{"files":{"a":"` + sum + `"},"package":null}`:                                  false,
		`{"files":{"a":"` + sum + `"},"package":"f` + sum[1:] + `"}`:                    false,
		`{"files":{"a":"` + sum + `","b":"` + sum + `"},"package":"` + sum + `"}`:       false,
		`{"files":{"a":"` + "E3B0" + sum[4:] + `"},"package":"` + sum + `"}`:            false,
		`{"files":{"a":"` + sum + `"},"package":"` + "E3B0" + sum[4:] + `"}`:            false,
		`{"files":null,"package":"` + sum + `"}`:                                        false,
		`{"files":{"a":"` + sum + `"},"package":"` + sum + `","packege":null}`:          false,
		`{"files":{"a":"` + sum + `"},"package":"` + sum + `","cargohome-patched":"x"}`: true,
	} {
		got, err := parseRecord([]byte(text))
		if ok := err == nil && got.says(want); ok != same {
			t.Errorf("%s: %t, %v", text, ok, err)
		}
	}
}
