package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"cargohome/internal/fsx"
	"cargohome/internal/staging"
	"cargohome/internal/ui"
	"cargohome/internal/usage"
)

// target is what a run writes.
type target struct {
	path  string       // the file or folder, which may be missing; "" for nothing that grows
	needs func() int64 // how many bytes that takes, about; nil if it is not known
}

// beginWriting is begin for what may fill a disk.
func (r *run) beginWriting(t target) {
	r.written = t
	r.begin()
}

// measuring is how long an error waits for the size of the home.
const measuring = 5 * time.Second

// explainRoom adds to an error of a full disk how much room there is, would be needed, and can
// be had.
func (r *run) explainRoom(ctx context.Context, err error) error {
	if r.written.path == "" || !staging.Full(err) {
		return err
	}
	e := &ui.RoomError{Err: err, Path: r.written.path}
	dir := folderAt(r.written.path)
	if at, ok := errors.AsType[*fs.PathError](err); ok && filepath.IsAbs(at.Path) {
		if other := folderAt(at.Path); fsx.Identify(other).Dev != fsx.Identify(dir).Dev { // a disk that is mounted there
			e.Path, dir = other, other
		}
	}
	var block int64
	if e.Free, block = fsx.Free(dir); block == 0 {
		return err
	}
	if r.written.needs != nil {
		e.Needed = r.written.needs()
	}
	if home, err := r.cargoHome(); err == nil && fsx.Identify(home).Dev == fsx.Identify(dir).Dev {
		e.Gives = r.gives(ctx, home)
	}
	return e
}

// folderAt returns a folder, or the nearest around a path that is there.
func folderAt(path string) string {
	for filepath.Dir(path) != path {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			break
		}
		path = filepath.Dir(path)
	}
	return path
}

// gives is how many bytes of a home can be removed and made again without a network.
func (r *run) gives(ctx context.Context, home string) int64 {
	ctx, end := context.WithTimeout(ctx, measuring)
	defer end()
	report, err := usage.Measure(ctx, home, &usage.MeasureOptions{Jobs: r.flags.jobs})
	if err != nil {
		return 0
	}
	return report.GivesBackOf(usage.Source).Allocated + report.GivesBackOf(usage.Checkout).Allocated
}
