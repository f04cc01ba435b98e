package compat

import (
	"slices"
	"testing"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]int{"1.70": 70, "1.84.1": 84, "1.95": 95, "1.120": 120, Stable: 95} {
		if r, err := Parse(text); err != nil || r.Minor() != want {
			t.Errorf("%s is %v, %v", text, r, err)
		}
	}
	for _, text := range []string{"", "1.69", "2.0", "1.x", "1", "1.84.1.2", "1.-1", "stable-2", "01.84"} {
		if r, err := Parse(text); err == nil {
			t.Errorf("%q is %v", text, r)
		}
	}
}

func TestRule_strings_are_read(t *testing.T) {
	for _, r := range append(Rules(), Rule{stable: true}) {
		if again, err := Parse(r.String()); err != nil || again != r {
			t.Errorf("%s is read as %v, %v", r, again, err)
		}
	}
}

// A row has all that is asked of it, and they are in order.
func TestDifferences(t *testing.T) {
	for d, row := range Differences {
		if row.What == "" || row.Before == "" || row.Since <= First {
			t.Errorf("row %d is %+v", d, row)
		}
	}
	if !slices.IsSortedFunc(Differences[:], func(a, b Row) int { return a.Since - b.Since }) {
		t.Error("rows are not in order")
	}
}

func TestRules(t *testing.T) {
	rules := Rules()
	if rules[0].Minor() != 97 || rules[len(rules)-1].Minor() != First {
		t.Errorf("rules are from %v to %v", rules[0], rules[len(rules)-1])
	}
	for minor := First; minor < 110; minor++ {
		n := 0
		for _, r := range rules {
			if r.Makes() == Of(minor).Makes() {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d rules make what 1.%d makes", n, minor)
		}
	}
	if !(Rule{}).IsUsual() || !Of(96).IsUsual() || Of(93).IsUsual() || Of(97).IsUsual() || Of(96).Makes() != (Rule{stable: true}).Makes() {
		t.Error("what is usual is not told")
	}
}

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]int{"1.84": 84, "1.84.1": 84, "1.0": 0, "2.1": 0, "1": 0, "1.x": 0, "1.84.1.0": 0, "": 0} {
		if got, err := ParseVersion(text); got != want || (err == nil) != (want > 0) {
			t.Errorf("ParseVersion(%q) = %d, %v", text, got, err)
		}
	}
}
