package index

import (
	"fmt"
	"strings"
	"testing"
)

// realisticLine is a line like those of crates.io.
func realisticLine(deps, features int) []byte {
	var b strings.Builder
	b.WriteString(`{"name":"serde","vers":"1.0.219","deps":[`)
	for i := range deps {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"name":"dependency-%d","req":"^1.%d","features":["std","alloc"],"optional":true,"default_features":false,"target":"cfg(any())","kind":"normal"}`, i, i)
	}
	b.WriteString(`],"cksum":"5f0e2c6ed6606019b4e29e69dbaba95b11854410e5347d525002456dbbb786b6","features":{"default":["std"]`)
	for i := range features {
		fmt.Fprintf(&b, `,"feature%d":["dependency-%d/std","dep:thing"]`, i, i)
	}
	b.WriteString(`},"yanked":false,"rust_version":"1.31","v":2}`)
	return []byte(b.String())
}

func BenchmarkParseEntry(b *testing.B) {
	line := realisticLine(10, 20)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseEntry(line); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEntry_Canonical(b *testing.B) {
	e, err := ParseEntry(realisticLine(10, 20))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Canonical(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseStrict(b *testing.B) {
	line := realisticLine(10, 20)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parseStrict(line); err != nil {
			b.Fatal(err)
		}
	}
}
