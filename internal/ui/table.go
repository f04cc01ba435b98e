package ui

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"cargohome/internal/usage"
)

// table is printed on stdout in columns: names to the left, numbers to the right. A
// terminal gets bars too.
type table struct {
	out   *Printer
	total int64 // what a full bar stands for, in bytes
	rows  [][]string
	bars  []int64 // of each row, -1 for none
	heads map[int]bool
}

// numbers is how many columns behind the first hold numbers.
const numbers = 3

func (t *table) row(cells ...string) { t.add(-1, cells) }

func (t *table) bar(bytes int64, cells ...string) { t.add(bytes, cells) }

func (t *table) head(cells ...string) {
	if t.heads == nil {
		t.heads = map[int]bool{}
	}
	t.heads[len(t.rows)] = true
	t.row(cells...)
}

func (t *table) add(bytes int64, cells []string) {
	for i, c := range cells {
		cells[i] = shownLine(c)
	}
	t.rows, t.bars = append(t.rows, cells), append(t.bars, bytes)
}

// sum adds what something takes, and with a count how many things it is.
func (t *table) sum(name string, s usage.Size, count int) {
	cells := []string{name, size(s.Apparent), size(s.Allocated)}
	if count >= 0 {
		cells = append(cells, fmt.Sprint(count))
	}
	t.bar(s.Allocated, cells...)
}

func (t *table) print() error {
	widths := t.widths()
	bars := t.out.dataTerminal
	var b strings.Builder
	for i, row := range t.rows {
		line := t.line(row, widths)
		if bars && t.bars[i] >= 0 {
			line = fmt.Sprintf("%-*s  %s", sum(widths), line, bar(t.bars[i], t.total))
		}
		if t.heads[i] && t.out.color && bars {
			line = green + line + plain
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return t.out.write(b.String())
}

func (t *table) widths() (widths []int) {
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

// sum is the width of a line.
func sum(widths []int) int {
	n := -2
	for _, w := range widths {
		n += w + 2
	}
	return n
}

func (t *table) line(row []string, widths []int) string {
	var b strings.Builder
	for i, cell := range row {
		pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		switch {
		case i == 0:
			b.WriteString(cell + pad)
		case i <= numbers:
			b.WriteString("  " + pad + cell)
		default:
			b.WriteString("  " + cell + pad)
		}
	}
	return b.String()
}

// bar shows a part of a whole.
func bar(part, whole int64) string {
	const width = 20
	if whole <= 0 {
		return ""
	}
	return strings.Repeat("=", int(float64(part)/float64(whole)*width+0.5))
}
