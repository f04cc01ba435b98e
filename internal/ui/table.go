package ui

import (
	"fmt"
	"slices"
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
	least []int // columns that a narrow terminal does without

	order []int // of the columns, nil for all as they are
	loose bool  // what is last in a row may be as long as it is
}

// numbers is how many columns behind the first hold numbers.
const numbers = 3

// narrow is a terminal, in columns, that there is little room on.
const narrow = 60

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
	room := columns(t.out.window)
	widths := t.widths()
	if room > 0 && sum(widths) > room {
		t.rearrange(widths, room)
		widths = t.widths()
	}
	var b strings.Builder
	for i, row := range t.rows {
		line := t.line(row, widths)
		if width := min(room-sum(widths)-2, barWidth); t.bars[i] >= 0 && width >= leastBar && !t.loose {
			line = fmt.Sprintf("%-*s  %s", sum(widths), line, bar(t.bars[i], t.total, width))
		}
		if t.heads[i] && t.out.color && t.out.dataTerminal {
			line = green + line + plain
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return t.out.write(b.String())
}

// rearrange puts the widest column at the ends of rows, where it may be as wide as it is: what
// a terminal breaks there can still be read, and the rest stands in columns. That is the names,
// if it is not there already.
func (t *table) rearrange(widths []int, room int) {
	t.loose, t.order = true, []int{}
	for i := range widths {
		if room >= narrow || !slices.Contains(t.least, i) {
			t.order = append(t.order, i)
		}
	}
	if widths[0] == slices.Max(widths) {
		t.order = append(t.order[1:], 0)
	}
	for i, row := range t.rows {
		var moved []string
		for _, n := range t.order {
			switch {
			case n < len(row):
				moved = append(moved, row[n])
			case len(row) > 1:
				moved = append(moved, "")
			}
		}
		t.rows[i] = moved
	}
}

func (t *table) widths() (widths []int) {
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if !t.loose || i < len(row)-1 {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			}
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
		if i > 0 {
			b.WriteString("  ")
		}
		pad := strings.Repeat(" ", max(widths[i]-utf8.RuneCountInString(cell), 0))
		if t.isNumber(i, len(row)) {
			b.WriteString(pad + cell)
		} else {
			b.WriteString(cell + pad)
		}
	}
	return b.String()
}

// isNumber reports whether a column of a row holds numbers. A row that has no other has a name.
func (t *table) isNumber(i, of int) bool {
	if t.loose && i == of-1 {
		return false
	}
	if t.order != nil {
		i = t.order[i]
	}
	return 0 < i && i <= numbers
}

// bar shows a part of a whole.
func bar(part, whole int64, width int) string {
	if whole <= 0 {
		return ""
	}
	return strings.Repeat("=", int(float64(part)/float64(whole)*float64(width)+0.5))
}
