//go:build conform

package conform

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// buildProject makes a project whose build script waits while the file "wait" is beside
// its manifest, and says by the file "waits" that it runs.
func buildProject(t *testing.T) (home, dir string) {
	t.Helper()
	needCargo(t)
	home, dir = filepath.Join(t.TempDir(), "home"), t.TempDir()
	for path, text := range map[string]string{
		filepath.Join(home, "config.toml"): "[build]\nbuild-dir = \"{cargo-cache-home}/build/{workspace-path-hash}\"\n",
		filepath.Join(dir, "Cargo.toml"):   "[package]\nname = \"p\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
		filepath.Join(dir, "src/lib.rs"):   "",
		filepath.Join(dir, "build.rs"): `fn main() {
    std::fs::write("waits", "").unwrap();
    while std::path::Path::new("wait").exists() { std::thread::sleep(std::time::Duration::from_millis(20)); }
}`,
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return home, dir
}

// What cargo builds in the home is seen as that, and comes back after --build.
func TestClean_build(t *testing.T) {
	home, dir := buildProject(t)
	for _, args := range [][]string{{"cargo", "build", "--offline"}, {"cargo", "build", "--offline", "--release"}} {
		command{dir, home, args}.output(t)
	}
	size := command{dir, home, []string{binary, "size", "--format", "json"}}.output(t)
	if !strings.Contains(size, "\"build\": {\n    \"count\": 1,") || !strings.Contains(size, "\"other\": {\n    \"count\": 0,") {
		t.Errorf("after building: %s", size)
	}
	command{dir, home, []string{binary, "clean", "--build"}}.output(t)
	if left, _ := filepath.Glob(filepath.Join(home, "build", "*", "*")); len(left) > 0 {
		t.Errorf("%q are left", left)
	}
	command{dir, home, []string{"cargo", "build", "--offline"}}.output(t)
}

// A build by a cargo with another home, whose locks on that say nothing here, has its
// build folder locked.
func TestClean_build_at_work(t *testing.T) {
	home, dir := buildProject(t)
	writeText(t, filepath.Join(home, ".crates.toml"), "[v1]\n") // a home that has been used
	writeText(t, filepath.Join(dir, "wait"), "")
	build := exec.Command("cargo", "build", "--offline")
	build.Dir = dir
	build.Env = append(os.Environ(), "CARGO_HOME="+t.TempDir(), "CARGO_BUILD_BUILD_DIR="+home+"/build/{workspace-path-hash}")
	if err := build.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(dir, "waits")); err == nil {
			break
		}
	}
	command{dir, home, []string{binary, "clean", "--build"}}.output(t)
	if left, _ := filepath.Glob(filepath.Join(home, "build", "*", "*")); len(left) != 1 {
		t.Errorf("%q are left", left)
	}
	if err := os.Remove(filepath.Join(dir, "wait")); err != nil {
		t.Error(err)
	}
	if err := build.Wait(); err != nil {
		t.Errorf("the build: %v", err)
	}
}

// The smallest lockfile that cargo writes lists nothing, and is whole.
func TestClean_empty_workspace(t *testing.T) {
	home, dir := buildProject(t)
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(empty, "Cargo.toml"), []byte("[workspace]\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	generate := exec.Command("cargo", "generate-lockfile", "--offline")
	generate.Dir, generate.Env = empty, append(os.Environ(), "CARGO_HOME="+home)
	if out, err := generate.CombinedOutput(); err != nil {
		t.Logf("%v\n%s", err, out) // it complains, and writes the file
	}
	command{dir, home, []string{"cargo", "generate-lockfile", "--offline"}}.output(t)
	command{dir, home, []string{binary, "clean", "--auto", "--keep", dir}}.output(t)
}
