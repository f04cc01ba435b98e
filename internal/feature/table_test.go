package feature_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/feature"
)

// table makes one of "name=value,value name=…" and of dependencies, of which those with a
// '?' are optional.
func table(features, dependencies string) (feature.Table, error) {
	written := map[string][]string{}
	for _, f := range strings.Fields(features) {
		name, values, _ := strings.Cut(f, "=")
		written[name] = strings.FieldsFunc(values, func(r rune) bool { return r == ',' })
	}
	return feature.NewTable(written, func(yield func(string, bool) bool) {
		for _, d := range strings.Fields(dependencies) {
			name, optional := strings.CutSuffix(d, "?")
			if !yield(name, optional) {
				return
			}
		}
	})
}

func TestNewTable(t *testing.T) {
	for _, tt := range []struct{ features, dependencies, want string }{
		{"", "", ""},
		{"a=b b", "", "a=b b="},
		{"", "d?", "d=dep:d"},
		{"", "d? d", "d=dep:d"},
		{"a=dep:d", "d?", "a=dep:d"},
		{"a=d", "d?", "a=d d=dep:d"},
		{"d=dep:d,x x", "d?", "d=dep:d,x x="},
		{"a=d/f,e?/f", "d e?", "a=d/f,e?/f e=dep:e"},
		{"a=dep:e,e?/f", "e?", "a=dep:e,e?/f"},
		{"e=e/f", "e?", "e=e/f"},
		{"a=a b=c c=b", "", "a=a b=c c=b"},
	} {
		got, err := table(tt.features, tt.dependencies)
		if err != nil {
			t.Errorf("%q with %q: %v", tt.features, tt.dependencies, err)
			continue
		}
		var lines []string
		for _, name := range slices.Sorted(maps.Keys(got)) {
			var values []string
			for _, v := range got[name] {
				values = append(values, v.String())
			}
			lines = append(lines, name+"="+strings.Join(values, ","))
		}
		if line := strings.Join(lines, " "); line != tt.want {
			t.Errorf("%q with %q is %q, want %q", tt.features, tt.dependencies, line, tt.want)
		}
	}
}

func TestNewTable_refusals(t *testing.T) {
	for _, tt := range []struct{ features, dependencies string }{
		{"a=b", ""},
		{"a=d", "d"},
		{"a=d,dep:d", "d?"},
		{"a=dep:d", ""},
		{"a=dep:d", "d"},
		{"a=d/f", ""},
		{"a=d?/f", "d"},
		{"a=d/f/g", "d"},
		{"a=dep:d/f", "d?"},
		{"d", "d?"},
	} {
		if _, err := table(tt.features, tt.dependencies); !errors.Is(err, feature.ErrFeature) {
			t.Errorf("%q with %q: %v, want ErrFeature", tt.features, tt.dependencies, err)
		}
	}
}
