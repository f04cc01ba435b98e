package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"cargohome/internal/compat"
)

const tablePath = "docs/matrix.md"

// print prints the table, and puts it into the document with that of differences.
func (m *matrix) print(rows []row) error {
	text := m.table(rows)
	fmt.Print(text)
	if !m.write {
		return nil
	}
	page, err := os.ReadFile(tablePath)
	if err != nil {
		return err
	}
	next := string(page)
	for name, table := range map[string]string{"matrix": text, "differences": differences()} {
		if next, err = put(next, name, table); err != nil {
			return err
		}
	}
	return os.WriteFile(tablePath, []byte(next), 0o666)
}

// put replaces what is between the marks of a table.
func put(page, name, table string) (string, error) {
	begin, end := "<!-- "+name+": make matrix -->\n", "<!-- end of "+name+" -->\n"
	before, rest, found := strings.Cut(page, begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return "", fmt.Errorf("%s has no place for the table of %s", tablePath, name)
	}
	return before + begin + table + end + after, nil
}

// differences is what package compat knows.
func differences() string {
	var b strings.Builder
	b.WriteString("| since | now | before |\n|---|---|---|\n")
	for _, row := range compat.Differences {
		fmt.Fprintf(&b, "| 1.%d | %s | %s |\n", row.Since, row.What, row.Before)
	}
	return b.String()
}

func (m *matrix) table(rows []row) string {
	var b strings.Builder
	columns := []string{"cargo", "`vendor --compat`", "a build from it", "`reextract` and `checkout`"}
	for _, flags := range selections {
		columns = append(columns, "`clean "+flags[0]+"` and back")
	}
	for _, lock := range m.projects {
		columns = append(columns, filepath.Base(filepath.Dir(lock)))
	}
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
	for _, r := range rows {
		cells := r.results
		if r.err != nil {
			first, _, _ := strings.Cut(r.err.Error(), "\n")
			cells = []string{"skipped: " + first}
		}
		fmt.Fprintf(&b, "| %s | %s |\n", r.rule, strings.Join(cells, " | "))
	}
	return b.String()
}
