package archive_test

import (
	"errors"
	"io/fs"
	"testing"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/cargotest"
)

func TestUnpacker_Manifest(t *testing.T) {
	var u archive.Unpacker
	for _, tt := range []struct {
		crate cargotest.Crate
		want  string
		err   error
	}{
		{cargotest.Crate{Files: []cargotest.File{{Path: "Cargo.toml", Content: "text"}}}, "text", nil},
		{cargotest.Crate{NoDefaults: true, Files: []cargotest.File{{Path: "src/Cargo.toml"}, {Path: "../x"}, {Path: "Cargo.toml", Content: "text"}, {Path: "Cargo.toml"}}}, "text", nil},
		{cargotest.Crate{NoDefaults: true, Files: []cargotest.File{{Path: "src/Cargo.toml"}}}, "", fs.ErrNotExist},
	} {
		tt.crate.Name, tt.crate.Version = "a", "1.0.0"
		data := tt.crate.Archive()
		got, err := u.Manifest(t.Context(), archive.Archive{ID: crate.ID{Name: "a", Version: "1.0.0"}, From: &archive.Memory{Data: data}, Size: int64(len(data)), Unvouched: true})
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%q, %v, want %q, %v", got, err, tt.want, tt.err)
		}
	}
	bad := archive.Archive{ID: crate.ID{Name: "a", Version: "1.0.0"}, From: &archive.Memory{Data: []byte("no gzip")}, Size: 7, Unvouched: true}
	if _, err := u.Manifest(t.Context(), bad); !errors.Is(err, archive.ErrMalformed) {
		t.Errorf("%v, want ErrMalformed", err)
	}
}
