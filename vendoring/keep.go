package vendoring

import (
	"slices"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/compat"
)

// keep reports whether the folder of s is proven unchanged: it looks as it did when it
// was proven or written, or is proven now.
func (w *worker) keep(s *Step) (Result, bool) {
	if !w.prove.begin(w.ctx, w.plan.Dest, s) {
		return w.keepOther(s)
	}
	kept, ok := w.keepBegun(s)
	w.prove.end()
	if ok {
		return kept, true
	}
	return w.keepOther(s)
}

func (w *worker) keepBegun(s *Step) (Result, bool) {
	if w.cache == nil {
		return w.proven(s)
	}
	looks, ok := w.prove.look()
	if !ok {
		return Result{}, false
	}
	// Those of repositories were asked for before.
	if len(s.Archives) > 0 && w.cache.recall(&w.prove, s.Folder, byRule(*s.Checksum, s.rule), looks) {
		w.cache.remark(s)
		kept := looks.result()
		kept.Left = s.left()
		return kept, true
	}
	kept, ok := w.proven(s)
	if ok && w.prove.noted == s.comments() {
		w.cache.proven(s, looks)
	}
	return kept, ok
}

// proven looks at the folder that was begun with. Where its record differs in cargo's
// comment only, that alone is written, or nothing if the folder may be another cargo's.
func (w *worker) proven(s *Step) (Result, bool) {
	if !w.isListed(s) {
		return Result{}, false
	}
	files, ok := w.prove.unchanged()
	if !ok {
		return Result{}, false
	}
	if w.prove.noted == s.comments() || w.plan.compatible {
		return s.result(Kept, files), true
	}
	return s.result(Recorded, files), w.writeRecordOf(s, files) == nil
}

// writeRecordOf writes the checksum file alone.
func (w *worker) writeRecordOf(s *Step, files []archive.File) error {
	tree, err := w.stage.Writer(s.Folder)
	if err != nil {
		return err
	}
	w.record = s.appendRecord(w.record[:0], files)
	if err := writeFile(archive.InTree(tree), crate.ChecksumFile, 0o666, w.record); err != nil {
		return err
	}
	return tree.Finish()
}

// isListed reports whether the record lists what the archive has by the rule, at the time
// that the rule gives to its manifest. Of nearly all that cargos since 1.94 make there are
// signs that take less; see [prover.hasOriginal] and [prover.madeLikeThis].
func (w *worker) isListed(s *Step) bool {
	if w.prove.copied != nil || s.rule.Has(compat.AnyDepth) && w.prove.hasOriginal() {
		return true
	}
	var seen *survey
	files, err := withoutSums(&w.unpack, func() ([]archive.File, error) {
		return s.sound(func(c contents) ([]archive.File, error) {
			seen = newSurvey(true)
			return c.write(w.ctx, &w.unpack, seen)
		})
	})
	samePath := func(a, b archive.File) bool { return a.Path == b.Path }
	if err != nil || !slices.EqualFunc(files, w.prove.files, samePath) {
		return false
	}
	dated := seen.manifest.modified
	e, err := w.prove.root.Stat("Cargo.toml")
	return dated.IsZero() || err == nil && e.Modified.Equal(dated)
}

// keepOther reports whether the folder of s is what some other cargo makes, if such are
// kept.
func (w *worker) keepOther(s *Step) (Result, bool) {
	if !w.plan.compatible {
		return Result{}, false
	}
	for _, rule := range compat.Rules() {
		other, err := w.plan.other(s, rule)
		if err != nil || !w.prove.begin(w.ctx, w.plan.Dest, other) {
			continue
		}
		kept, ok := w.proven(other)
		w.prove.end()
		if ok {
			return kept, true
		}
	}
	return Result{}, false
}

// other returns the step by another rule.
func (p *Plan) other(s *Step, rule compat.Rule) (*Step, error) {
	p.others.Lock() // as manifests of a commit are not for several goroutines
	defer p.others.Unlock()
	return s.Under(rule)
}

// Under returns the step by another rule: the same package in the same folder. It must not be
// called for steps of one commit by several goroutines at a time.
func (s *Step) Under(rule compat.Rule) (*Step, error) {
	o := &Step{Package: s.Package, Folder: s.Folder, rule: rule}
	if err := o.fill(nil); err != nil {
		return nil, err
	}
	if s.out != nil {
		o.Leave(s.out.Filter)
	}
	return o, nil
}
