package manifest

import (
	"errors"
	"fmt"

	"cargohome/crate"
)

// dependencies completes all dependency tables.
func (c *packageCompletion) dependencies() (err error) {
	in, out := c.source, c.m.toml
	out.DevDependencies2, out.BuildDependencies2 = nil, nil
	if err := c.underscores(in.DevDependencies2 != nil || in.BuildDependencies2 != nil); err != nil {
		return err
	}
	if out.Dependencies, err = c.table(Normal, in.Dependencies); err != nil {
		return err
	}
	if out.DevDependencies, err = c.table(Dev, either(in.DevDependencies, in.DevDependencies2)); err != nil {
		return err
	}
	if out.BuildDependencies, err = c.table(Build, either(in.BuildDependencies, in.BuildDependencies2)); err != nil {
		return err
	}
	return c.platforms()
}

func (c *packageCompletion) platforms() error {
	c.m.toml.Target = nil
	if len(c.source.Target) == 0 {
		return nil
	}
	c.m.toml.Target = make(map[string]*tomlPlatform, len(c.source.Target))
	for name, in := range c.source.Target {
		out, err := c.platform(in)
		if err != nil {
			return fmt.Errorf("target %q: %w", name, err)
		}
		c.m.toml.Target[name] = out
	}
	return nil
}

func (c *packageCompletion) platform(in *tomlPlatform) (out *tomlPlatform, err error) {
	out = &tomlPlatform{}
	if err := c.underscores(in.DevDependencies2 != nil || in.BuildDependencies2 != nil); err != nil {
		return nil, err
	}
	if out.Dependencies, err = c.table(Normal, in.Dependencies); err != nil {
		return nil, err
	}
	if out.DevDependencies, err = c.table(Dev, either(in.DevDependencies, in.DevDependencies2)); err != nil {
		return nil, err
	}
	out.BuildDependencies, err = c.table(Build, either(in.BuildDependencies, in.BuildDependencies2))
	return out, err
}

// underscores refuses the old spelling of a key where the edition does.
func (c *packageCompletion) underscores(used bool) error {
	if used && c.m.edition >= 2024 {
		return errors.New("a key with an underscore is not part of edition 2024")
	}
	return nil
}

// either prefers the first spelling of a key.
func either(hyphen, underscore tomlDependencies) tomlDependencies {
	if hyphen != nil {
		return hyphen
	}
	return underscore
}

func (c *packageCompletion) table(kind Kind, in tomlDependencies) (tomlDependencies, error) {
	if in == nil {
		return nil, nil
	}
	out := make(tomlDependencies, len(in))
	for name, d := range in {
		detail, err := c.dependency(kind, name, d)
		if err != nil {
			return nil, fmt.Errorf("dependency %q: %w", name, err)
		}
		out[name] = &tomlDependency{tomlDetail: detail}
	}
	return out, nil
}

func (c *packageCompletion) dependency(kind Kind, name packageName, d *tomlDependency) (*tomlDetail, error) {
	detail := d.tomlDetail
	if d.inherited != nil {
		inherited, err := c.inheritDependency(name, d.inherited)
		if err != nil {
			return nil, err
		}
		detail = inherited
	}
	if err := c.underscores(detail.DefaultFeature2 != nil); err != nil {
		return nil, err
	}
	switch {
	case detail.Public == nil:
	case c.source.require("public-dependency") != nil: // passed over, with a warning
		copied := *detail
		copied.Public = nil
		detail = &copied
	case kind != Normal:
		return nil, errors.New("only a normal dependency can be public")
	}
	return detail, c.checkDependency(detail)
}

func (c *packageCompletion) checkDependency(d *tomlDetail) error {
	if d.Registry != nil && !c.reader.hasRegistry(string(*d.Registry)) {
		return fmt.Errorf("registry %q is not configured", *d.Registry)
	}
	if !c.reader.whole {
		return checkOrigin(d, true)
	}
	return checkDependency(d, c.reader.Nightly)
}

// checkPatches checks what virtual manifests may have too.
func (c *packageCompletion) checkPatches() error {
	m := c.source
	if m.Patch != nil && m.Replace != nil {
		return errors.New("it has both a [patch] and a [replace]")
	}
	for source, table := range m.Patch {
		if !hasScheme(source) && !c.reader.hasRegistry(source) {
			return fmt.Errorf("patch %q is neither a URL nor a registry", source)
		}
		for name, d := range table {
			if err := c.checkDependency(d); err != nil {
				return fmt.Errorf("patch %q of %q: %w", name, source, err)
			}
		}
	}
	for name, d := range m.Replace {
		if err := c.checkReplacement(name, d); err != nil {
			return fmt.Errorf("replace %q: %w", name, err)
		}
	}
	return nil
}

// checkReplacement: what is replaced has a version, the replacement none.
func (c *packageCompletion) checkReplacement(name string, d *tomlDetail) error {
	var spec profileSpec
	if err := spec.decode(name); err != nil {
		return err
	}
	if d.Version != nil || crate.CheckVersion(spec.parts().version) != nil {
		return errors.New("the version belongs to what is replaced")
	}
	return c.checkDependency(d)
}

// inheritDependency joins the entries of the workspace and the member: the
// workspace says where the package is, the member adds features.
func (c *packageCompletion) inheritDependency(name packageName, member *tomlInherited) (*tomlDetail, error) {
	w, err := c.inherit()
	if err != nil {
		return nil, err
	}
	shared, ok := w.table.Dependencies[name]
	if !ok {
		return nil, errors.New("it is inherited, but not in workspace.dependencies")
	}
	d := *shared
	d.simple, d.wasSimple = false, shared.simple && member.Features == nil && member.Optional == nil && member.Public == nil
	if d.Path != nil && d.Base == nil {
		rebased, err := c.reader.site.Rebase(*d.Path, w.dir, c.dir)
		if err != nil {
			return nil, err
		}
		d.Path = &rebased
	}
	if d.Features != nil || member.Features != nil {
		d.Features = append(append([]string{}, d.Features...), member.Features...)
	}
	d.Optional, d.Public = member.Optional, member.Public
	return &d, c.mergeDefaults(&d, member)
}

// mergeDefaults lets a member turn default features on, but not off before cargo 1.99.
func (c *packageCompletion) mergeDefaults(d *tomlDetail, member *tomlInherited) error {
	wanted, have := first(member.DefaultFeatures, member.DefaultFeature2), first(d.DefaultFeatures, d.DefaultFeature2)
	if wanted == nil {
		return nil
	}
	if *wanted && have != nil && !*have {
		d.DefaultFeatures = wanted
	}
	if *wanted || have != nil && !*have || c.m.edition < 2024 {
		return nil
	}
	if c.reader.whole && !c.reader.Nightly {
		return &NightlyError{"default-features = false where the workspace has them on", 99}
	}
	d.DefaultFeatures = wanted
	return nil
}

func first[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}
