//go:build !linux && !darwin

package staging

import (
	"errors"
	"io/fs"
	"os"
)

func exchangeNames(_, b string) error {
	if _, err := os.Lstat(b); errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return errors.ErrUnsupported
}
