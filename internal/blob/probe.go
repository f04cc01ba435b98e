package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
)

// ErrUnsafe is matched by the error for a store that does not keep writers apart.
var ErrUnsafe = errors.New("the store does not keep those apart who write at once")

// rivals is how many create or replace one object at once to try a store.
const rivals = 8

// Probe finds out whether a store keeps those apart who write at once. It creates and
// replaces an object below the prefix, of a name that nobody else has, and deletes it. The
// error matches [ErrUnsafe] if of several that may not both succeed two do.
func Probe(ctx context.Context, s Store, prefix string) (err error) {
	name := prefix + rand.Text()
	defer func() {
		if left := s.Delete(context.WithoutCancel(ctx), name); err == nil {
			err = left
		}
	}()
	tag, err := contest(s, name, "creates an object that is there", ErrExists, func(c *Content) (string, error) {
		return s.PutNew(ctx, name, c)
	})
	if err != nil {
		return err
	}
	_, err = contest(s, name, "replaces an object that has changed", ErrChanged, func(c *Content) (string, error) {
		return s.PutIf(ctx, name, tag, c)
	})
	return err
}

// contest has several put other content at once. One is to succeed, of which the tag is
// returned, and the others are to fail with an error.
func contest(s Store, name, does string, fails error, put func(c *Content) (tag string, err error)) (tag string, err error) {
	var wg sync.WaitGroup
	tags, errs := make([]string, rivals), make([]error, rivals)
	for i := range rivals {
		wg.Go(func() { tags[i], errs[i] = put(Bytes(fmt.Appendf(nil, "%s %d", rand.Text(), i))) })
	}
	wg.Wait()
	won := 0
	for i, err := range errs {
		switch {
		case err == nil:
			won++
			tag = tags[i]
		case !errors.Is(err, fails):
			return "", err
		}
	}
	if won != 1 {
		return "", &Error{s.String(), name, fmt.Errorf("%w: of %d writers, each of which %s, %d succeed", ErrUnsafe, rivals, does, won)}
	}
	return tag, nil
}
