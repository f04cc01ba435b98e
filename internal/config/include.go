package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// withIncludes returns v with the files its `include` names merged under it; of
// two included files the later is the stronger.
func (l *loader) withIncludes(v *value, seen map[string]bool, depth int) (*value, error) {
	paths, err := takeIncludes(v, l.cwd)
	if err != nil || len(paths) == 0 {
		return v, err
	}
	if depth == maxIncludes {
		return nil, fmt.Errorf("%s: `include` goes deeper than %d files", v.from, maxIncludes)
	}
	root := newTable(v.from)
	for _, path := range paths {
		included, err := l.file(path, v.from.kind, seen, depth+1)
		if err != nil {
			return nil, fmt.Errorf("included by %s: %w", v.from, err)
		}
		if err := merge(root, included, true); err != nil {
			return nil, err
		}
	}
	return root, merge(root, v, true)
}

// takeIncludes removes the key `include` and returns the paths it names, less
// the optional ones that do not exist.
func takeIncludes(v *value, cwd string) ([]string, error) {
	include, ok := v.table()["include"]
	if !ok {
		return nil, nil
	}
	delete(v.table(), "include")
	list, ok := include.data.([]*value)
	if !ok { // cargo 1.95 does not take a lone string
		return nil, fmt.Errorf("%s: `include` is %s, not an array of strings or tables", v.from, include.typeName())
	}
	var paths []string
	for i, item := range list {
		name, optional, err := includeItem(item)
		if err != nil {
			return nil, fmt.Errorf("%s: include[%d]: %w", v.from, i, err)
		}
		if path := join(v.from.folder(cwd), name); !optional || exists(path) {
			paths = append(paths, path)
		}
	}
	return paths, nil
}

// includeItem reads "path" or {path = "path", optional = true}.
func includeItem(item *value) (name string, optional bool, err error) {
	switch data := item.data.(type) {
	case string:
		name = data
	case map[string]*value:
		if name, optional, err = includeTable(data); err != nil {
			return "", false, err
		}
	default:
		return "", false, fmt.Errorf("it is %s, not a string or table", item.typeName())
	}
	return name, optional, checkInclude(name)
}

func includeTable(data map[string]*value) (name string, optional bool, err error) {
	path, ok := data["path"]
	if !ok {
		return "", false, errors.New("it has no `path`")
	}
	if name, ok = path.data.(string); !ok {
		return "", false, fmt.Errorf("`path` is %s, not a string", path.typeName())
	}
	if flag, ok := data["optional"]; ok {
		if optional, ok = flag.data.(bool); !ok {
			return "", false, fmt.Errorf("`optional` is %s, not a boolean", flag.typeName())
		}
	}
	return name, optional, nil
}

// checkInclude: patterns and templates are kept back by cargo for later use.
func checkInclude(name string) error {
	switch base := filepath.Base(name); {
	case base == ".toml" || !strings.HasSuffix(base, ".toml") || strings.HasSuffix(name, "/"):
		return fmt.Errorf("%q does not end in .toml", name)
	case strings.ContainsAny(name, "*?[]{}"):
		return fmt.Errorf("%q holds one of *?[]{}", name)
	}
	return nil
}
