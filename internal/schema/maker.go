package main

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"

	"cargohome/internal/bundle"
	"cargohome/internal/ui"
)

// schema is one, in the order in which it is printed.
type schema struct {
	Draft       string             `json:"$schema,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Ref         string             `json:"$ref,omitempty"`
	Type        string             `json:"type,omitempty"`
	Const       any                `json:"const,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Additional  any                `json:"additionalProperties,omitempty"` // false, or a *schema
	Items       *schema            `json:"items,omitempty"`
	Defs        map[string]*schema `json:"$defs,omitempty"`
}

// maker makes the schemas of types. Structs that are parts of others become definitions.
type maker struct {
	comments *comments
	defs     map[string]*schema
}

// printed are types that print themselves, and what they print.
var printed = map[reflect.Type]reflect.Type{
	reflect.TypeFor[bundle.Entry](): reflect.TypeFor[bundle.EntryLine](),
}

// of returns the schema of a type.
func (m *maker) of(t reflect.Type) (*schema, error) {
	if other, ok := printed[t]; ok {
		t = other
	}
	if t == reflect.TypeFor[ui.Format1]() {
		return &schema{Const: 1}, nil
	}
	if t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		return &schema{Type: "string"}, nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return m.of(t.Elem())
	case reflect.String:
		return &schema{Type: "string"}, nil
	case reflect.Bool:
		return &schema{Type: "boolean"}, nil
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint64:
		return &schema{Type: "integer"}, nil
	case reflect.Slice:
		items, err := m.of(t.Elem())
		return &schema{Type: "array", Items: items}, err
	case reflect.Map:
		values, err := m.of(t.Elem())
		return &schema{Type: "object", Additional: values}, err
	case reflect.Struct:
		return m.ref(t)
	}
	return nil, fmt.Errorf("%s has no schema", t)
}

// ref returns a reference to the definition of a struct.
func (m *maker) ref(t reflect.Type) (*schema, error) {
	name := t.Name()
	if _, made := m.defs[name]; !made {
		m.defs[name] = nil // which it may have in itself
		def, err := m.object(t)
		if err != nil {
			return nil, err
		}
		m.defs[name] = def
	}
	return &schema{Ref: "#/$defs/" + name}, nil
}

func (m *maker) object(t reflect.Type) (*schema, error) {
	s := &schema{Type: "object", Properties: map[string]*schema{}, Additional: false}
	s.Description = m.comments.of(t, "")
	return s, m.members(s, t)
}

// members adds the fields of a struct, and those of structs that are embedded in it.
func (m *maker) members(s *schema, t reflect.Type) error {
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		if f.Anonymous && tag == "" {
			inner := f.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if err := m.members(s, inner); err != nil {
				return err
			}
			continue
		}
		if !f.IsExported() || tag == "-" {
			continue
		}
		if name == "" {
			return fmt.Errorf("%s.%s has no name", t, f.Name)
		}
		member, err := m.of(f.Type)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", t, f.Name, err)
		}
		member.Description = m.comments.of(t, f.Name)
		s.Properties[name] = member
		if !strings.Contains(options, "omit") {
			s.Required = append(s.Required, name)
		}
	}
	return nil
}
