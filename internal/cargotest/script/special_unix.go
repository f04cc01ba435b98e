//go:build unix

package script

import (
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

func init() { Commands["mkfifo"] = positive(cmdMkfifo) }

// cmdMkfifo makes pipes.
//
//	mkfifo FILE...
func cmdMkfifo(ts *testscript.TestScript, args []string) {
	for _, path := range args {
		ts.Check(syscall.Mkfifo(ts.MkAbs(path), 0o666))
	}
}
