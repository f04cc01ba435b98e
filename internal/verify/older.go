package verify

import (
	"context"

	"cargohome/crate"
	"cargohome/internal/compat"
	"cargohome/vendoring"
)

// What older cargos do otherwise in a vendor folder (ops/vendor.rs and sources/path.rs):
//
//	before 1.89   packages of registries are listed as for `cargo package`, without an index
//	              of git: no name with a dot in front, no "target", no package in a
//	              subfolder; and *.orig and *.rej are left out
//	before 1.94   .gitignore and .gitattributes in subfolders are kept; a submodule's
//	              .cargo-ok is left out
//
// The record is of what is there.
const (
	before189 = "made by an older cargo (before 1.89)"
	before194 = "made by an older cargo (before 1.94)"
)

// madeBy returns which cargos make the folder of a step as it is, "" if none do. Only a
// folder that is true to its record r is held against what each of them writes.
func (p *Plan) madeBy(ctx context.Context, w *worker, i *Item, step *vendoring.Step, r *record) string {
	if r == nil || r.strange || !i.isTrueTo(ctx, w, r) {
		return ""
	}
	for _, rule := range compat.Rules() {
		if rule.Has(compat.AnyDepth) || !p.isMadeBy(ctx, w, i, step, rule) {
			continue
		}
		if rule.Has(compat.Unpacked) {
			return before194
		}
		return before189
	}
	return ""
}

// isTrueTo reports whether a folder is what a record says.
func (i *Item) isTrueTo(ctx context.Context, w *worker, r *record) bool {
	c, err := compare(i.Path, crate.ChecksumFile, w.buffers)
	if err != nil {
		return false
	}
	defer c.close()
	if c.recorded(r) != nil {
		return false
	}
	found, err := c.finish(ctx)
	return err == nil && len(found) == 0
}

func (p *Plan) isMadeBy(ctx context.Context, w *worker, i *Item, step *vendoring.Step, rule compat.Rule) bool {
	p.others.Lock()
	other, err := step.Under(rule)
	p.others.Unlock()
	if err != nil {
		return false
	}
	c, err := compare(i.Path, crate.ChecksumFile, w.buffers)
	if err != nil {
		return false
	}
	defer func() { c.close() }()
	if c, err = i.comparedWith(ctx, w, other, c); err != nil {
		return false
	}
	found, err := c.finish(ctx)
	return err == nil && len(found) == 0
}
