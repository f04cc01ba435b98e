package object

import "errors"

// ErrDamaged is matched by errors for objects that are missing where others need
// them, or that are not what they should be. It does not match fs.ErrNotExist: a
// tree that names an object the repository lacks is damage, not absence.
var ErrDamaged = errors.New("damaged repository")

// ObjectError says which object could not be had.
type ObjectError struct {
	Object string // its name, 40 hexadecimal digits
	Err    error  // why; never nil
}

func (e *ObjectError) Error() string { return "object " + e.Object + ": " + e.Err.Error() }
func (e *ObjectError) Unwrap() error { return e.Err }
