//go:build unix

package blob_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"cargohome/internal/blob"
)

// Pipes where a folder, or a file, should be are errors at once.
func TestPipes(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o666); err != nil {
		t.Fatal(err)
	}
	s := openFolder(t, dir)
	if tag, err := s.PutNew(t.Context(), "pipe/x", text("one")); err == nil {
		t.Errorf("what is put below a pipe has the tag %q", tag)
	}
	if tag, err := s.PutIf(t.Context(), "pipe/x", "tag", text("one")); err == nil {
		t.Errorf("what is put below a pipe has the tag %q", tag)
	}
	if _, err := openFolder(t, pipe).Stat(t.Context(), "x"); err == nil {
		t.Error("a pipe is a store")
	}
	environment := map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_SHARED_CREDENTIALS_FILE": pipe}
	if s, err := blob.Open("s3://bucket", func(name string) string { return environment[name] }); err == nil {
		t.Errorf("a pipe has the keys of %s", s)
	}
}
