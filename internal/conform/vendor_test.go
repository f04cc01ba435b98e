//go:build conform

package conform

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// projects returns the folders of the real projects, the smallest lockfiles
// first; under -short two of them.
func projects(t *testing.T) []string {
	t.Helper()
	locks, err := filepath.Glob(filepath.Join(corpus(t), "proj", "*", "Cargo.lock"))
	if err != nil || len(locks) == 0 {
		t.Fatalf("no projects in %s (%v)", corpus(t), err)
	}
	slices.SortFunc(locks, func(a, b string) int { return cmp.Compare(fileSize(t, a), fileSize(t, b)) })
	if testing.Short() {
		locks = locks[:min(len(locks), 2)]
	}
	dirs := make([]string, len(locks))
	for i, lock := range locks {
		dirs[i] = filepath.Dir(lock)
	}
	return dirs
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestVendor(t *testing.T) {
	home := filepath.Join(corpus(t), "home")
	for _, project := range projects(t) {
		t.Run(filepath.Base(project), func(t *testing.T) { both(t, project, home) })
	}
}

func TestVendor_versioned_dirs(t *testing.T) {
	home := filepath.Join(corpus(t), "home")
	for _, project := range projects(t) {
		t.Run(filepath.Base(project), func(t *testing.T) { both(t, project, home, "--versioned-dirs") })
	}
}

// Two workspaces in one folder: the highest version over both gets the bare
// name.
func TestVendor_sync(t *testing.T) {
	all := projects(t)
	home := filepath.Join(corpus(t), "home")
	for i, project := range all[1:] {
		other := filepath.Join(all[i], "Cargo.toml")
		t.Run(filepath.Base(project), func(t *testing.T) { both(t, project, home, "--sync", other) })
	}
}

// One folder, vendored into for one project after another, becomes what cargo
// makes of it each time; versions come, go, and change their folder's name.
func TestVendor_over_existing(t *testing.T) {
	home := filepath.Join(corpus(t), "home")
	theirs, ours := t.TempDir(), t.TempDir()
	all := projects(t)
	all = all[:min(len(all), 3)]
	for _, project := range append(all, all[0]) {
		for _, args := range [][]string{{}, {"--versioned-dirs"}, {"--no-delete"}, {}} {
			a, b := copyProject(t, project), copyProject(t, project)
			for dir, vendor := range map[string]string{a: theirs, b: ours} {
				if err := os.Symlink(vendor, filepath.Join(dir, "vendor")); err != nil {
					t.Fatal(err)
				}
			}
			sameVendor(t, a, b, home, args...)
		}
	}
}

// With one vendor folder and an empty home, cargo checks the project.
func TestVendor_builds(t *testing.T) {
	home := filepath.Join(corpus(t), "home")
	for _, name := range []string{"ripgrep", "bat"} {
		project := filepath.Join(corpus(t), "proj", name)
		if _, err := os.Stat(project); err != nil {
			t.Logf("%s is not in the corpus", name)
			continue
		}
		if testing.Short() && name != "ripgrep" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			dir := copyProject(t, project)
			command{dir, home, []string{binary, "vendor", "--write-config"}}.output(t)
			command{dir, filepath.Join(t.TempDir(), "empty"), []string{"cargo", "check", "--offline", "--frozen", "--quiet"}}.output(t)
		})
	}
}

// One worker and many make the same trees.
func TestVendor_jobs(t *testing.T) {
	home := filepath.Join(corpus(t), "home")
	all := projects(t)
	project := all[len(all)-1]
	var trees []string
	for _, jobs := range []string{"1", "8"} {
		dir := copyProject(t, project)
		command{dir, home, []string{binary, "vendor", "--jobs", jobs}}.output(t)
		trees = append(trees, filepath.Join(dir, "vendor"))
	}
	sameTree(t, trees[0], trees[1])
}
