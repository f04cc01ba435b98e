package main

import (
	"bytes"
	"os"
	"path"
	"path/filepath"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb"
	"github.com/goreleaser/nfpm/v2/files"
	_ "github.com/goreleaser/nfpm/v2/rpm"
)

// packages makes those of Debian and of Red Hat.
func (r *release) packages(t target, binary []byte) error {
	contents, err := r.contents(t, binary)
	if err != nil {
		return err
	}
	for format, arch := range map[string]string{"deb": t.deb, "rpm": t.rpm} {
		info := nfpm.WithDefaults(&nfpm.Info{
			Name: "cargohome", Arch: arch, Platform: "linux", Version: r.version, Release: "1", Section: "devel", Priority: "optional",
			Maintainer: "the authors of cargohome <cargohome@localhost>", License: "MIT OR Apache-2.0", MTime: r.when,
			Description:  "Offline mirror and vendoring tool for Cargo homes\nMakes vendor folders, sources and checkouts from a Cargo home, without a network.",
			Overridables: nfpm.Overridables{Contents: contents, RPM: nfpm.RPM{BuildHost: "localhost", Group: "Development/Tools"}},
		})
		packager, err := nfpm.Get(format)
		if err != nil {
			return err
		}
		var out bytes.Buffer
		if err := packager.Package(info, &out); err != nil {
			return err
		}
		if err := writeFile(filepath.Join(r.dir, packager.ConventionalFileName(info)), out.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// contents lays out the files of a package, from a folder where nfpm reads them.
func (r *release) contents(t target, binary []byte) (list files.Contents, err error) {
	root := filepath.Join(r.work, "root-"+t.name)
	add := func(to string, f file) error {
		from := filepath.Join(root, filepath.FromSlash(to))
		if err := writeFile(from, f.data); err != nil {
			return err
		}
		list = append(list, &files.Content{Source: from, Destination: to, FileInfo: &files.ContentFileInfo{Mode: f.mode, MTime: r.when, Owner: "root", Group: "root"}})
		return os.Chmod(from, f.mode)
	}
	if err := add("/usr/bin/cargohome", file{data: binary, mode: 0o755}); err != nil {
		return nil, err
	}
	for _, f := range r.share {
		to := path.Join("/usr", f.path)
		switch path.Dir(f.path) {
		case ".":
			to = path.Join("/usr/share/doc/cargohome", f.path)
		case "share/cargohome/systemd":
			to = path.Join("/usr/lib/systemd/system", path.Base(f.path))
		}
		if err := add(to, f); err != nil {
			return nil, err
		}
	}
	return list, nil
}
