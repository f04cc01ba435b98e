package staging

import "cargohome/internal/fsx"

// near is a folder in the one that is staged in, on the same mount, in which places lie. As
// a rule they all lie in one or two such folders, as sources do in that of their registry,
// so these stay open, and are gone down to once rather than for each place.
type near struct {
	dir fsx.Folder
	id  fsx.ID
}

// mostNear bounds how many are open.
const mostNear = 16

// keep keeps the folder open that names lead to, and reports whether it does.
func (d *Dir) keep(names []string, dir fsx.Folder) bool {
	if len(names) != 1 || dir == d.parent {
		return false
	}
	self, err := dir.Self()
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, kept := d.near[names[0]]; kept || len(d.near) == mostNear || err != nil || self.ID == (fsx.ID{}) {
		return false
	}
	d.near[names[0]] = near{dir, self.ID}
	return true
}

// nearTo returns the folder that is kept open and has the one name above a place, or had
// it when that was last looked at.
func (d *Dir) nearTo(names []string) (n near, ok bool) {
	if len(names) != 2 {
		return n, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	n, ok = d.near[names[0]]
	return n, ok
}

// spot is [In.spot] below the folder that is staged in. A folder that is kept open is that
// of the place if it still has the name.
func (d *Dir) spot(place string) (spot, error) {
	names, err := d.in.names(place)
	if err != nil {
		return spot{}, err
	}
	if n, ok := d.nearTo(names); ok {
		if e, err := d.parent.Stat(names[0]); err == nil && e.ID == n.id {
			return spot{dir: n.dir, base: names[1], path: joined(d.in.path(), names), borrows: true}, nil
		}
	}
	return d.in.spotAt(d.parent, d.in.path(), names)
}
