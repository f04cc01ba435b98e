package script_test

import (
	"flag"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"cargohome/internal/cargotest/script"
)

var update = flag.Bool("update", false, "write what the scripts compare with")

func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", Cmds: script.Commands, UpdateScripts: *update})
}
