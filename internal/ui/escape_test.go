package ui

import (
	"fmt"
	"strings"
	"testing"
)

// Every text of a result is redacted, wherever it is, but for a configuration; the result
// itself stays as it is.
func TestRedacted(t *testing.T) {
	type inner struct {
		URL  string
		Size int64
	}
	const secret = "https://u:hunter2@h/x?token=hunter2"
	text := secret
	v := struct {
		A      string
		B      []inner
		C      map[string]string
		D      *string
		E      any
		F      []string
		Config TOML
	}{secret, []inner{{secret, 5}}, map[string]string{secret: secret}, &text, inner{secret, 1}, nil, secret}
	var stdout strings.Builder
	o := &Printer{stdout: &stdout}
	if err := o.writeJSON(v); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(stdout.String(), "hunter2"); n != 2 || !strings.Contains(stdout.String(), `"Config": "`+secret+`"`) {
		t.Errorf("the secret is there %d times, want 2 in the configuration:\n%s", n, stdout.String())
	}
	if !strings.Contains(stdout.String(), `"F": null`) || v.B[0].URL != secret || text != secret {
		t.Errorf("the result was changed: %v", v)
	}
}

type fullWriter struct{}

func (fullWriter) Write([]byte) (int, error) { return 0, fmt.Errorf("no space left on device") }

// What was done is told when its result cannot be printed.
func TestPrinter_full(t *testing.T) {
	for done, want := range map[string]string{
		"":                          "the result could not be printed: no space left on device",
		"the vendor folder is made": "the vendor folder is made, but the result could not be printed: no space left on device",
	} {
		o := &Printer{stdout: fullWriter{}, achieved: done}
		for _, err := range []error{o.writeJSON("x"), o.writeTOML("x"), (&table{out: o, rows: [][]string{{"x"}}, bars: []int64{-1}}).print()} {
			if err == nil || err.Error() != want {
				t.Errorf("error is %v, want %q", err, want)
			}
		}
	}
}
