package manifest

import (
	"errors"
	"fmt"
	"strconv"

	"cargohome/internal/tomltext"
)

// An inheritable value is stated, or taken from [workspace.package].
type inheritable[T any] struct {
	inherits bool
	value    T
}

func stated[T any](v T) *inheritable[T] { return &inheritable[T]{value: v} }

func (i *inheritable[T]) decode(v any) error {
	t, ok := v.(*tomltext.Table)
	if !ok {
		return decode(&i.value, v)
	}
	var marks struct {
		Workspace *bool `key:"workspace"`
	}
	if err := decode(&marks, t); err != nil {
		return err
	}
	if marks.Workspace == nil || !*marks.Workspace {
		return errNotInherited
	}
	i.inherits = true
	return nil
}

var errNotInherited = errors.New("expected a value or workspace = true")

func (i *inheritable[T]) encode() any {
	// the field is set, or the table would not be printed
	return encodeAny(i.value)
}

// anyValue is a part of a manifest that Cargo only carries along.
type anyValue struct{ value any }

func (a *anyValue) decode(v any) error { a.value = v; return nil }
func (a *anyValue) encode() any        { return a.value }

type boolOrString struct{ value any }

func (b *boolOrString) decode(v any) error { return b.set(v, isBool(v) || isString(v)) }

func (b *boolOrString) set(v any, ok bool) error {
	if !ok {
		return expected("a boolean or a string", v)
	}
	b.value = v
	return nil
}

func (b boolOrString) encode() any { return b.value }

func isBool(v any) bool   { _, ok := v.(bool); return ok }
func isString(v any) bool { _, ok := v.(string); return ok }

// boolOrList is package.publish.
type boolOrList struct{ value any }

func (b *boolOrList) decode(v any) error {
	if !isBool(v) && !isStrings(v) {
		return expected("a boolean or an array of strings", v)
	}
	b.value = v
	return nil
}

func (b boolOrList) encode() any { return b.value }

func isStrings(v any) bool {
	array, ok := v.([]any)
	for _, v := range array {
		ok = ok && isString(v)
	}
	return ok
}

// buildScript is package.build: a path, a list of them, or whether there is one.
type buildScript struct{ value any }

func (b *buildScript) decode(v any) error {
	if !isBool(v) && !isString(v) && !isStrings(v) {
		return expected("a boolean or a string", v)
	}
	b.value = v
	return nil
}

func (b *buildScript) encode() any { return b.value }

// stringList is an array of strings, or one string.
type stringList []string

func (s *stringList) decode(v any) error {
	if text, ok := v.(string); ok {
		*s = stringList{text}
		return nil
	}
	return decode((*[]string)(s), v)
}

// misplaced stands for a key that Cargo refuses in its place.
type misplaced struct{}

func (*misplaced) decode(any) error {
	return errors.New("it belongs at the top of the manifest, before any table")
}

// optLevel is printed as an integer where it can be.
type optLevel struct{ value any }

func (o *optLevel) decode(v any) error {
	switch n, isInteger := v.(int64); {
	case isInteger && (n < 0 || n > 1<<32-1):
		o.value = strconv.FormatInt(n, 10)
	case isInteger || v == "s" || v == "z":
		o.value = v
	default:
		return errors.New(`expected an integer, "s" or "z"`)
	}
	return nil
}

func (o *optLevel) encode() any { return o.value }

// debugInfo is printed as an integer where there is one for it.
type debugInfo struct{ value, given any }

func (d *debugInfo) decode(v any) error {
	d.given = v
	switch v {
	case int64(0), false, "none":
		d.value = int64(0)
	case int64(1), "limited":
		d.value = int64(1)
	case int64(2), true, "full":
		d.value = int64(2)
	case "line-directives-only", "line-tables-only":
		d.value = v
	default:
		return errors.New("it is no debug level")
	}
	return nil
}

func (d *debugInfo) encode() any { return d.value }

// decode reads `name = "1"` or `name = { … }`.
func (d *tomlDetail) decode(v any) error {
	if version, ok := v.(string); ok {
		d.simple, d.Version = true, &version
		return nil
	}
	type plain tomlDetail
	return decode((*plain)(d), v)
}

func (d *tomlDetail) encode() any {
	if d.simple {
		return *d.Version
	}
	type plain tomlDetail
	return encodeAny((*plain)(d))
}

// tomlDependency is an entry of a dependency table of a package.
type tomlDependency struct {
	inherited *tomlInherited
	*tomlDetail
}

// decode takes an entry for inherited if it reads as such, and falls back on the
// other kind: a key workspace that is not a boolean is an unknown key there.
func (d *tomlDependency) decode(v any) error {
	inherited := &tomlInherited{}
	if _, ok := v.(*tomltext.Table); ok && decode(inherited, v) == nil && inherited.Workspace != nil {
		if !*inherited.Workspace {
			return errNotInherited
		}
		d.inherited = inherited
		return nil
	}
	d.tomlDetail = &tomlDetail{}
	return d.tomlDetail.decode(v)
}

// decode reads the tools' lints and the key workspace among them.
func (l *tomlLints) decode(v any) error {
	t, ok := v.(*tomltext.Table)
	if !ok {
		return expected("a table", v)
	}
	tools := &tomltext.Table{}
	for _, e := range t.Entries {
		if e.Key != "workspace" {
			tools.Entries = append(tools.Entries, e)
		} else if l.inherits = e.Value == true; !l.inherits {
			return at(e, errNotInherited)
		}
	}
	return decode(&l.tools, tools)
}

func (l *tomlLints) encode() any { return encodeAny(l.tools) }

func (l *tomlLint) decode(v any) error {
	if level, ok := v.(string); ok {
		l.simple, l.level = true, level
		return checkLevel(level)
	}
	t, ok := v.(*tomltext.Table)
	if !ok {
		return expected("a string or a table", v)
	}
	for _, e := range t.Entries {
		if err := l.set(e); err != nil {
			return at(e, err)
		}
	}
	return checkLevel(l.level)
}

func (l *tomlLint) set(e tomltext.Entry) error {
	switch e.Key {
	case "level":
		return decode(&l.level, e.Value)
	case "priority":
		return decode(&l.priority, e.Value)
	}
	l.config.Entries = append(l.config.Entries, e)
	return nil
}

func checkLevel(level string) error {
	switch level {
	case "forbid", "deny", "warn", "allow":
		return nil
	}
	return fmt.Errorf("lint level %q is not one of forbid, deny, warn and allow", level)
}

// encode prints the priority even if it was not given.
func (l *tomlLint) encode() any {
	if l.simple {
		return l.level
	}
	t := &tomltext.Table{}
	t.Set("level", l.level)
	t.Set("priority", int64(l.priority))
	t.Entries = append(t.Entries, l.config.Entries...)
	return t
}
