package staging

import "errors"

// Sync has all that was written in the folder be on the disk, so that what is published
// from here on is whole also after a power failure; and what was published so far.
func (d *Dir) Sync() error {
	d.mu.Lock()
	var errs []error
	for _, other := range d.others {
		errs = append(errs, other.Sync())
	}
	d.mu.Unlock()
	err := Point(OpSync, d.path())
	if err == nil {
		err = d.self.Sync()
	}
	return errors.Join(append(errs, err)...)
}

// Root is the path of the folder that it stages in.
func (d *Dir) Root() string { return d.in.path() }
