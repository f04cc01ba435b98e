package mirror

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"cargohome/internal/blob"
	"cargohome/internal/par"
)

// Runs that write to a store at once know of each other by leases: objects that they create,
// renew while they are at work, and delete in the end. Their ages are told by the store's
// clock, so nobody's own matters, and one that was not renewed for a while is nobody's.
//
//	.writers/writes-ID   of every run, from before it looks what is there until it is done
//	.writers/deletes-ID  of a run that is about to delete what no line names
//
// Who deletes first creates its lease and then looks for others; who comes does the same the
// other way round, and waits. So one of the two sees the other, and nothing is deleted that
// somebody counts on.
const (
	writersFolder = ".writers/"
	writesPrefix  = writersFolder + "writes-"
	deletesPrefix = writersFolder + "deletes-"
	probePrefix   = writersFolder + "probe-"

	leasePeriod = time.Minute // after which a lease is nobody's
)

// ErrLeaseLost is matched by the error of a run that could not say that it still is at work,
// such as of a machine that was suspended.
var ErrLeaseLost = errors.New("the store could not be told for too long that this run is at work, so that others may have deleted what it counts on")

// Lost is the error if what ended ctx is that it could not be said that the run is at work.
func Lost(ctx context.Context) error {
	if cause := context.Cause(ctx); errors.Is(cause, ErrLeaseLost) {
		return cause
	}
	return nil
}

// lease is one of ours.
type lease struct {
	store  blob.Store
	period time.Duration
	name   string
	end    func() // of renewing
	done   chan struct{}

	mu      sync.Mutex
	tag     string
	renewed time.Time // when that which succeeded last began
}

// take creates a lease, and renews it until it is released. The context returned ends when
// that fails for too long.
func take(ctx context.Context, s blob.Store, prefix string, period time.Duration) (l *lease, within context.Context, err error) {
	l = &lease{store: s, period: period, name: prefix + rand.Text(), done: make(chan struct{}), renewed: time.Now()}
	if l.tag, err = s.PutNew(ctx, l.name, l.content()); err != nil {
		return nil, nil, err
	}
	within, lost := context.WithCancelCause(ctx)
	renewing, end := context.WithCancel(context.WithoutCancel(ctx))
	l.end = func() { end(); lost(nil) }
	go func() {
		defer close(l.done)
		l.keepUp(renewing, lost)
	}()
	return l, within, nil
}

func (l *lease) content() *blob.Content {
	return blob.Bytes(fmt.Appendf(nil, "a run of cargohome is at work: %s\n", l.renewed.UTC().Format(time.RFC3339Nano)))
}

func (l *lease) keepUp(ctx context.Context, lost func(error)) {
	for {
		if par.Sleep(ctx, l.period/8) != nil {
			return
		}
		if err := l.renew(ctx); ctx.Err() == nil && (errors.Is(err, blob.ErrChanged) || l.check() != nil) {
			lost(fmt.Errorf("%w: %w", ErrLeaseLost, err))
			return
		}
	}
}

// renew says that we are still at work.
func (l *lease) renew(ctx context.Context) error {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, l.period/4)
	defer cancel()
	l.mu.Lock()
	tag, c := l.tag, l.content()
	l.mu.Unlock()
	tag, err := l.store.PutIf(ctx, l.name, tag, c)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tag, l.renewed = tag, began
	return nil
}

// check is the error if others may take the lease for nobody's soon. It is asked before each
// step that counts on it. While a machine is suspended one of its clocks goes on at least.
func (l *lease) check() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if max(now.Sub(l.renewed), now.Round(0).Sub(l.renewed.Round(0))) > l.period/2 {
		return ErrLeaseLost
	}
	return nil
}

// release deletes the lease.
func (l *lease) release(ctx context.Context) error {
	l.end()
	<-l.done
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.period/4)
	defer cancel()
	return l.store.Delete(ctx, l.name)
}

// others returns the leases of others with that prefix. What is nobody's is deleted.
func (l *lease) others(ctx context.Context, prefix string, ours ...string) (names []string, err error) {
	own, err := l.store.Stat(ctx, l.name)
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrLeaseLost
	}
	if err != nil {
		return nil, err
	}
	for info, err := range l.store.List(ctx, writersFolder) {
		if err != nil {
			return nil, err
		}
		switch {
		case info.Name == l.name, slices.Contains(ours, info.Name):
		case own.Modified.Sub(info.Modified) > l.period:
			if err := l.store.Delete(ctx, info.Name); err != nil {
				return nil, err
			}
		case strings.HasPrefix(info.Name, prefix) && !strings.HasPrefix(info.Name, probePrefix):
			names = append(names, info.Name)
		}
	}
	return names, nil
}

// wait waits until no other has a lease with that prefix, or give up says so.
func (l *lease) wait(ctx context.Context, prefix string, giveUp func(others []string) bool, ours ...string) (alone bool, err error) {
	for {
		others, err := l.others(ctx, prefix, ours...)
		if err != nil || len(others) == 0 {
			return err == nil, err
		}
		if giveUp(others) {
			return false, nil
		}
		if par.Sleep(ctx, l.period/60) != nil {
			return false, context.Cause(ctx)
		}
	}
}
