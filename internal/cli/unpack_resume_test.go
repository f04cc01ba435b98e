//go:build unix

package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"cargohome/internal/cargotest"
	"cargohome/internal/staging"
)

// largeScene is a bundle of so many archives, all of about one size, and no home.
func largeScene(archives int) scene {
	return scene{args: []string{"unpack", "../packed.tar"}, before: func(t *testing.T, dir string) {
		home := cargotest.NewHome(t, filepath.Join(dir, "home"))
		p := cargotest.Project{Name: "app"}
		random := rand.New(rand.NewPCG(1, 2))
		for i := range archives {
			name := fmt.Sprintf("large%d", i)
			noise := make([]byte, 4<<10)
			for j := range noise {
				noise[j] = "abcdefghijklmnop"[random.IntN(16)]
			}
			home.Add(cargotest.Crate{Name: name, Version: "1.0.0", Files: []cargotest.File{{Path: "noise", Content: string(noise)}}})
			p.Deps = append(p.Deps, cargotest.Dep{Name: name})
		}
		home.WriteProject(filepath.Join(dir, "app"), p)
		makeNone(t, dir)
	}}
}

// written counts the archives of which a run in this process writes something, and the
// bytes that these have.
func written(t *testing.T, dir string, run func()) (archives map[string]bool, bytes int64) {
	t.Helper()
	archives = map[string]bool{}
	var mu sync.Mutex
	restore := staging.Inject(func(op staging.Op, path string) error {
		mu.Lock()
		defer mu.Unlock()
		if op == staging.OpWrite && strings.HasSuffix(path, ".crate") {
			archives[filepath.Base(path)] = true
		}
		return nil
	})
	defer restore()
	run()
	for name := range archives {
		info, err := os.Stat(filepath.Join(dir, "home", "registry", "cache", cargotest.CratesIO, name))
		if err != nil {
			t.Error(err)
			continue
		}
		bytes += info.Size()
	}
	return archives, bytes
}

// left counts the archives that lie in temporary folders of the home: once, where a run
// began one anew that the run before it had not ended.
func left(t *testing.T, dir string) int {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "home", staging.Prefix+"*", "*", "home", "put", "registry", "cache", "*", "*.crate"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, path := range found {
		names[filepath.Base(path)] = true
	}
	return len(names)
}

// A run that is killed at any time, more than once, is gone on with: what was written is not
// written again, and what comes of it is the same.
func TestUnpack_resumed(t *testing.T) {
	cargotest.NotPortable(t, "folders are not locked, so what a killed run left is not taken over")
	const archives = 60
	r := rehearse(t, largeScene(archives))
	whole := r.copy(t)
	_, all := written(t, whole, func() { mustRun(t, whole, r.args...) })
	for n := 10; n < r.calls; n += stride(29, 97) {
		dir := r.copy(t)
		for range 1 + n%2 { // the second time nearer to the end
			if err := r.command(dir, fmt.Sprintf("%s=%d", killVariable, n)).Run(); err == nil {
				break
			}
		}
		there := left(t, dir)
		again, bytes := written(t, dir, func() { r.checkNext(t, fmt.Sprintf("killed before call %d (%s)", n, r.description[n-1]), dir) })
		if len(again) > archives-there+1 || there > 1 && bytes >= all {
			t.Errorf("killed before call %d (%s): %d of %d archives were there, and %d of them were written, %d of %d bytes",
				n, r.description[n-1], there, archives, len(again), bytes, all)
		}
	}
}

// Whatever is not whole, or not as it would be written, is written anew.
func TestUnpack_resumed_damaged(t *testing.T) {
	cargotest.NotPortable(t, "folders are not locked, so what a killed run left is not taken over")
	const archives = 20
	r := rehearse(t, largeScene(archives))
	n := 1
	for !strings.Contains(r.description[n], "large9-1.0.0.crate") { // the last in order
		n++
	}
	for what, damage := range map[string]func(path string) error{
		"cut":        func(path string) error { return os.Truncate(path, 100) },
		"empty":      func(path string) error { return os.Truncate(path, 0) },
		"other":      func(path string) error { return os.WriteFile(path, make([]byte, sizeOf(path)), 0o666) },
		"gone":       os.Remove,
		"executable": func(path string) error { return os.Chmod(path, 0o755) },
		"a folder":   func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o777)) },
		"a link":     func(path string) error { return errors.Join(os.Rename(path, path+"x"), os.Symlink(path+"x", path)) },
		"a pipe":     func(path string) error { return errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o666)) },
	} {
		t.Run(what, func(t *testing.T) {
			dir := r.copy(t)
			_ = r.command(dir, fmt.Sprintf("%s=%d", killVariable, n+1)).Run()
			found, err := filepath.Glob(filepath.Join(dir, "home", staging.Prefix+"*", "new-*", "home", "put", "registry", "cache", "*", "large1-*.crate"))
			if err != nil || len(found) != 1 {
				t.Fatalf("%q, %v", found, err)
			}
			if err := damage(found[0]); err != nil {
				t.Fatal(err)
			}
			again, _ := written(t, dir, func() { r.checkNext(t, what, dir) })
			if !again["large1-1.0.0.crate"] || again["large3-1.0.0.crate"] {
				t.Errorf("written again is %v", again)
			}
		})
	}
}

func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// A folder is not taken over that another run has, that somebody else could have made, or
// that is for another bundle: the last is swept.
func TestUnpack_resumed_foreign(t *testing.T) {
	cargotest.NotPortable(t, "folders are not locked, so what a killed run left is not taken over")
	r := rehearse(t, largeScene(5))
	n := r.calls / 2
	for what, change := range map[string]func(folder string) error{
		"open to others": func(folder string) error { return os.Chmod(folder, 0o755) },
		"another bundle": func(folder string) error {
			found, err := filepath.Glob(filepath.Join(folder, "new-*"))
			return errors.Join(err, os.Rename(found[0], found[0]+"0"))
		},
	} {
		t.Run(what, func(t *testing.T) {
			dir := r.copy(t)
			_ = r.command(dir, fmt.Sprintf("%s=%d", killVariable, n)).Run()
			found, err := filepath.Glob(filepath.Join(dir, "home", staging.Prefix+"*"))
			if err != nil || len(found) != 1 {
				t.Fatalf("%q, %v", found, err)
			}
			if err := change(found[0]); err != nil {
				t.Fatal(err)
			}
			again, _ := written(t, dir, func() { r.checkNext(t, what, dir) })
			if len(again) != 5 {
				t.Errorf("written are %v", again)
			}
		})
	}
}

// A run that is interrupted keeps what it has, and says so.
func TestUnpack_interrupted(t *testing.T) {
	cargotest.NotPortable(t, "folders are not locked, so what a killed run left is not taken over")
	r := rehearse(t, largeScene(20))
	pipe := filepath.Join(r.dir, "pipe")
	data, err := os.ReadFile(filepath.Join(r.dir, "packed.tar"))
	if err == nil {
		err = syscall.Mkfifo(pipe, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := (&rehearsal{scene: scene{args: []string{"unpack", "../pipe"}}}).command(r.dir)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	feed, err := os.OpenFile(pipe, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = feed.Write(data[:len(data)-1]); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); left(t, r.dir) < 20; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing is written")
		}
	}
	_ = cmd.Process.Signal(os.Interrupt)
	_ = cmd.Wait()
	if status := cmd.ProcessState.ExitCode(); status != 130 || !strings.Contains(stderr.String(), "goes on with it\nerror: interrupted; what was finished stays, and nothing is half-made\n") {
		t.Errorf("it ends with %d:\n%s", status, stderr.String())
	}
	if err := errors.Join(feed.Close(), os.Remove(pipe)); err != nil {
		t.Fatal(err)
	}
	again, _ := written(t, r.dir, func() { mustRun(t, r.dir, r.args...) })
	if got, temporary := units(t, r.dir); len(again) > 0 || !maps.Equal(got, r.fresh) || temporary > 0 {
		t.Errorf("%d are written again, %d temporary folders are left, and\n%s", len(again), temporary, difference(r.fresh, got))
	}
}
