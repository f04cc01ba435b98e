package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// file is one in an archive.
type file struct {
	path string // '/'-separated
	data []byte
	mode fs.FileMode
}

// filesIn reads the files of a folder, which become those of below.
func filesIn(dir, below string) (files []file, err error) {
	err = filepath.WalkDir(dir, func(at string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(dir, at)
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(at)
		mode := fs.FileMode(0o644)
		if info.Mode()&0o100 != 0 {
			mode = 0o755
		}
		files = append(files, file{path.Join(below, filepath.ToSlash(rel)), data, mode})
		return err
	})
	return files, err
}

// archive packs files into a folder that is named like the archive.
func (r *release) archive(stem string, asZip bool, files []file) error {
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(a.path, b.path) })
	var out bytes.Buffer
	suffix, pack := ".tar.gz", r.tarball
	if asZip {
		suffix, pack = ".zip", r.zip
	}
	if err := pack(&out, stem, files); err != nil {
		return err
	}
	return writeFile(filepath.Join(r.dir, stem+suffix), out.Bytes())
}

func (r *release) tarball(out *bytes.Buffer, stem string, files []file) error {
	z, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	t := tar.NewWriter(z)
	for _, f := range files {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: stem + "/" + f.path, Size: int64(len(f.data)), Mode: int64(f.mode), ModTime: r.when}
		if err := t.WriteHeader(h); err != nil {
			return err
		}
		if _, err := t.Write(f.data); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	return z.Close()
}

func (r *release) zip(out *bytes.Buffer, stem string, files []file) error {
	z := zip.NewWriter(out)
	for _, f := range files {
		h := &zip.FileHeader{Name: stem + "/" + f.path, Method: zip.Deflate, Modified: r.when}
		h.SetMode(f.mode)
		w, err := z.CreateHeader(h)
		if err != nil {
			return err
		}
		if _, err := w.Write(f.data); err != nil {
			return err
		}
	}
	return z.Close()
}
