package archive

import (
	"bytes"
	"io"

	"cargohome/crate"
)

var (
	CheckManifest    = checkManifest
	CheckWindowsPath = checkWindowsPath
)

// Memory is an archive in memory. It counts how often it was opened and closed.
type Memory struct {
	Data           []byte
	Opened, Closed int
}

// InMemory is an archive with the bytes data, and what should be promised of it.
func InMemory(id crate.ID, data []byte) Archive {
	return Archive{ID: id, From: &Memory{Data: data}, Size: int64(len(data)), Checksum: crate.Sum(data)}
}

func (m *Memory) Open() (io.ReadCloser, error) {
	m.Opened++
	return &memoryReader{bytes.NewReader(m.Data), m}, nil
}

type memoryReader struct {
	*bytes.Reader
	of *Memory
}

func (r *memoryReader) Close() error {
	r.of.Closed++
	return nil
}
