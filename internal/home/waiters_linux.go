//go:build !portable

package home

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// othersWait reports whether a Cargo that came here before we had the lock f may wait for
// it: for the second time, with its sources unpacked. One that was started since then
// waits for the first.
func othersWait(f *os.File, began time.Duration) bool {
	alone, err := isAlone(f)
	if alone || err != nil {
		return false
	}
	pids, ok := waiters(f)
	return !ok || slices.ContainsFunc(pids, func(pid string) bool { return startTime(pid) <= began })
}

// bootTime is the time since the machine was started, by which processes are dated.
func bootTime() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &t) != nil {
		return 1<<63 - 1 // all came before
	}
	return time.Duration(t.Nano())
}

// startTime returns when a process was started, 0 if that is not known. Clock ticks are
// hundredths of a second for programs, on all machines.
func startTime(pid string) time.Duration {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // the third and on
	if len(fields) < 20 {
		return 0
	}
	ticks, err := strconv.ParseInt(fields[22-3], 10, 64)
	if err != nil {
		return 0
	}
	return time.Duration(ticks) * (time.Second / 100)
}

// initialPIDs is the namespace in which all processes of the machine are seen
// (linux: PROC_PID_INIT_INO).
const initialPIDs = "pid:[4026531836]"

// waiters returns who waits for the flock of a file that we have. It is not ok where not
// all may be seen: then our own lock is not seen, or we do not see all processes.
func waiters(f *os.File) (pids []string, ok bool) {
	if ns, err := os.Readlink("/proc/self/ns/pid"); err != nil || ns != initialPIDs {
		return nil, false
	}
	locks, err := os.ReadFile("/proc/locks")
	var file unix.Stat_t
	if err != nil || unix.Fstat(int(f.Fd()), &file) != nil {
		return nil, false
	}
	self, inode := strconv.Itoa(os.Getpid()), fmt.Sprintf(":%d", file.Ino) // behind numbers of devices that stat does not have
	for line := range strings.Lines(string(locks)) {
		fields := strings.Fields(line)[1:] // "1: FLOCK ADVISORY WRITE 99 00:1b:17 0 EOF", "1: -> FLOCK …"
		waits := len(fields) > 0 && fields[0] == "->"
		if waits {
			fields = fields[1:]
		}
		switch {
		case len(fields) < 5 || fields[0] != "FLOCK" || !strings.HasSuffix(fields[4], inode):
		case waits:
			pids = append(pids, fields[3])
		case fields[3] == self:
			ok = true
		}
	}
	return pids, ok
}
