package crate_test

import (
	"errors"
	"strings"
	"testing"

	"cargohome/crate"
)

func TestParseRequirement(t *testing.T) {
	for text, want := range map[string]bool{
		"1": true, "1.2": true, "1.2.3": true, "1.2.3-a.1+b": true, "*": true, "x": true, " 1 ": true, "1.*": true, "1.2.x": true,
		"1.*.*": true, ">=1, <2": true, "~1.2": true, "^0.0.0": true, "= 1": true, ">= 1 ,< 2": true, ">=1.*": true,
		"": false, ",": false, "1,": false, "*, 1": false, "1.*.3": false, "01": false, "1.2.3.4": false, "1-a": false, "a": false,
		">": false, "=>1": false, "1 2": false, "1.2.3-": false, "*.1": false, "1..2": false, "> =1": false, "18446744073709551615": false,
		strings.Repeat("1,", 31) + "1": true, strings.Repeat("1,", 32) + "1": false,
	} {
		if _, err := crate.ParseRequirement(text); (err == nil) != want || err != nil && !errors.Is(err, crate.ErrRequirement) {
			t.Errorf("ParseRequirement(%q) = %v, valid is to be %v", text, err, want)
		}
	}
}

func TestRequirement_Matches(t *testing.T) {
	for _, tt := range []struct{ requirement, matched, refused string }{
		{"*", "0.0.0 1.2.3 1.0.0+b", "1.0.0-a"},
		{"1", "1.0.0 1.9.9 1.0.0+b", "0.9.9 2.0.0 1.0.0-a 2.0.0-a"},
		{"^1.2", "1.2.0 1.3.0", "1.1.9 2.0.0 1.2.0-a"},
		{"^1.2.3", "1.2.3 1.2.4 1.3.0", "1.2.2 2.0.0"},
		{"^0", "0.0.0 0.9.1", "1.0.0"},
		{"^0.0", "0.0.0 0.0.9", "0.1.0"},
		{"0.2", "0.2.0 0.2.9", "0.3.0 0.1.9"},
		{"0.2.3", "0.2.3 0.2.4", "0.2.2 0.3.0"},
		{"0.0.3", "0.0.3", "0.0.4 0.0.2"},
		{"^1.2.3-b", "1.2.3-b 1.2.3-b.1 1.2.3 1.4.0", "1.2.3-a 1.2.4-b"},
		{"~1", "1.0.0 1.9.0", "2.0.0"},
		{"~1.2", "1.2.0 1.2.9", "1.3.0"},
		{"~1.2.3", "1.2.3 1.2.9", "1.2.2 1.3.0"},
		{"~1.2, >=1.2.0-a", "1.2.0", "1.2.0-a"},
		{"=1", "1.0.0 1.5.0", "2.0.0"},
		{"=1.2.3", "1.2.3 1.2.3+b", "1.2.4 1.2.3-a"},
		{"=1.2.3-a", "1.2.3-a", "1.2.3 1.2.3-b"},
		{"1.*", "1.0.0 1.9.0", "2.0.0 0.9.0"},
		{"1.2.*", "1.2.0 1.2.9", "1.3.0"},
		{">1", "2.0.0", "1.9.9"},
		{">1.2", "1.3.0 2.0.0", "1.2.9"},
		{">1.2.3", "1.2.4", "1.2.3 1.2.4-a"},
		{">=1.2", "1.2.0 2.0.0", "1.1.9"},
		{"<1.2", "1.1.9 0.0.1", "1.2.0 1.2.0-a"},
		{"<1.2.3-b", "1.2.3-a 1.2.2", "1.2.3-b 1.2.3 1.2.2-a"},
		{"<=1.2", "1.2.9 1.1.0", "1.3.0"},
		{">=1, <2", "1.0.0 1.9.9", "2.0.0 0.9.0"},
		{">=1.0.0-a, <2", "1.0.0-a 1.5.0", "1.1.0-a 2.0.0"},
	} {
		r, err := crate.ParseRequirement(tt.requirement)
		if err != nil {
			t.Fatal(err)
		}
		for want, versions := range map[bool]string{true: tt.matched, false: tt.refused} {
			for _, v := range strings.Fields(versions) {
				if got := r.Matches(v); got != want {
					t.Errorf("%q matches %s: %v, want %v", tt.requirement, v, got, want)
				}
			}
		}
	}
}
