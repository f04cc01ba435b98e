package index

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
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
func ParseConfig(data []byte) (c Config, err error) {
	text := string(data)
	if at(text, skipSpace(text, 0)) == '[' {
		err = c.fromList(text)
	} else {
		err = c.fromObject(text)
	}
	if err != nil {
		return Config{}, fmt.Errorf("config.json: %w", err)
	}
	return c, nil
}

func (c *Config) fromObject(text string) error {
	seen := map[string]bool{}
	err := eachMember(text, func(key, value string) error {
		if !slices.Contains(configKeys, key) {
			return nil
		}
		if seen[key] {
			return errTwice(key)
		}
		seen[key] = true
		return c.set(key, value)
	})
	if err == nil && !seen["dl"] {
		err = errors.New(`it has no "dl"`)
	}
	return err
}

// configKeys are in the order of cargo's struct.
var configKeys = []string{"dl", "api", "auth-required"}

// fromList reads the values without their keys, of which the last may be left out (cargo
// 1.95: RegistryConfig, which serde reads from a list too).
func (c *Config) fromList(text string) error {
	var values []string
	if !utf8.ValidString(text) {
		return errJSON
	}
	if err := eachElement(text, func(value string) error { values = append(values, value); return nil }); err != nil {
		return err
	}
	if len(values) < len(configKeys)-1 || len(values) > len(configKeys) {
		return fmt.Errorf("a list of %d values, and not of %d", len(values), len(configKeys))
	}
	for i, value := range values {
		if err := c.set(configKeys[i], value); err != nil {
			return err
		}
	}
	return nil
}

// set takes the value of a key in.
func (c *Config) set(key, value string) (err error) {
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
}
