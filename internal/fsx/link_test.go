package fsx

import (
	"io/fs"
	"testing"
)

// Attributes and tags of Windows.
const (
	readOnlyAttribute = 0x1
	folderAttribute   = 0x10
	plainAttribute    = 0x80
	reparseAttribute  = 0x400

	symlinkTag  = 0xa000000c
	junctionTag = 0xa0000003 // also of the folder that a volume is mounted at
	appTag      = 0x8000001b // an alias of an app
	cloudTag    = 0x9000001a
	dedupTag    = 0x80000013
	socketTag   = 0x80000023
	wslTag      = 0xa000001d // a symbolic link that WSL made
)

// windowsMode is the mode that package os tells on Windows (Go 1.26: os/types_windows.go).
func windowsMode(attributes, tag uint32) fs.FileMode {
	mode := fs.FileMode(0o666)
	if attributes&readOnlyAttribute != 0 {
		mode = 0o444
	}
	reparse := attributes&reparseAttribute != 0
	if surrogate := reparse && tag&0x20000000 != 0; attributes&folderAttribute != 0 && !surrogate {
		mode |= fs.ModeDir | 0o111
	}
	switch {
	case !reparse || tag == dedupTag:
		return mode
	case tag == symlinkTag:
		return mode | fs.ModeSymlink
	case tag == socketTag:
		return mode | fs.ModeSocket
	}
	return mode | fs.ModeIrregular
}

// What leads elsewhere is a link, and never a folder: then RemoveAll deletes it by its name
// alone, and Open refuses it.
func Test_isLink(t *testing.T) {
	for _, tt := range []struct {
		name            string
		attributes, tag uint32
		link, folder    bool
	}{
		{"file", plainAttribute, 0, false, false},
		{"folder", folderAttribute, 0, false, true},
		{"read-only folder", folderAttribute | readOnlyAttribute, 0, false, true},
		{"link to a file", reparseAttribute, symlinkTag, true, false},
		{"link to a folder", reparseAttribute | folderAttribute, symlinkTag, true, false},
		{"junction, or a mounted volume", reparseAttribute | folderAttribute, junctionTag, true, false},
		{"read-only junction", reparseAttribute | folderAttribute | readOnlyAttribute, junctionTag, true, false},
		{"link of WSL", reparseAttribute, wslTag, true, false},
		{"alias of an app", reparseAttribute, appTag, true, false},
		{"folder of a cloud", reparseAttribute | folderAttribute, cloudTag, false, true},
		{"file without its copies", reparseAttribute, dedupTag, false, false},
		{"socket", reparseAttribute, socketTag, false, false},
	} {
		mode := windowsMode(tt.attributes, tt.tag)
		if link, folder := isLink(mode, true), mode.IsDir(); link != tt.link || folder != tt.folder {
			t.Errorf("a %s, mode %v, is a link: %v, a folder: %v", tt.name, mode, link, folder)
		}
	}
	for mode, want := range map[fs.FileMode]bool{
		fs.ModeSymlink | 0o777: true, 0o644: false, fs.ModeDir | 0o755: false, fs.ModeIrregular: false, fs.ModeNamedPipe: false, Untold: false,
	} {
		if isLink(mode, false) != want {
			t.Errorf("on Unix %v is a link: %v", mode, !want)
		}
	}
	if isLink(Untold, true) {
		t.Error("what a listing does not tell is a link")
	}
}
