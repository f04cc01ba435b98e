package archive

import (
	"context"
	"errors"
)

// Report is what [Unpacker.Check] found.
type Report struct {
	Contents // of what can be unpacked

	// Faults are all that is wrong, nil if nothing is: first what is wrong with the
	// archive's bytes as a whole, a [ChecksumError], a [SizeError] or a [LimitError];
	// then an [EntryError] for each entry that is refused, in the order of the
	// archive; and last what ended the entries too early, which matches ErrMalformed
	// or is a LimitError. A manifest that is not there counts as an entry refused.
	Faults []error
}

// Err returns the first fault, for which [Unpacker.Unpack] would fail, or nil.
func (r *Report) Err() error {
	if len(r.Faults) == 0 {
		return nil
	}
	return r.Faults[0]
}

// Check reads the archive, opening it once, and reports everything that keeps it from
// being unpacked, but for names that the file system would take for one. It writes
// nothing, and it goes on behind an entry that is refused, of which the first reason
// counts. The entries are bounded as for Unpack, and so are the paths of those refused.
//
// The error is that of opening and reading the archive, or of ctx.
func (u *Unpacker) Check(ctx context.Context, a Archive) (*Report, error) {
	c := checker{entryWriter: entryWriter{u: u, dst: noWhere{NewShape()}, stem: a.ID.Stem()}}
	ended, wrong := u.read(ctx, a, c.entry)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case wrong != nil && !isFault(wrong):
		return nil, wrong
	case ended == nil:
		c.add(c.checkManifest(a.ID))
	case !errors.Is(ended, wrong): // the decoder met the end of the bytes
		c.add(ended)
	}
	r := &Report{Contents: *c.contents(), Faults: c.faults}
	if wrong != nil {
		r.Faults = append([]error{wrong}, c.faults...)
	}
	return r, nil
}

// isFault tells what is wrong with bytes from what kept them from being read.
func isFault(err error) bool {
	switch err.(type) {
	case *ChecksumError, *SizeError, *LimitError:
		return true
	}
	return false
}

// checker goes through the entries of one archive, taking note of those refused.
type checker struct {
	entryWriter
	faults  []error
	refused int // bytes of their paths
}

// entry returns an error if it is of no use to go on.
func (c *checker) entry(h *header) error {
	err := c.entryWriter.entry(h)
	if errors.Is(err, ErrTaken) {
		err = &EntryError{h.path, errors.Unwrap(err)}
	}
	if _, ofEntry := errors.AsType[*EntryError](err); !ofEntry {
		return err
	}
	if c.refused += len(h.path); c.refused > MaxPaths {
		return &LimitError{"bytes in the paths of entries that are refused", MaxPaths}
	}
	c.add(err)
	return nil
}

func (c *checker) add(fault error) {
	if fault != nil {
		c.faults = append(c.faults, fault)
	}
}
