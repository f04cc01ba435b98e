package cli

import (
	"errors"
	"strconv"
)

// levelFlag is a level of compression, 0 where none is asked for. How high it may be its
// format says.
type levelFlag int

// Set implements pflag.Value.
func (f *levelFlag) Set(text string) error {
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return errors.New("it is a number")
	case n < 1:
		return errors.New("levels begin with 1")
	}
	*f = levelFlag(n)
	return nil
}

// String implements pflag.Value; it is empty where nothing was asked for.
func (f *levelFlag) String() string {
	if *f == 0 {
		return ""
	}
	return strconv.Itoa(int(*f))
}

// Type implements pflag.Value.
func (*levelFlag) Type() string { return "int" }
