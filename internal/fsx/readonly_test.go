package fsx

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"testing"
)

func Test_isReadOnly(t *testing.T) {
	for _, tt := range []struct {
		name            string
		attributes, tag uint32
		want            bool
	}{
		{"file", plainAttribute, 0, false}, {"read-only file", readOnlyAttribute, 0, true}, {"read-only file without its copies", readOnlyAttribute | reparseAttribute, dedupTag, true},
		{"folder", folderAttribute, 0, false}, {"read-only folder", folderAttribute | readOnlyAttribute, 0, false},
		{"read-only link", readOnlyAttribute | reparseAttribute, symlinkTag, false}, {"read-only junction", readOnlyAttribute | folderAttribute | reparseAttribute, junctionTag, false},
	} {
		if mode := windowsMode(tt.attributes, tt.tag); isReadOnly(mode) != tt.want {
			t.Errorf("a %s, mode %v, is read-only: %v", tt.name, mode, !tt.want)
		}
	}
}

// windowsPlace is a name on a disk of Windows, by its rules: what is there is not replaced
// while it is read-only, or in use.
type windowsPlace struct {
	attributes, tag uint32
	absent, inUse   bool
	chmods          int
	replaced        bool
}

func (p *windowsPlace) rename() error {
	if !p.absent && (p.inUse || p.attributes&(readOnlyAttribute|folderAttribute) != 0) {
		return &os.LinkError{Op: "rename", Old: "new", New: "x", Err: syscall.EACCES}
	}
	p.replaced = true
	return nil
}

func (p *windowsPlace) stat() (Entry, error) {
	if p.absent {
		return Entry{}, fs.ErrNotExist
	}
	return Entry{Mode: windowsMode(p.attributes, p.tag)}, nil
}

func (p *windowsPlace) chmod(mode fs.FileMode) error {
	p.chmods++
	p.attributes |= readOnlyAttribute
	if mode&0o200 != 0 {
		p.attributes &^= readOnlyAttribute
	}
	return nil
}

func Test_overReadOnly(t *testing.T) {
	for name, tt := range map[string]struct {
		place    windowsPlace
		replaced bool
		chmods   int
	}{
		"nothing":                  {windowsPlace{absent: true}, true, 0},
		"file":                     {windowsPlace{attributes: plainAttribute}, true, 0},
		"read-only file":           {windowsPlace{attributes: readOnlyAttribute}, true, 1},
		"file in use":              {windowsPlace{attributes: plainAttribute, inUse: true}, false, 0},
		"read-only file in use":    {windowsPlace{attributes: readOnlyAttribute, inUse: true}, false, 2},
		"read-only folder":         {windowsPlace{attributes: folderAttribute | readOnlyAttribute}, false, 0},
		"read-only junction":       {windowsPlace{attributes: folderAttribute | readOnlyAttribute | reparseAttribute, tag: junctionTag}, false, 0},
		"read-only, but only data": {windowsPlace{attributes: readOnlyAttribute | reparseAttribute, tag: dedupTag}, true, 1},
	} {
		p := tt.place
		err := overReadOnly(p.rename, p.stat, p.chmod)
		if p.replaced != tt.replaced || (err == nil) != tt.replaced || err != nil && !errors.Is(err, fs.ErrPermission) || p.chmods != tt.chmods {
			t.Errorf("%s: replaced: %v, %d changes of its mode, %v", name, p.replaced, p.chmods, err)
		}
		if err != nil && p.attributes != tt.place.attributes {
			t.Errorf("%s: its attributes are %#x, were %#x", name, p.attributes, tt.place.attributes)
		}
	}
	other := errors.New("another error")
	p := windowsPlace{attributes: readOnlyAttribute}
	if err := overReadOnly(func() error { return other }, p.stat, p.chmod); err != other || p.chmods != 0 {
		t.Errorf("after another error: %v, %d changes", err, p.chmods)
	}
	refused := func(fs.FileMode) error { return fs.ErrInvalid }
	if err := overReadOnly(p.rename, p.stat, refused); !errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrInvalid) {
		t.Errorf("where the attribute stays: %v", err)
	}
}
