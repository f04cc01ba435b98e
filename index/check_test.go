package index

import (
	"runtime"
	"strings"
	"testing"
)

// depending is a line with dependencies.
func depending(deps string) string {
	return strings.Replace(line("a", "1.0.0"), `"deps":[]`, `"deps":[`+deps+`]`, 1)
}

func TestEntry_Check(t *testing.T) {
	for text, says := range map[string]string{
		line("a", "1.0.0"): "",
		depending(`{"name":"b","req":"^1","kind":"strange","features":[""]}`): "",
		depending(`{}`):                                    `it lacks "name"`,
		depending(`{"name":"b"}`):                          `it lacks "req"`,
		depending(`{"name":"b","req":"^^1"}`):              `key "req"`,
		depending(`{"name":"","req":"1"}`):                 "it has no name",
		depending(`{"name":"b","req":"1","features":[7]}`): `key "features"`,
		strings.Replace(line("a", "1.0.0"), `"features":{`, `"features":{"f":7`, 1): `key "features"`,
	} {
		e, err := ParseEntry([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Check(); says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}

// However much a line says, checking it takes no more than the line.
func TestEntry_Check_memory(t *testing.T) {
	for _, text := range []string{
		depending(strings.TrimSuffix(strings.Repeat(`{"name":"b","req":"*"},`, 100_000), ",")),
		strings.Replace(line("a", "1.0.0"), `"features":{`, `"features":{"f":[`+strings.TrimSuffix(strings.Repeat(`"",`, 1_000_000), ",")+`]`, 1),
	} {
		e, err := ParseEntry([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := e.Check(); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 40*uint64(len(text)) {
			t.Errorf("%d bytes take %d", len(text), took)
		}
	}
}
