// Package spelling finds the name that was meant.
package spelling

import "strings"

// longest is how long a name may be to be compared, in bytes: the time is that of the
// lengths of two names multiplied.
const longest = 100

// Nearest returns the one of names that is spelt most like name, the first of several, ""
// if none is: a third of the letters may be wrong, missing, too many or in each other's
// place. For cargo it may be three of any (cargo 1.95: util/edit_distance.rs), by which
// short names are like everything. Case does not count.
func Nearest(name string, names []string) string {
	if len(name) > longest {
		return ""
	}
	best, bound := "", (len(name)+1)/3+1
	for _, n := range names {
		if len(n) <= longest {
			if d := distance(strings.ToLower(name), strings.ToLower(n)); d < bound {
				best, bound = n, d
			}
		}
	}
	return best
}

// distance counts the letters that must be changed, put in, taken away or swapped with
// their neighbour to make a into b.
func distance(a, b string) int {
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(above[j+1]+1, row[j]+1, above[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
