package check_test

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/check"
	"cargohome/internal/config"
	"cargohome/internal/home"
)

// codes checks a project with a home, and returns what was found.
func codes(t *testing.T, dir, cargoHome string) (found []check.Code) {
	t.Helper()
	cfg, err := config.Load(config.Options{Cwd: dir, Home: cargoHome})
	if err != nil {
		t.Fatal(err)
	}
	h := home.New(cargoHome)
	defer h.Close()
	report, err := check.Run(t.Context(), &check.Options{Dir: dir, Home: h, Config: cfg})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		found = append(found, f.Code)
	}
	return found
}

// What cargo has to unpack needs room, and a home that may be written to.
func TestRun_room(t *testing.T) {
	cargotest.NotPortable(t, "the room on the disk is not told")
	at, dir := t.TempDir(), filepath.Join(t.TempDir(), "app")
	if err := syscall.Mount("none", at, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("nothing can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(at, syscall.MNT_DETACH) })
	cargoHome := filepath.Join(at, "home")
	h := cargotest.NewHome(t, cargoHome)
	h.Add(cargotest.Crate{Name: "a", Version: "1.0.0"})
	h.WriteProject(dir, cargotest.Project{Name: "app", Deps: []cargotest.Dep{{Name: "a"}}})
	if found := codes(t, dir, cargoHome); found != nil {
		t.Errorf("with room for all: %q", found)
	}
	_ = os.WriteFile(filepath.Join(at, "fill"), make([]byte, 1<<20), 0o666) // as much of it as there is room for
	if found := codes(t, dir, cargoHome); !slices.Equal(found, []check.Code{check.DiskFull}) {
		t.Errorf("on a full disk: %q", found)
	}
	if err := os.Remove(filepath.Join(at, "fill")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("none", at, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if found := codes(t, dir, cargoHome); !slices.Equal(found, []check.Code{check.HomeUnwritable}) {
		t.Errorf("on a disk that may only be read: %q", found)
	}
}
