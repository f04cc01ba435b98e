//go:build conform

package conform

import (
	"os"
	"path/filepath"
	"testing"
)

// Repositories that cargo reads, and that are not, or not whole, read here: clean
// leaves all that cargo builds from.
func TestClean_keeps_what_is_not_read(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, home, repo, sub string){
		"index_of_version_1": func(t *testing.T, _, repo, _ string) { oldIndexes(t, repo) },
		"lent_from_outside":  func(t *testing.T, _, repo, _ string) { lend(t, repo, filepath.Join(t.TempDir(), "objects")) },
		"submodule_lent":     func(t *testing.T, _, _, sub string) { lend(t, sub, filepath.Join(t.TempDir(), "objects")) },
		"lent_by_another": func(t *testing.T, home, repo, _ string) {
			lender := filepath.Join(home, "git", "db", "lender-0123456789abcdef")
			command{"", "", []string{"git", "init", "--quiet", "--bare", lender}}.output(t)
			if err := os.RemoveAll(filepath.Join(lender, "objects")); err != nil {
				t.Fatal(err)
			}
			lend(t, repo, filepath.Join(lender, "objects"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			home, dir, repo := gitHome(t)
			if err := os.Rename(repo, repo+".gone"); err != nil {
				t.Fatal(err)
			}
			spoil(t, home, theOne(t, filepath.Join(home, "git", "db", "repo-*")), theOne(t, filepath.Join(home, "git", "db", "sub-*")))
			buildAnew(t, dir, home)
			for _, flags := range [][]string{{"--dbs"}, {"--thin-dbs"}, {"--auto-expensive", "--orphans", "--broken"}, {"--checkouts", "--thin-dbs"}} {
				t.Log(command{dir, home, append([]string{binary, "clean", "--keep", "."}, flags...)}.log(t))
				buildAnew(t, dir, home)
			}
			t.Log(command{dir, home, []string{binary, "clean", "--ci", "."}}.log(t))
			buildAnew(t, dir, home)
		})
	}
}

// buildAnew has cargo check out again what it builds.
func buildAnew(t *testing.T, dir, home string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(home, "git", "checkouts")); err != nil {
		t.Fatal(err)
	}
	command{dir, home, []string{"cargo", "check", "--offline", "--locked", "--quiet"}}.output(t)
}

// lend moves the objects of a repository and has it read them there.
func lend(t *testing.T, repo, to string) {
	t.Helper()
	objects := filepath.Join(repo, "objects")
	if err := os.Rename(objects, to); err != nil {
		t.Fatal(err)
	}
	writeText(t, filepath.Join(objects, "info", "alternates"), to+"\n")
}

// oldIndexes gives a repository indexes such as git wrote up to 1.5.
func oldIndexes(t *testing.T, repo string) {
	t.Helper()
	command{repo, "", []string{"git", "-c", "pack.indexVersion=1", "repack", "-a", "-d", "-k", "--quiet"}}.output(t)
	index := theOne(t, filepath.Join(repo, "objects", "pack", "*.idx"))
	if data, err := os.ReadFile(index); err != nil || len(data) < 4 || data[0] == 0xff {
		t.Fatalf("%s is no index of version 1: %v", index, err)
	}
}

func theOne(t *testing.T, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) != 1 {
		t.Fatalf("%s is %q: %v", pattern, found, err)
	}
	return found[0]
}
