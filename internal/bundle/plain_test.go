package bundle

import (
	"testing"

	"cargohome/crate"
)

// Whatever is in an entry, its line is as package encoding/json makes it, and one that is
// read as plain says the same again.
func TestEntry_appendLine(t *testing.T) {
	texts := []string{"", "a", "a b 1.0.0", "<&>", `"`, `\`, "é", "\u2028", "\x7f", "\t"}
	for _, path := range append(texts[1:], "folder/") {
		for _, link := range texts {
			for _, pkg := range texts {
				for flags := range 8 {
					e := Entry{Path: path, Link: link, Package: pkg, Size: int64(flags & 1 * 1234), Executable: flags&2 != 0, Held: flags&4 != 0}
					if e.IsFile() {
						e.Sum = crate.Sum([]byte(path))
					}
					checkLine(t, e)
				}
			}
		}
	}
	checkLine(t, Entry{Path: "a", Content: &Content{Size: 1}})
}

func checkLine(t *testing.T, e Entry) {
	t.Helper()
	want, err := e.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := e.appendLine(nil); err != nil || string(got) != string(want) {
		t.Errorf("the line is %s, want %s (%v)", got, want, err)
	}
	if again, ok := plainEntry(want); ok {
		if got, err := again.MarshalJSON(); err != nil || string(got) != string(want) {
			t.Errorf("%s is read as %s (%v)", want, got, err)
		}
	}
}
