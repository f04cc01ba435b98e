package bundle

import (
	"bufio"
	"bytes"
	"io"
)

// Load reads a whole bundle, every byte of which is made sure of, or the manifest of one
// as it is printed by `pack --list` or lies in a home, for what is in it. The error is an
// [*Error].
func Load(file io.Reader, o *Options) (*Manifest, error) {
	b := bufio.NewReader(file)
	if head, err := b.Peek(1); err == nil && bytes.Equal(head, []byte("{")) {
		return loadText(b, o)
	}
	r, err := NewReader(b, o)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for {
		switch _, err := r.Next(); err {
		case nil:
		case io.EOF:
			return r.Manifest, nil
		default:
			return nil, err
		}
	}
}

// loadText reads a manifest that stands alone.
func loadText(file io.Reader, o *Options) (*Manifest, error) {
	r := &Reader{name: o.Name}
	text, err := io.ReadAll(io.LimitReader(file, MaxManifest+1))
	if err == nil && len(text) > MaxManifest {
		err = ErrLimit
	}
	var m *Manifest
	if err == nil {
		m, err = ParseManifest(text)
	}
	if err != nil {
		return nil, r.refuse(err)
	}
	return m, nil
}
