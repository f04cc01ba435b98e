//go:build unix

package vendoring

import (
	"context"
	"errors"
	"io"
	"testing"

	"golang.org/x/sys/unix"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/tarball"
)

// fails has no files, but an error, once another has its own.
type fails struct{ after <-chan struct{} }

func (f fails) write(context.Context, *archive.Unpacker, archive.Folder) ([]archive.File, error) {
	<-f.after
	return nil, unix.ENOSPC
}

func (fails) explain(_ crate.ID, err error) error { return err }

// empty has no files, and says when it is asked.
type empty struct{ asked chan<- struct{} }

func (e empty) write(context.Context, *archive.Unpacker, archive.Folder) ([]archive.File, error) {
	close(e.asked)
	return nil, nil
}

func (empty) explain(_ crate.ID, err error) error { return err }

// Why nothing more can be written is the error, whatever else was ready by then.
func TestWriteTar_hopeless(t *testing.T) {
	asked := make(chan struct{})
	steps := []Step{
		{Folder: "a", contents: []contents{fails{asked}}},
		{Folder: "b", contents: []contents{empty{asked}}},
	}
	to, err := tarball.NewWriter(io.Discard, tarball.Options{Format: tarball.Tar})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := WriteTar(t.Context(), to, steps, TarOptions{Jobs: 2, TempDir: t.TempDir()}); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("error is %v, want %v", err, unix.ENOSPC)
	}
}
