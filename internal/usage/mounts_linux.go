package usage

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// mountPoints returns the paths below dir at which something is mounted. The number
// of its device does not give away a folder of the same file system that is mounted
// a second time, and what is deleted there is gone everywhere.
func mountPoints(dir string) (points []string) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil
	}
	f, err := os.Open("/proc/thread-self/mountinfo")
	if err != nil {
		return nil
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) > 4 {
			if rel, ok := strings.CutPrefix(unescapeMount(fields[4]), dir+"/"); ok {
				points = append(points, rel)
			}
		}
	}
	return points
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
