//go:build unix

package cli_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"cargohome/internal/cargotest"
	"cargohome/internal/cargotest/script"
	"cargohome/internal/cli"
)

// settle is for homes at which no cargo works. Scripts in which one seems to set SETTLE.
const settle = 20 * time.Millisecond

var update = flag.Bool("update", false, "rewrite the expected texts of scripts that differ")

func TestMain(m *testing.M) {
	testscript.Main(sceneTests{m}, map[string]func(){
		"cargohome":             func() { os.Exit(runMain()) },
		"cargo-home":            func() { os.Exit(runMain()) },
		"cargo-vendor-filterer": func() { os.Exit(runMain()) },
		"activated":             activated,
		"builder":               build,
		"get":                   func() { os.Exit(script.Get()) },
	})
}

func runMain() int {
	syscall.Umask(0o022) // modes are compared
	if n, err := strconv.ParseInt(os.Getenv(killVariable), 10, 64); err == nil {
		killBefore(n)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	sys := cli.OS()
	sys.Settle = settle
	if d, err := time.ParseDuration(os.Getenv("SETTLE")); err == nil {
		sys.Settle = d
	}
	return cli.Main(ctx, sys)
}

// build is a cargo of some other name: it has the database of last uses open, or has
// none, takes its lock for building when somebody is about to remove, gives it back when
// they have had time to see that, and wants the source $SOURCE then.
func build() {
	home := os.Getenv("CARGO_HOME")
	database, _ := os.Open(filepath.Join(home, ".global-cache"))
	cache, mutate := openLock(home, ".package-cache"), openLock(home, ".package-cache-mutate")
	_ = os.WriteFile("about-to-build", nil, 0o666)
	awaitLock(cache, false)
	if syscall.Flock(mutate, syscall.LOCK_SH) != nil {
		os.Exit(1)
	}
	awaitLock(cache, true)
	time.Sleep(time.Second)
	if _, err := os.Stat(filepath.Join(os.Getenv("SOURCE"), "Cargo.toml")); err == nil {
		_ = os.WriteFile("built", []byte("built\n"), 0o666)
	}
	runtime.KeepAlive(database)
	os.Exit(0)
}

func openLock(home, name string) (fd int) {
	fd, err := syscall.Open(filepath.Join(home, name), syscall.O_RDWR|syscall.O_CREAT, 0o666)
	if err != nil {
		os.Exit(1)
	}
	return fd
}

// awaitLock waits until a lock is free, or is not.
func awaitLock(fd int, free bool) {
	for range 3000 {
		got := syscall.Flock(fd, syscall.LOCK_SH|syscall.LOCK_NB) == nil
		_ = syscall.Flock(fd, syscall.LOCK_UN)
		if got == free {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// condition knows [portable]: the build has that tag.
func condition(name string) (bool, error) {
	if name != "portable" {
		return false, fmt.Errorf("unknown condition %q", name)
	}
	return cargotest.Portable, nil
}

// TestScript runs testdata/script: one behaviour each, named by command first. They find
// the programs above and no others: what a machine has besides Go does not count.
func TestScript(t *testing.T) {
	programs := filepath.SplitList(os.Getenv("PATH"))[0] // testscript.Main puts it there
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		Cmds:                script.Commands,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Condition:           condition,
		Setup: func(env *testscript.Env) error {
			env.Setenv("CARGO_HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("HOME", filepath.Join(env.WorkDir, "nobody"))
			env.Setenv("PATH", programs)
			return nil
		},
	})
}
