package gitsrc

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUnread is matched by errors for objects that a repository lacks as far as it is
// read here, and may have all the same.
var ErrUnread = errors.New("not all of the repository is read")

// whyUnread returns why the store may have more objects than were found, nil if it
// has not.
func (s *store) whyUnread() error {
	if len(s.unread) > 0 {
		return fmt.Errorf("%w: it borrows objects from %w", ErrUnread, s.unread[0])
	}
	if format := s.objectFormat(); format != "" && format != "sha1" {
		return fmt.Errorf("%w: its objects have names of the kind %q", ErrUnread, format)
	}
	return nil
}

// objectFormat returns what the configuration says of the names of objects, "" if it
// says nothing.
func (s *store) objectFormat() (format string) {
	data, err := readSmall(s.git, "config", maxRemotesFile)
	if err != nil {
		return ""
	}
	_ = parseConfig(string(data), func(section, _, key, value string) error {
		if section == "extensions" && key == "objectformat" {
			format = strings.ToLower(value)
		}
		return nil
	})
	return format
}
