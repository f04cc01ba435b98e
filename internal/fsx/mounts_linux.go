//go:build !portable

package fsx

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Mounts are the paths at which something is mounted, as they were at one time.
type Mounts []string

// ReadMounts reads the table of mounts, nil where there is none. The number of its
// device does not give away a folder of the same file system that is mounted a second
// time, and what is deleted there is gone everywhere.
func ReadMounts() (all Mounts) {
	f, err := os.Open("/proc/thread-self/mountinfo")
	if err != nil {
		return nil
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) > 4 {
			all = append(all, unescapeMount(fields[4]))
		}
	}
	return all
}

// unescapeMount: blanks and backslashes are written as "\040".
func unescapeMount(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Below returns those that lie below a folder, by their paths from there.
func (m Mounts) Below(d Folder) (below Mounts) {
	if len(m) == 0 {
		return nil
	}
	path, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", d.fd))
	if err != nil {
		return nil
	}
	for _, at := range m {
		if rel, ok := strings.CutPrefix(at, strings.TrimSuffix(path, "/")+"/"); ok {
			below = append(below, rel)
		}
	}
	return below
}
