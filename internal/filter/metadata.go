package filter

import (
	"fmt"

	"cargohome/internal/tomltext"
)

// Key is that of the table in [package.metadata] or [workspace.metadata].
const Key = "vendor-filter"

// FromMetadata reads the table of a manifest. Keys that are not known are returned, for a
// warning.
func FromMetadata(table *tomltext.Table) (f *Filter, unknown []string, err error) {
	f = &Filter{}
	for _, e := range table.Entries {
		known, err := f.set(e.Key, e.Value)
		if err != nil {
			return nil, nil, fmt.Errorf("metadata.%s.%s: %w", Key, e.Key, err)
		}
		if !known {
			unknown = append(unknown, e.Key)
		}
	}
	return f, unknown, nil
}

func (f *Filter) set(key string, v any) (known bool, err error) {
	switch key {
	case "platforms":
		f.Platforms, err = texts(v)
	case "tier":
		var text string
		if text, err = value[string](v, "a string"); err == nil {
			f.Tier, err = ParseTier(text)
		}
	case "all-features":
		f.AllFeatures, err = value[bool](v, "true or false")
	case "no-default-features":
		f.NoDefaultFeatures, err = value[bool](v, "true or false")
	case "features":
		f.Features, err = texts(v)
	case "keep-dep-kinds":
		if f.Kinds, err = value[string](v, "a string"); err == nil {
			_, err = ParseKinds(f.Kinds)
		}
	case "exclude-crate-paths":
		err = f.setExclusions(v)
	default:
		return false, nil
	}
	return true, err
}

// setExclusions reads [{ name = …, exclude = … }, …].
func (f *Filter) setExclusions(v any) error {
	list, err := list[*tomltext.Table](v, "tables")
	if err != nil {
		return err
	}
	for _, t := range list {
		name, err := value[string](t.Get("name"), "a string")
		if err != nil {
			return fmt.Errorf("name: %w", err)
		}
		pattern, err := value[string](t.Get("exclude"), "a string")
		if err != nil {
			return fmt.Errorf("exclude: %w", err)
		}
		e, err := newExclusion(name, pattern)
		if err != nil {
			return err
		}
		f.Exclude = append(f.Exclude, e)
	}
	return nil
}

func value[T any](v any, want string) (T, error) {
	t, ok := v.(T)
	if !ok {
		return t, fmt.Errorf("it must be %s", want)
	}
	return t, nil
}

func texts(v any) ([]string, error) { return list[string](v, "strings") }

func list[T any](v any, want string) (out []T, err error) {
	all, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("it must be a list of %s", want)
	}
	for _, e := range all {
		t, ok := e.(T)
		if !ok {
			return nil, fmt.Errorf("it must be a list of %s", want)
		}
		out = append(out, t)
	}
	return out, nil
}
