//go:build unix

package script

import (
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func init() { Commands["holdlock"] = positive(cmdHoldLock) }

// held are the locks of each script.
var held sync.Map // *testscript.TestScript to *os.File

// cmdHoldLock holds the lock of a file, as another process would, until
// `holdlock -release`, the end of the script, or for a time from when another process
// opens the file. A script holds one lock at a time.
//
//	holdlock [-shared] [-for DURATION] FILE
//	holdlock -release
func cmdHoldLock(ts *testscript.TestScript, args []string) {
	opt := options{ts: ts}
	shared, release, duration := opt.flag("-shared"), opt.flag("-release"), opt.text("-for")
	args = opt.parse(args)
	releaseLock(ts)
	if *release {
		return
	}
	if len(args) != 1 {
		ts.Fatalf("usage: holdlock [-shared] [-for DURATION] FILE | holdlock -release")
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_RDWR|os.O_CREATE, 0o666)
	ts.Check(err)
	how := syscall.LOCK_EX
	if *shared {
		how = syscall.LOCK_SH
	}
	ts.Check(syscall.Flock(int(f.Fd()), how))
	held.Store(ts, f)
	if *duration != "" {
		d, err := time.ParseDuration(*duration)
		ts.Check(err)
		opened := watchOpen(f.Name())
		go func() {
			opened()
			time.Sleep(d)
			f.Close()
		}()
	} else {
		ts.Defer(func() { releaseLock(ts) })
	}
}

func releaseLock(ts *testscript.TestScript) {
	if f, ok := held.LoadAndDelete(ts); ok {
		f.(*os.File).Close()
	}
}
