package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// flushDisks waits until everything is written.
func flushDisks() { syscall.Sync() }

// fileSystem is the type of that which holds the folder dir.
func fileSystem(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	best, name := "", "unknown"
	eachLine("/proc/self/mounts", func(line string) {
		fields := strings.Fields(line)
		if len(fields) > 2 && len(fields[1]) >= len(best) && holds(fields[1], dir) {
			best, name = fields[1], fields[2]
		}
	})
	return name
}

func holds(mount, dir string) bool {
	return mount == "/" || dir == mount || strings.HasPrefix(dir, mount+"/")
}

// cpuModel is the name that the processor gives itself.
func cpuModel() string {
	model := runtime.GOARCH
	eachLine("/proc/cpuinfo", func(line string) {
		if key, value, _ := strings.Cut(line, ":"); strings.TrimSpace(key) == "model name" {
			model = strings.TrimSpace(value)
		}
	})
	return model
}

// load is how many processes want a processor, of late; 0 if that is not known.
func load() float64 {
	var average float64
	eachLine("/proc/loadavg", func(line string) { _, _ = fmt.Sscan(line, &average) })
	return average
}

// eachLine reads a file of the kernel's; one that is not there has no lines.
func eachLine(path string, do func(line string)) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		do(lines.Text())
	}
}
