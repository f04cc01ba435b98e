package ui

import "fmt"

// size is a number of bytes in binary units, as "1.1 GiB".
func size(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	units := "KMGTPE"
	f := float64(n) / 1024
	for f >= 1023.95 && len(units) > 1 {
		f /= 1024
		units = units[1:]
	}
	return fmt.Sprintf("%.1f %ciB", f, units[0])
}

// plural is a number with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// shownThings is how many things of a list are named in a warning or an error; there may be as
// many as files.
const shownThings = 20

// listed is a text with the first of a list below it.
func listed[E error](text string, list []E) string {
	for i, e := range list {
		if i == shownThings {
			return text + fmt.Sprintf("\n  and %d more", len(list)-i)
		}
		text += "\n  " + e.Error()
	}
	return text
}
