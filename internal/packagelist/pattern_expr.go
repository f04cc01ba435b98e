package packagelist

import (
	"fmt"
	"strings"
)

// expression writes tokens as a regular expression over bytes.
func expression(tokens []token) string {
	if len(tokens) == 1 && tokens[0].op == opAnyFolders {
		return "" // "**" alone is everything
	}
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	writeTokens(&b, tokens)
	b.WriteString(`\z`)
	return b.String()
}

func writeTokens(b *strings.Builder, tokens []token) {
	for _, t := range tokens {
		switch t.op {
		case opText:
			for i := range len(t.text) {
				fmt.Fprintf(b, `\x%02x`, t.text[i])
			}
		case opByte:
			b.WriteString(`[^/]`)
		case opName:
			b.WriteString(`[^/]*`)
		case opAnyFolders:
			b.WriteString(`(?:/?|.*/)`)
		case opInside:
			b.WriteString(`/.*`)
		case opBetween:
			b.WriteString(`(?:/|/.*/)`)
		case opClass:
			writeClass(b, t.class)
		case opOneOf:
			writeBranches(b, t.branches)
		}
	}
}

// writeClass writes a set of bytes. One that is empty matches nothing.
func writeClass(b *strings.Builder, set *[256]bool) {
	var ranges strings.Builder
	for low := 0; low < len(set); low++ {
		if !set[low] {
			continue
		}
		high := low
		for high+1 < len(set) && set[high+1] {
			high++
		}
		fmt.Fprintf(&ranges, `\x%02x-\x%02x`, low, high)
		low = high
	}
	if ranges.Len() == 0 {
		ranges.WriteString(`^\x00-\x{10ffff}`)
	}
	fmt.Fprintf(b, "[%s]", ranges.String())
}

// writeBranches writes alternatives. Empty ones are left out, as Cargo does;
// if all are, so is the group.
func writeBranches(b *strings.Builder, branches [][]token) {
	var parts []string
	for _, branch := range branches {
		var part strings.Builder
		writeTokens(&part, branch)
		if part.Len() > 0 {
			parts = append(parts, part.String())
		}
	}
	if len(parts) > 0 {
		fmt.Fprintf(b, "(?:%s)", strings.Join(parts, "|"))
	}
}

// allText says whether there is nothing but text, and some.
func allText(tokens []token) bool {
	for _, t := range tokens {
		if t.op != opText {
			return false
		}
	}
	return len(tokens) > 0
}

func leadingText(tokens []token) string {
	var b strings.Builder
	for i := 0; i < len(tokens) && tokens[i].op == opText; i++ {
		b.WriteString(tokens[i].text)
	}
	return b.String()
}

func trailingText(tokens []token) string {
	start := len(tokens)
	for start > 0 && tokens[start-1].op == opText {
		start--
	}
	return leadingText(tokens[start:])
}
