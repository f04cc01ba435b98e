package home

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// cargoAtWork reports whether a Cargo may be at work in this home. One that resolved
// anything has the database of last uses open until it ends. Those of other users
// cannot be looked into, and count.
func (h *Home) cargoAtWork() bool {
	database, err := filepath.EvalSymlinks(filepath.Join(h.dir, ".global-cache"))
	if err != nil {
		return false // no Cargo that takes the lock for building has been here
	}
	processes, _ := os.ReadDir("/proc")
	for _, p := range processes {
		if _, err := strconv.Atoi(p.Name()); err != nil {
			continue
		}
		name, err := os.ReadFile(filepath.Join("/proc", p.Name(), "comm"))
		if err == nil && strings.HasPrefix(string(name), "cargo") && !isSelf(p.Name()) && hasOpen(p.Name(), database) {
			return true
		}
	}
	return false
}

func isSelf(pid string) bool { return pid == strconv.Itoa(os.Getpid()) }

// hasOpen reports whether a process has a file open, or will not say.
func hasOpen(pid, path string) bool {
	dir := filepath.Join("/proc", pid, "fd")
	open, err := os.ReadDir(dir)
	if os.IsPermission(err) {
		return true
	}
	for _, fd := range open {
		if target, err := os.Readlink(filepath.Join(dir, fd.Name())); err == nil && target == path {
			return true
		}
	}
	return false
}
