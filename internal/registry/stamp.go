package registry

import (
	"io/fs"
	"os"
	"time"

	"cargohome/internal/fsx"
)

// stamp tells whether a file or folder is as it was. That of what is not there is zero.
type stamp struct {
	fsx.ID
	mode              fs.FileMode
	size              int64
	modified, changed int64 // in nanoseconds
}

// stampOf is that of what is at a path, or of what a link there leads to.
func stampOf(path string) stamp {
	e, err := fsx.Lstat(path)
	switch {
	case err != nil:
		return stamp{}
	case !fsx.IsLink(e.Mode):
		return stamp{e.ID, e.Mode.Type(), e.Size, e.Modified.UnixNano(), e.Changed.UnixNano()}
	}
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	return stamp{fsx.IDOf(info), info.Mode().Type(), info.Size(), info.ModTime().UnixNano(), 0}
}

// isOf reports whether it is the stamp of a file that was opened.
func (s stamp) isOf(info fs.FileInfo) bool {
	return s.ID == fsx.IDOf(info) && s.size == info.Size() && s.modified == info.ModTime().UnixNano()
}

// watched is what something else was made of.
type watched struct {
	path string
	stamp
	young bool // it may change again without that its stamp does
}

// tick is how far apart two changes are for certain if their times differ: the kernel's
// clock for files goes by 10 ms at most, and file systems that keep no fractions, or count
// in twos, are told by that.
const (
	tick       = 20 * time.Millisecond
	coarseTick = 2*time.Second + tick
)

// watch looks at a path: before what is there is read.
func watch(path string) watched {
	w := watched{path: path, stamp: stampOf(path)}
	w.young = w.isYoung()
	return w
}

// isYoung reports whether what has the stamp may have changed since without that it shows.
func (s stamp) isYoung() bool { return s.isWithin(tick) }

// isFresh reports whether somebody may be in the midst of writing what has the stamp.
func (s stamp) isFresh() bool { return s.isWithin(settleWithin) }

func (s stamp) isWithin(age time.Duration) bool {
	last := max(s.modified, s.changed)
	since := time.Since(time.Unix(0, last))
	return since < age || last%int64(time.Second) == 0 && since < coarseTick
}

// isSame reports whether what is at the path is certain to be as it was.
func (w watched) isSame() bool { return !w.young && stampOf(w.path) == w.stamp }

func allSame(list []watched) bool {
	for _, w := range list {
		if !w.isSame() {
			return false
		}
	}
	return true
}
