package manifest

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"sync"

	"cargohome/internal/tomltext"
)

// A decoder reads itself from a TOML value.
type decoder interface{ decode(v any) error }

// A keyError says which key of a manifest is wrong, and in which line.
type keyError struct {
	path string // dotted
	line int    // 0 if not known
	err  error
}

func (e *keyError) Error() string { return fmt.Sprintf("key %q: %v", e.path, e.err) }
func (e *keyError) Unwrap() error { return e.err }

// at adds the key under which err arose.
func at(e tomltext.Entry, err error) error {
	var inner *keyError
	if !errors.As(err, &inner) {
		return &keyError{e.Key, e.Line, err}
	}
	line := inner.line
	if line == 0 {
		line = e.Line
	}
	return &keyError{e.Key + "." + inner.path, line, inner.err}
}

// decode reads v into the variable that dst points to. Keys that its type does
// not know are passed over, as Cargo does.
func decode(dst any, v any) error { return decodeInto(reflect.ValueOf(dst).Elem(), v) }

func decodeInto(dst reflect.Value, v any) error {
	if d, ok := dst.Addr().Interface().(decoder); ok {
		return d.decode(v)
	}
	switch dst.Kind() {
	case reflect.Pointer:
		dst.Set(reflect.New(dst.Type().Elem()))
		return decodeInto(dst.Elem(), v)
	case reflect.Struct:
		return decodeStruct(dst, v)
	case reflect.Map:
		return decodeMap(dst, v)
	case reflect.Slice:
		return decodeSlice(dst, v)
	}
	return decodeScalar(dst, v)
}

func decodeScalar(dst reflect.Value, v any) error {
	switch v := v.(type) {
	case string:
		if dst.Kind() == reflect.String {
			dst.SetString(v)
			return nil
		}
	case bool:
		if dst.Kind() == reflect.Bool {
			dst.SetBool(v)
			return nil
		}
	case int64:
		return decodeInteger(dst, v)
	}
	return expected(kindName(dst.Kind()), v)
}

func decodeInteger(dst reflect.Value, n int64) error {
	switch {
	case dst.Kind() == reflect.Uint32 && 0 <= n && n <= math.MaxUint32:
		dst.SetUint(uint64(n))
	case dst.Kind() == reflect.Int8 && math.MinInt8 <= n && n <= math.MaxInt8:
		dst.SetInt(n)
	default:
		return expected(kindName(dst.Kind()), n)
	}
	return nil
}

func kindName(k reflect.Kind) string {
	switch k {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "a boolean"
	}
	return "an integer of this size"
}

func expected(want string, v any) error {
	return fmt.Errorf("expected %s, found %s", want, typeName(v))
}

func typeName(v any) string {
	switch v.(type) {
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case int64:
		return "an integer"
	case float64:
		return "a float"
	case []any:
		return "an array"
	case *tomltext.Table:
		return "a table"
	}
	return "a date"
}

func decodeStruct(dst reflect.Value, v any) error {
	t, ok := v.(*tomltext.Table)
	if !ok {
		return expected("a table", v)
	}
	fields := fieldsOf(dst.Type())
	for _, e := range t.Entries {
		i, known := fields[e.Key]
		if !known {
			continue
		}
		if err := decodeInto(dst.Field(i), e.Value); err != nil {
			return at(e, err)
		}
	}
	return nil
}

// fieldsOf returns the fields of a struct by key.
func fieldsOf(t reflect.Type) map[string]int {
	if fields, ok := schemaFields.Load(t); ok {
		return fields.(map[string]int)
	}
	fields, _ := schemaFields.LoadOrStore(t, collectFields(t))
	return fields.(map[string]int)
}

// schemaFields keeps what fieldsOf returned for the types of the schema.
var schemaFields sync.Map

func collectFields(t reflect.Type) map[string]int {
	fields := map[string]int{}
	for i := range t.NumField() {
		if key, ok := t.Field(i).Tag.Lookup("key"); ok {
			fields[key] = i
		}
	}
	return fields
}

func decodeMap(dst reflect.Value, v any) error {
	t, ok := v.(*tomltext.Table)
	if !ok {
		return expected("a table", v)
	}
	dst.Set(reflect.MakeMapWithSize(dst.Type(), len(t.Entries)))
	for _, e := range t.Entries {
		key := reflect.New(dst.Type().Key()).Elem()
		if err := decodeInto(key, e.Key); err != nil {
			return at(e, err)
		}
		value := reflect.New(dst.Type().Elem()).Elem()
		if err := decodeInto(value, e.Value); err != nil {
			return at(e, err)
		}
		dst.SetMapIndex(key, value)
	}
	return nil
}

func decodeSlice(dst reflect.Value, v any) error {
	array, ok := v.([]any)
	if !ok {
		return expected("an array", v)
	}
	dst.Set(reflect.MakeSlice(dst.Type(), len(array), len(array)))
	for i, v := range array {
		if err := decodeInto(dst.Index(i), v); err != nil {
			return err
		}
	}
	return nil
}
