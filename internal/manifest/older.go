package manifest

import (
	"cmp"
	"slices"
	"strings"

	"cargohome/internal/compat"
	"cargohome/internal/tomltext"
)

// What cargos before 1.90 write of a package of a repository (ops/vendor.rs, util/toml and
// cargo-util-schemas at each version; see package compat):
//
//	1.80   everything made explicit, as now, but an empty list for a kind without targets
//	1.79   only what is inherited filled in, and the readme; and before that no more
//	1.70   the same with fewer keys
//
// Keys that those did not know are not there, what is only carried along is sorted, and
// before 1.89 strings have other quotes.

// olderText is the manifest m by a rule; out is as it would be now.
func olderText(rule compat.Rule, m *packageManifest, out *tomlManifest) string {
	older := *out
	if !rule.Has(compat.Prepared) {
		older = withAllTargets(m.toml)
	}
	p := *older.Package
	older.Package = &p
	if !rule.Has(compat.Resolved) {
		asWritten(&older, m.written)
	}
	if !rule.Has(compat.DetailedDeps) {
		withVersions(&older)
	}
	older.Hints = nil
	if !rule.Has(compat.Autolib) {
		p.Autolib = nil
	}
	if !rule.Has(compat.Lints) {
		older.Lints = nil
		dropSharedLints(&older)
	}
	if !rule.Has(compat.DebugNames) {
		older.Profile = withDebugAsGiven(m.toml.Profile)
	}
	print := tomltext.OldestDocument
	switch {
	case rule.Has(compat.Quotes):
		print = tomltext.Document
	case rule.Has(compat.Literals):
		print = tomltext.OlderDocument
	}
	return print(olderOrder(rule, encode(&older)))
}

// olderWarnings are those of targets that are dropped, where they are.
func olderWarnings(rule compat.Rule, warnings []string) []string {
	if rule.Has(compat.Prepared) {
		return warnings
	}
	return nil
}

// withAllTargets returns a manifest as cargo 1.80 has it, with a list for each kind.
func withAllTargets(m *tomlManifest) tomlManifest {
	all := *m
	for _, list := range []*[]*tomlTarget{&all.Bin, &all.Example, &all.Test, &all.Bench} {
		if *list == nil {
			*list = []*tomlTarget{}
		}
	}
	return all
}

// asWritten takes back what cargo 1.79 does not fill in: all but what is inherited.
func asWritten(m, written *tomlManifest) {
	m.Lib, m.Bin, m.Example, m.Test, m.Bench = written.Lib, written.Bin, written.Example, written.Test, written.Bench
	p, was := m.Package, written.pkg()
	p.Build = was.Build
	p.Autolib, p.Autobins, p.Autoexamples, p.Autotests, p.Autobenches = nil, was.Autobins, was.Autoexamples, was.Autotests, was.Autobenches
	if p.Readme != nil && p.Readme.value.value == false {
		p.Readme = nil
	}
}

func dropSharedLints(m *tomlManifest) {
	if m.Workspace != nil {
		w := *m.Workspace
		w.Lints, m.Workspace = nil, &w
	}
}

// The order of keys in older cargos.
var (
	olderTop       = strings.Fields("cargo-features package project profile lib bin example test bench dependencies dev-dependencies build-dependencies features target replace patch workspace badges lints")
	olderWorkspace = strings.Fields("members default-members exclude resolver package dependencies lints metadata")
)

// olderOrder changes the order of keys to what a rule says, and returns the table.
func olderOrder(rule compat.Rule, t *tomltext.Table) *tomltext.Table {
	o := sorting{!rule.Has(compat.Quotes), rule.Has(compat.LintKeys)}
	if !rule.Has(compat.KeyOrder) {
		order(t, olderTop)
	}
	workspace, _ := t.Get("workspace").(*tomltext.Table)
	if workspace != nil && !rule.Has(compat.WorkspaceOrder) {
		order(workspace, olderWorkspace)
	}
	pkg, _ := t.Get("package").(*tomltext.Table)
	for _, table := range []*tomltext.Table{workspace, pkg} {
		o.sortBelow(table, "metadata")
	}
	o.sortLints(t)
	o.sortLints(workspace)
	return t
}

func order(t *tomltext.Table, keys []string) {
	slices.SortStableFunc(t.Entries, func(a, b tomltext.Entry) int {
		return cmp.Compare(slices.Index(keys, a.Key), slices.Index(keys, b.Key))
	})
}

// sorting is how older cargos put what they only carry along in order.
type sorting struct {
	apart bool // what contains no table comes first, then lists with tables (toml 0.8.19: Value::serialize)
	lints bool // they have keys of their own
}

// sortBelow sorts what Cargo only carries along, under a key, for which older cargos have maps.
func (o sorting) sortBelow(t *tomltext.Table, key string) {
	if t == nil {
		return
	}
	for i, e := range t.Entries {
		if e.Key == key {
			t.Entries[i].Value = o.sorted(e.Value)
		}
	}
}

// sorted returns a value with all keys in order. Nothing of it is changed, as it is shared.
func (o sorting) sorted(v any) any {
	switch v := v.(type) {
	case []any:
		all := make([]any, len(v))
		for i := range v {
			all[i] = o.sorted(v[i])
		}
		return all
	case *tomltext.Table:
		t := &tomltext.Table{}
		for _, e := range slices.SortedFunc(slices.Values(v.Entries), o.compare) {
			t.Set(e.Key, o.sorted(e.Value))
		}
		return t
	}
	return v
}

func (o sorting) compare(a, b tomltext.Entry) int {
	if o.apart {
		return cmp.Or(cmp.Compare(tablesIn(a.Value), tablesIn(b.Value)), strings.Compare(a.Key, b.Key))
	}
	return strings.Compare(a.Key, b.Key)
}

// tablesIn tells what is a table, 2, and a list with one, 1, from all else.
func tablesIn(v any) int {
	isTable := func(v any) bool { _, is := v.(*tomltext.Table); return is }
	list, _ := v.([]any)
	switch {
	case isTable(v):
		return 2
	case slices.ContainsFunc(list, isTable):
		return 1
	}
	return 0
}

// sortLints sorts what the lints of a table have besides their level and priority, which
// come first.
func (o sorting) sortLints(t *tomltext.Table) {
	tools, _ := t.Get("lints").(*tomltext.Table)
	if tools == nil {
		return
	}
	for _, tool := range tools.Entries {
		for _, e := range tool.Value.(*tomltext.Table).Entries {
			if lint, ok := e.Value.(*tomltext.Table); ok {
				if !o.lints {
					lint.Entries = lint.Entries[:2]
				}
				others := lint.Entries[2:]
				slices.SortFunc(others, o.compare)
				for i := range others {
					others[i].Value = o.sorted(others[i].Value)
				}
			}
		}
	}
}

// withDebugAsGiven returns profiles in which debug is what was written.
func withDebugAsGiven[K comparable](profiles map[K]*tomlProfile) map[K]*tomlProfile {
	if profiles == nil {
		return nil
	}
	all := make(map[K]*tomlProfile, len(profiles))
	for name, p := range profiles {
		all[name] = p.withDebugAsGiven()
	}
	return all
}

func (p *tomlProfile) withDebugAsGiven() *tomlProfile {
	if p == nil {
		return nil
	}
	given := *p
	if p.Debug != nil {
		given.Debug = &debugInfo{value: p.Debug.given}
	}
	given.Package, given.BuildOverride = withDebugAsGiven(p.Package), p.BuildOverride.withDebugAsGiven()
	return &given
}
