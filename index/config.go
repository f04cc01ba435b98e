package index

import (
	"errors"
	"fmt"
)

// Config is an index's config.json (spec 3.5).
type Config struct {
	// Download is the template of an archive's URL, with the markers {crate},
	// {version}, {prefix}, {lowerprefix} and {sha256-checksum}; if it has none
	// of them, "/{crate}/{version}/download" is meant to follow.
	Download     string
	API          string // base URL of the registry's web API, "" if it has none
	AuthRequired bool   // all requests, downloads too, need a token
}

// ParseConfig reads a config.json. Unknown keys are ignored; without a text for
// "dl" Cargo refuses to unpack anything.
func ParseConfig(data []byte) (Config, error) {
	var c Config
	seen := map[string]bool{}
	err := eachMember(string(data), func(key, value string) (err error) {
		switch key {
		case "dl", "api", "auth-required":
			if seen[key] {
				return errTwice(key)
			}
			seen[key] = true
		}
		switch key {
		case "dl":
			c.Download, err = stringValue(value)
		case "api":
			if value != "null" {
				c.API, err = stringValue(value)
			}
		case "auth-required":
			if c.AuthRequired, err = boolValue(value); value == "null" {
				err = errors.New("not a boolean")
			}
		}
		if err != nil {
			err = fmt.Errorf("key %q: %w", key, err)
		}
		return err
	})
	if err == nil && !seen["dl"] {
		err = errors.New(`it has no "dl"`)
	}
	if err != nil {
		return Config{}, fmt.Errorf("config.json: %w", err)
	}
	return c, nil
}
