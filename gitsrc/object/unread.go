package object

import (
	"errors"
	"fmt"
	"strings"

	"cargohome/internal/fsx"
)

// ErrUnread is matched by errors for objects that a repository lacks as far as it is
// read here, and may have all the same.
var ErrUnread = errors.New("not all of the repository is read")

// whyUnread returns why the repository may have more objects than were found, nil if it
// has not. Packs that were passed over count as damage.
func (db *DB) whyUnread() error {
	if len(db.unread) > 0 {
		return fmt.Errorf("%w: it borrows objects from %w", ErrUnread, db.unread[0])
	}
	if format := db.objectFormat(); format != "" && format != "sha1" {
		return fmt.Errorf("%w: its objects have names of the kind %q", ErrUnread, format)
	}
	if len(db.unsound) > 0 {
		return fmt.Errorf("%w: %w", ErrDamaged, db.unsound[0])
	}
	return nil
}

// objectFormat returns what the configuration says of the names of objects, "" if it
// says nothing.
func (db *DB) objectFormat() (format string) {
	data, err := fsx.ReadRegularIn(db.git, "config", maxRemotesFile)
	if err != nil {
		return ""
	}
	_ = ParseConfig(string(data), func(section, _, key, value string) error {
		if section == "extensions" && key == "objectformat" {
			format = strings.ToLower(value)
		}
		return nil
	})
	return format
}
