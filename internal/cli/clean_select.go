package cli

import (
	"errors"
	"fmt"

	"cargohome/crate"
	"cargohome/internal/compat"
	"cargohome/internal/usage"
)

// selection checks the flags. Arguments are more lockfiles, of --ci if that is given.
func (o *cleanOptions) selection(args []string) (*usage.Selection, error) {
	switch {
	case len(o.ci) > 0:
		o.ci = append(o.ci, args...)
	case len(o.keep) > 0:
		o.keep = append(o.keep, args...)
	case len(args) > 0:
		return nil, fmt.Errorf("%q is left over: lockfiles go with --keep or --ci", args[0])
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	sel := &usage.Selection{Orphans: o.orphans, Broken: o.broken, Thin: o.thin, Registries: o.registries, KeepVersions: o.keepVersions, OlderThan: -1, UntilSize: -1}
	sel.Kinds = o.kinds()
	if sel.CI = len(o.ci) > 0; sel.CI {
		sel.Broken = true // of these, too, a cache has no use
	}
	for _, p := range o.packages {
		spec, err := crate.ParseSpec(p)
		if err != nil {
			return nil, fmt.Errorf("--package %q: %w", p, err)
		}
		sel.Packages = append(sel.Packages, spec)
	}
	return sel, o.limits(sel)
}

func (o *cleanOptions) limits(sel *usage.Selection) (err error) {
	if o.olderThan != "" {
		if sel.OlderThan, err = usage.ParseAge(o.olderThan); err != nil {
			return err
		}
	}
	if o.untilSize != "" {
		sel.UntilSize, err = usage.ParseSize(o.untilSize)
	}
	return err
}

// selects reports whether a flag says what is to be removed.
func (o *cleanOptions) selects() bool {
	return o.src || o.checkouts || o.archives || o.index || o.dbs || o.auto || o.autoExpensive || o.orphans || o.broken || o.thin || o.build || o.superseded != ""
}

// says reports whether any flag says what is to be removed.
func (o *cleanOptions) says() bool {
	return len(o.ci) > 0 || o.selects() || o.narrows() || o.keepVersions != 0
}

// narrows reports whether a flag says what of that is not.
func (o *cleanOptions) narrows() bool {
	return len(o.registries) > 0 || len(o.packages) > 0 || len(o.keep) > 0 || o.keepVersions > 0 || o.olderThan != "" || o.untilSize != ""
}

func (o *cleanOptions) check() error {
	others := o.src || o.checkouts || o.archives || o.index || o.dbs || o.auto || o.autoExpensive || o.orphans || o.broken || o.build
	narrowed := len(o.registries) > 0 || len(o.packages) > 0 || o.keepVersions > 0 || o.olderThan != "" || o.untilSize != ""
	switch {
	case o.keepVersions < 0:
		return fmt.Errorf("--keep-versions is %d; it may not be negative", o.keepVersions)
	case o.superseded != "":
		if err := checkSuperseded(o.superseded); err != nil {
			return err
		}
	}
	switch {
	case len(o.ci) > 0 && (others || narrowed):
		return errors.New("--ci says what is removed: no flag but --keep and --thin-dbs selects or narrows beside it")
	case o.thin && len(o.keep) == 0 && len(o.ci) == 0:
		return errors.New("--thin-dbs needs --keep, to know the commits that stay")
	}
	return nil
}

// checkSuperseded: no folders are those of cargos before some older one only.
func checkSuperseded(cargo string) error {
	minor, err := compat.ParseVersion(cargo)
	if err == nil && minor < lastOld {
		err = fmt.Errorf("cargo %s has the folders of 1.%d: if none up to that is used any more, --superseded 1.%d says so", cargo, lastOld, lastOld)
	}
	return err
}

// kinds returns what is selected. What only narrows, narrows --auto.
func (o *cleanOptions) kinds() (kinds []usage.Kind) {
	auto := o.auto || !o.selects()
	all := o.autoExpensive || len(o.ci) > 0
	for _, k := range []struct {
		kind     usage.Kind
		selected bool
	}{
		{usage.Source, o.src || auto || all},
		{usage.Checkout, o.checkouts || auto || all},
		{usage.Archive, o.archives || all},
		{usage.Index, o.index || all},
		{usage.Database, o.dbs || all},
		{usage.Build, o.build},
	} {
		if k.selected {
			kinds = append(kinds, k.kind)
		}
	}
	return kinds
}
