package home

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"
)

// settleTime is how long at most a Cargo may need from having unpacked what it
// builds to taking its lock for building, for which [Home.LockRemoving] waits. With
// 800 packages it takes 30 ms.
const settleTime = time.Second

// LockRemoving takes the locks of [Replacing], as [Home.Lock] does, for removing what
// a build could not do without.
//
// Cargo gives the package cache back when all sources are unpacked, and takes its
// shared lock a moment later, when it starts to compile (cargo 1.95: BuildRunner::
// compile). Whoever removes a source in between breaks the build. So while a Cargo is
// at work here, the mutation lock is given back for a moment, with the package cache
// still held: none can come to that point anew, and one that is there goes on. If it
// did, all begins again.
func (h *Home) LockRemoving(ctx context.Context, waiting func(what string)) (unlock func() error, err error) {
	for {
		held, err := h.lockEach(ctx, Replacing, waiting)
		if err != nil {
			return nil, err
		}
		if len(held) < 2 || !h.cargoAtWork() {
			return func() error { return closeAll(held) }, nil
		}
		settled, err := h.settle(ctx, held)
		if err != nil || settled != nil {
			return settled, err
		}
	}
}

// settle lets go of the mutation lock until no Cargo is at work, or long enough. It
// returns nil if somebody else has the lock by then.
func (h *Home) settle(ctx context.Context, held []*os.File) (unlock func() error, err error) {
	cache := held[1]
	if err := held[0].Close(); err != nil {
		return nil, errors.Join(err, cache.Close())
	}
	for end := time.Now().Add(settleTime); h.cargoAtWork() && time.Now().Before(end); {
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), cache.Close())
		case <-time.After(settleTime / 50):
		}
	}
	mutate, _, err := openLock(filepath.Join(h.dir, packageCacheMutate))
	if err != nil {
		return nil, errors.Join(err, cache.Close())
	}
	files := []*os.File{mutate, cache}
	if got, err := tryLock(mutate, true); !got && err == nil {
		return nil, closeAll(files)
	}
	return func() error { return closeAll(files) }, nil
}
