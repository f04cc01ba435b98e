package cli_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"cargohome/internal/cargotest"
	"cargohome/internal/cargotest/script"
)

// disk is a file system unlike those that people work on.
type disk struct {
	name  string
	plain bool     // it has neither modes nor links
	folds bool     // case does not tell names apart
	mkfs  []string // makes one in a file, which comes last; nil for none
	mount []string // of the kernel's, before the file and the folder
	fuse  []string // mounts one where the kernel has none, before a device and the folder
}

var disks = []disk{
	{name: "fat", plain: true, folds: true, mkfs: []string{"mkfs.vfat"}, mount: []string{"mount", "-o", "loop", "-t", "vfat"}},
	{name: "exfat", plain: true, folds: true, mkfs: []string{"mkfs.exfat"}, mount: []string{"mount", "-o", "loop", "-t", "exfat"}, fuse: []string{"mount.exfat-fuse"}},
	{name: "casefold", folds: true, mkfs: []string{"mkfs.ext4", "-q", "-O", "casefold", "-E", "encoding=utf8"}, mount: []string{"mount", "-o", "loop", "-t", "ext4"}},
	{name: "overlay"},
}

// TestDisks runs testdata/disk on each of these, $DISK being a folder there. Where the
// machine does not have one it says what is lacking.
func TestDisks(t *testing.T) {
	cargotest.NotPortable(t, "it is not told which disks keep no modes")
	programs := filepath.SplitList(os.Getenv("PATH"))[0]
	for _, d := range disks {
		t.Run(d.name, func(t *testing.T) {
			at := d.mounted(t)
			testscript.Run(t, testscript.Params{
				Dir:                 filepath.Join("..", "..", "testdata", "disk"),
				Cmds:                script.Commands,
				RequireExplicitExec: true,
				Condition: func(name string) (bool, error) {
					switch name {
					case "plain":
						return d.plain, nil
					case "folds":
						return d.folds, nil
					}
					return condition(name)
				},
				Setup: func(env *testscript.Env) error {
					env.Setenv("DISK", filepath.Join(at, filepath.Base(env.WorkDir)))
					env.Setenv("CARGO_HOME", filepath.Join(env.WorkDir, "home"))
					env.Setenv("HOME", filepath.Join(env.WorkDir, "nobody"))
					env.Setenv("PATH", programs)
					return os.Mkdir(env.Getenv("DISK"), 0o777)
				},
			})
		})
	}
}

// mounted returns a folder in which there is such a disk until the test ends.
func (d *disk) mounted(t *testing.T) string {
	if os.Getuid() != 0 {
		t.Skip("only root may mount")
	}
	dir := t.TempDir()
	at := filepath.Join(dir, "at")
	for _, sub := range []string{at, filepath.Join(dir, "lower"), filepath.Join(dir, "upper"), filepath.Join(dir, "work")} {
		if err := os.Mkdir(sub, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(at, syscall.MNT_DETACH); err != nil && !errors.Is(err, syscall.EINVAL) {
			t.Error(err)
		}
	})
	if d.mkfs == nil {
		options := fmt.Sprintf("lowerdir=%s/lower,upperdir=%[1]s/upper,workdir=%[1]s/work", dir)
		if err := syscall.Mount("overlay", at, "overlay", 0, options); err != nil {
			t.Skip("no overlay: ", err)
		}
		return at
	}
	d.mountFile(t, filepath.Join(dir, "image"), at)
	if d.folds && !d.plain {
		at = filepath.Join(at, "folded")
		must(t, os.Mkdir(at, 0o777))
		tool(t, "chattr", "+F", at)
	}
	return at
}

// mountFile makes a disk in a file and mounts it.
func (d *disk) mountFile(t *testing.T, image, at string) {
	must(t, os.WriteFile(image, nil, 0o666))
	must(t, os.Truncate(image, 64<<20))
	tool(t, append(d.mkfs, image)...)
	if exec.Command(d.mount[0], append(d.mount[1:], image, at)...).Run() == nil {
		return
	}
	if d.fuse == nil {
		t.Skipf("the kernel has no %s", d.name)
	}
	device := strings.TrimSpace(tool(t, "losetup", "-f", "--show", image))
	t.Cleanup(func() { tool(t, "losetup", "-d", device) })
	tool(t, append(d.fuse, device, at)...)
}

// tool runs a program, which the machine may not have.
func tool(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command(args[0], args[1:]...).Output()
	if err != nil {
		t.Skipf("%s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
