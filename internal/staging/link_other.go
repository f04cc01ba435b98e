//go:build !unix

package staging

func (d folder) symlink(target, name string) error { return d.root.Symlink(target, name) }
