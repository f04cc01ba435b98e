package manifest

import (
	"cmp"
	"reflect"
	"slices"

	"cargohome/internal/tomltext"
)

// An encoder returns itself as a TOML value.
type encoder interface{ encode() any }

// encode returns a table of the schema as a TOML table: fields in their order,
// maps by key, absent ones not at all.
func encode(table any) *tomltext.Table {
	return encodeValue(reflect.ValueOf(table)).(*tomltext.Table)
}

func encodeValue(v reflect.Value) any {
	if e, ok := v.Interface().(encoder); ok {
		return e.encode()
	}
	switch v.Kind() {
	case reflect.Pointer:
		return encodeValue(v.Elem())
	case reflect.Struct:
		return encodeStruct(v)
	case reflect.Map:
		return encodeMap(v)
	case reflect.Slice:
		return encodeSlice(v)
	case reflect.Uint32:
		return int64(v.Uint())
	case reflect.Bool:
		return v.Bool()
	}
	return v.String()
}

func encodeStruct(v reflect.Value) any {
	t := &tomltext.Table{}
	for i := range v.NumField() {
		key, ok := v.Type().Field(i).Tag.Lookup("key")
		if ok && !v.Field(i).IsNil() {
			t.Set(key, encodeValue(v.Field(i)))
		}
	}
	return t
}

func encodeMap(v reflect.Value) any {
	t := &tomltext.Table{}
	for _, key := range slices.SortedFunc(v.Seq(), compareKeys) {
		t.Set(key.String(), encodeValue(v.MapIndex(key)))
	}
	return t
}

// compareKeys orders by bytes, but for [profileSpec].
func compareKeys(a, b reflect.Value) int {
	if a, ok := a.Interface().(profileSpec); ok {
		return a.compare(b.Interface().(profileSpec))
	}
	return cmp.Compare(a.String(), b.String())
}

func encodeSlice(v reflect.Value) any {
	array := make([]any, 0, v.Len())
	for i := range v.Len() {
		array = append(array, encodeValue(v.Index(i)))
	}
	return array
}

func encodeAny(v any) any { return encodeValue(reflect.ValueOf(v)) }
