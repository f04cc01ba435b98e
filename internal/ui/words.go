package ui

import (
	"fmt"

	"cargohome/internal/visible"
)

// size is a number of bytes in binary units, as "1.1 GiB".
func size(n int64) string { return visible.Size(n) }

// plural is a number with its noun.
func plural(n int, one, many string) string { return visible.Count(n, one, many) }

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
