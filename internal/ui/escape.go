package ui

import (
	"reflect"
	"strings"

	"cargohome/crate"
	"cargohome/internal/visible"
)

// shown is a text as people may see it: without secrets, and escaped.
func shown(s string) string { return visible.Text(crate.RedactText(s)) }

// shownLine is shown for a text that is to stay on its line.
func shownLine(s string) string { return strings.ReplaceAll(shown(s), "\n", `\n`) }

// TOML is text of a configuration, and the only text that is printed with its secrets:
// without the user info of its URLs, Cargo would not find the sources that it replaces.
type TOML string

// redacted returns a copy of a result in which all texts are redacted.
func redacted(v reflect.Value) reflect.Value {
	if !v.IsValid() || v.Type() == reflect.TypeFor[TOML]() {
		return v
	}
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.String:
		out.SetString(crate.RedactText(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(redacted(v.Field(i)))
			}
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			out.Set(redactedBehind(v))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(redacted(v.Index(i)))
			}
		}
	case reflect.Map:
		if !v.IsNil() {
			out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
			for key, value := range v.Seq2() {
				out.SetMapIndex(redacted(key), redacted(value))
			}
		}
	}
	return out
}

func redactedBehind(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Interface {
		return redacted(v.Elem())
	}
	out := reflect.New(v.Type().Elem())
	out.Elem().Set(redacted(v.Elem()))
	return out
}
