package bundle_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cargohome/crate"
	"cargohome/internal/bundle"
)

const (
	diffRegistry   = "example.com-0123456789abcdef"
	diffRepository = "dep-0123456789abcdef"
)

// diffed is a manifest with files of such contents.
func diffed(files map[string]string) *bundle.Manifest {
	m := &bundle.Manifest{
		Registries:   []bundle.Registry{{Name: diffRegistry, Source: "sparse+https://example.com/"}},
		Repositories: []bundle.Repository{{Name: diffRepository, URL: "https://example.com/dep", Commits: []string{"a"}}},
	}
	for path, text := range files {
		m.Entries = append(m.Entries, bundle.Entry{Path: path, Sum: crate.Sum([]byte(text)), Executable: text == "x"})
	}
	slices.SortFunc(m.Entries, func(a, b bundle.Entry) int { return bundle.Compare(a.Path, b.Path) })
	return m
}

// All that is other is told, and told once: what follows from another version or commit is not
// told beside it.
func TestDiff(t *testing.T) {
	sum := func(text string) string { return crate.Sum([]byte(text)).String() }
	const (
		cache, index = "registry/cache/" + diffRegistry, "registry/index/" + diffRegistry
		config       = index + "/config.json"
		db           = "git/db/" + diffRepository + "/objects/pack/pack-"
		exampleA     = "a (sparse+https://example.com/)"
	)
	base := map[string]string{cache + "/a-1.0.0.crate": "1", index + "/.cache/1/a": "1", config: "{}", db + "1": "1", "cargohome/vendor/a/x": ""}
	for name, test := range map[string]struct {
		files   map[string]string // besides, or in place of, those; "-" is for none
		edit    func(m *bundle.Manifest)
		changes []bundle.Change
	}{
		"nothing": {},
		"other bytes": {map[string]string{cache + "/a-1.0.0.crate": "2", index + "/.cache/1/a": "2"}, nil,
			[]bundle.Change{{What: "checksum of crate " + exampleA + " 1.0.0", From: sum("1"), To: sum("2")}}},
		"version": {map[string]string{cache + "/a-1.0.0.crate": "-", cache + "/a-1.1.0.crate": "2", index + "/.cache/1/a": "2"}, nil,
			[]bundle.Change{{What: "crate " + exampleA, From: "1.0.0", To: "1.1.0"}}},
		"entry":         {map[string]string{index + "/.cache/1/a": "2"}, nil, []bundle.Change{{What: index + "/.cache/1/a", From: sum("1")[:12], To: sum("2")[:12]}}},
		"configuration": {map[string]string{config: "-"}, nil, []bundle.Change{{What: config, From: sum("{}")[:12]}}},
		"executable":    {map[string]string{"cargohome/vendor/a/x": "x"}, nil, []bundle.Change{{What: "cargohome/vendor/a/x", From: sum("")[:12], To: sum("x")[:12] + ", executable"}}},
		"commit": {map[string]string{db + "1": "-", db + "2": "2"}, func(m *bundle.Manifest) { m.Repositories[0].Commits = []string{"b"} },
			[]bundle.Change{{What: "repository https://example.com/dep", From: "a", To: "b"}}},
		"repository": {map[string]string{db + "1": "2"}, nil, []bundle.Change{{What: db + "1", From: sum("1")[:12], To: sum("2")[:12]}}},
		"left out": {map[string]string{cache + "/a-1.0.0.crate": "-"}, func(m *bundle.Manifest) { m.LeftOut = []string{"a 1.0.0 (sparse+https://example.com/)"} },
			[]bundle.Change{{What: "crate " + exampleA, From: "1.0.0"}, {What: "left out crate " + exampleA, To: "1.0.0"}}},
	} {
		files := map[string]string{}
		for _, m := range []map[string]string{base, test.files} {
			for path, text := range m {
				if files[path] = text; text == "-" {
					delete(files, path)
				}
			}
		}
		to := diffed(files)
		if test.edit != nil {
			test.edit(to)
		}
		if d := cmp.Diff(test.changes, bundle.Diff(diffed(base), to)); d != "" {
			t.Errorf("%s: (-want +got)\n%s", name, d)
		}
	}
}

// However much there is of one name, or of a kind, it is gone through once.
func TestDiff_many(t *testing.T) {
	const n = 100000
	var from, to bundle.Manifest
	for i, m := range []*bundle.Manifest{&from, &to} {
		commits := make([]string, n)
		for j := range commits {
			commits[j] = fmt.Sprintf("%040x", 2*j+i)
			m.Entries = append(m.Entries, bundle.Entry{Path: fmt.Sprintf("registry/cache/%s/a-1.0.%06d.crate", diffRegistry, 2*j+i)})
			m.Registries = append(m.Registries, bundle.Registry{Name: fmt.Sprintf("a%06d", j)})
		}
		m.Repositories = []bundle.Repository{{Name: diffRepository, Commits: commits}}
	}
	began := time.Now()
	if changes := bundle.Diff(&from, &to); len(changes) != 2 {
		t.Errorf("%d changes", len(changes))
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
}
