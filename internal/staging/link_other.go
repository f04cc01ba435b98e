//go:build !unix || portable

package staging

import "os"

func (d folder) symlink(target, name string) error { return d.root.Symlink(target, name) }

// link: a Root makes hard links within itself only. Nobody else touches the
// folder, so the path leads to it.
func (d folder) link(from, _, path string) error { return os.Link(from, path) }
