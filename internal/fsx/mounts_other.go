//go:build !linux || portable

package fsx

// Mounts are the paths at which something is mounted, as they were at one time.
type Mounts []string

// ReadMounts: here the number of its device gives away what is mounted, when it is come
// to.
func ReadMounts() Mounts { return nil }

// Below returns those that lie below a folder, by their paths from there.
func (m Mounts) Below(Folder) Mounts { return nil }
