//go:build unix

package cli_test

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"cargohome/internal/cargotest/script"
	"cargohome/internal/cli"
)

// settle is for homes at which no cargo works. Scripts in which one seems to set SETTLE.
const settle = 20 * time.Millisecond

var update = flag.Bool("update", false, "rewrite the expected texts of scripts that differ")

func TestMain(m *testing.M) {
	testscript.Main(sceneTests{m}, map[string]func(){
		"cargohome":  func() { os.Exit(runMain()) },
		"cargo-home": func() { os.Exit(runMain()) },
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

// TestScript runs testdata/script: one behaviour each, named by command first.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		Cmds:                script.Commands,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("CARGO_HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("HOME", filepath.Join(env.WorkDir, "nobody"))
			return nil
		},
	})
}
