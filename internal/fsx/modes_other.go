//go:build !linux || portable

package fsx

// KeepsModes reports whether files in the folder are known to keep their modes; here it is
// taken for granted.
func (d Folder) KeepsModes() bool { return true }
