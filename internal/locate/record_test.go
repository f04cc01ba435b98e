package locate

import "testing"

// A record is taken as Cargo takes it, and no other.
func TestParseRecord(t *testing.T) {
	for text, ok := range map[string]bool{
		`{"files":{"a":"b"},"package":"c"}`:           true,
		`{"$comment":[1],"package":null,"files":{}} `: true,
		`{"x":1,"x":2,"files":{"a":"b","a":"c"}}`:     true,
		`{"files":{},"files":{}}`:                     false,
		`{"files":{},"package":"a","package":"a"}`:    false,
		`{"files":{"a":null}}`:                        false,
		`{"files":{"a":null,"a":"b"}}`:                false,
		`{"files":[]}`:                                false,
		`{"files":{},"package":5}`:                    false,
		"{\"files\":{},\"package\":\"\xff\"}":         false,
		`{"files":{}}x`:                               false,
		`{"files":{}`:                                 false,
		`[]`:                                          false,
		``:                                            false,
		"\ufeff{}":                                    false,
	} {
		if _, err := ParseRecord([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
	if r, err := ParseRecord([]byte(`{"Files":{"a":"b"},"Package":"c"}`)); err != nil || r.Files != nil || r.Package != nil {
		t.Errorf("keys in capitals: %v, %v", r, err)
	}
}

// What Cargo passes over is told if it is text, and never in the way.
func TestParseRecord_notes(t *testing.T) {
	for text, want := range map[string]Record{
		`{"files":{}}`: {},
		`{"$comment":"a","files":{},"cargohome-patched":"b"}`:    {Comment: "a", Patched: "b"},
		`{"files":{},"$comment":["a"],"cargohome-patched":null}`: {},
		`{"files":{},"$comment":"a","$comment":5}`:               {},
		`{"files":{},"$Comment":"a"}`:                            {Strange: true},
	} {
		r, err := ParseRecord([]byte(text))
		if err != nil || r.Comment != want.Comment || r.Patched != want.Patched || r.Strange != want.Strange {
			t.Errorf("%s: %+v, %v", text, r, err)
		}
	}
}
