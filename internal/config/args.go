package config

import (
	"errors"
	"fmt"
	"strings"

	"cargohome/crate"
	"cargohome/internal/tomltext"
)

// mergeArgs adds the --config arguments, later ones over earlier ones and all
// over everything else. One that names an existing file is that file.
func (l *loader) mergeArgs(root *value, args []string) error {
	seen := map[string]bool{}
	for _, arg := range args {
		v, err := l.argument(arg, seen)
		if err != nil {
			return err
		}
		if err := merge(root, v, true); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) argument(arg string, seen map[string]bool) (*value, error) {
	if path := join(l.cwd, arg); arg != "" && exists(path) {
		return l.file(path, fromArgument, seen, 0)
	}
	v, err := inlineArgument(arg)
	if err != nil {
		// Only the key is shown: the value may be a secret.
		name, _, _ := strings.Cut(arg, "=")
		return nil, &ArgumentError{strings.TrimSpace(crate.Redact(name)), err}
	}
	return l.withIncludes(v, map[string]bool{}, 0)
}

// ArgumentError says that a --config argument is none.
type ArgumentError struct {
	Name string // of what it sets, redacted
	Err  error  // what is wrong with it
}

func (e *ArgumentError) Error() string {
	return fmt.Sprintf("--config argument for %q: %v", e.Name, e.Err)
}
func (e *ArgumentError) Unwrap() error { return e.Err }

var errNotDottedKey = errors.New("it is neither a file nor one KEY=VALUE pair in TOML")

// inlineArgument reads a single dotted key with a value that is not an inline
// table; cargo keeps everything else of TOML out, comments included.
func inlineArgument(arg string) (*value, error) {
	if len(arg) > MaxFileSize {
		return nil, errTooLarge
	}
	if !strings.Contains(arg, "=") {
		return nil, errNotDottedKey
	}
	var pair *tomltext.Statement
	for st := range tomltext.Statements(arg) {
		switch {
		case st.Kind == tomltext.Bad:
			return parseTOML([]byte(arg), origin{kind: fromArgument})
		case st.Kind == tomltext.Newline || st.Kind == tomltext.Comment && pair != nil:
		case st.Kind != tomltext.Name || pair != nil || st.Commented || strings.HasPrefix(arg[st.Value.Start:], "{"):
			return nil, errNotDottedKey
		default:
			pair = &st
		}
	}
	if pair == nil {
		return nil, errNotDottedKey
	}
	if isSecret(pair.Key) {
		return nil, errors.New("a secret cannot be given on the command line")
	}
	return parseTOML([]byte(arg), origin{kind: fromArgument})
}

// isSecret: registry.token, registries.NAME.token, and secret-key likewise.
func isSecret(key []string) bool {
	at := 1
	if key[0] == "registries" {
		at = 2
	} else if key[0] != "registry" {
		return false
	}
	return len(key) > at && (key[at] == "token" || key[at] == "secret-key")
}
