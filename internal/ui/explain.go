package ui

import (
	"fmt"
	"strings"

	"cargohome/internal/explain"
	"cargohome/internal/lastuse"
	"cargohome/internal/verify"
)

// Explained is what explain found out.
type Explained struct {
	Format Format1 `json:"format"` // 1
	*explain.Explanation
}

func (v *Explained) summarize(p *Printer) {
	for i := range v.Locks {
		r := &v.Locks[i]
		if len(r.Unknown) == 0 {
			continue
		}
		text := fmt.Sprintf("of %s it is not known what all packages declare, so the lockfile says who needs whom", r.Lockfile)
		for _, why := range r.Unknown {
			text += "\n  " + why
		}
		if r.Unseen > 0 {
			text += fmt.Sprintf("\n  and %d more", r.Unseen)
		}
		p.Note(text)
	}
}

// writeText prints a tree for each lockfile, and what else there is to say.
func (v *Explained) writeText(p *Printer) error {
	var b strings.Builder
	for i := range v.Locks {
		r := &v.Locks[i]
		if len(v.Locks)+len(v.Without) > 1 {
			line(&b, "in %s:", r.Lockfile)
		}
		if r.Unbuilt {
			line(&b, "nothing that is built needs it; the lockfile has it for:")
		}
		newTree(&b, r).print()
		writeMembers(&b, r)
		writeGoes(&b, r)
		b.WriteString("\n")
	}
	for _, name := range v.Without {
		line(&b, "%s does not have it", name)
	}
	v.writeVersions(&b)
	for _, gap := range v.Lacking {
		line(&b, "lacking: %s", gap)
	}
	if err := p.write(b.String()); err != nil || len(v.Pieces) == 0 {
		return err
	}
	return v.pieces(p).print()
}

// line adds a line, in which texts may be anything.
func line(b *strings.Builder, format string, args ...any) {
	b.WriteString(shownLine(fmt.Sprintf(format, args...)) + "\n")
}

// shownHops is how many packages of a way are named.
const shownHops = 12

// writeMembers says by which way each member comes to the package.
func writeMembers(b *strings.Builder, r *explain.Reason) {
	var members []int
	for i := range r.Packages {
		if i > 0 && r.Packages[i].Member {
			members = append(members, i)
		}
	}
	if len(members) == 0 {
		return
	}
	line(b, "needed by %d of %s:", len(members), plural(r.Members, "member", "members"))
	for n, m := range members {
		if n == shownThings {
			line(b, "  and %d more", len(members)-n)
			return
		}
		text := "  " + r.Packages[m].Name
		for hops := 0; m != 0; hops++ {
			if m = r.Packages[m].Next; hops == shownHops {
				text += " → …"
				break
			}
			text += " → " + r.Packages[m].Name
		}
		line(b, "%s", text)
	}
}

func writeGoes(b *strings.Builder, r *explain.Reason) {
	if len(r.Goes) == 0 {
		return
	}
	head := "without it " + plural(len(r.Goes), "more package would go", "more packages would go")
	if r.GoesBytes > 0 { // it is not known where there is no archive
		head += fmt.Sprintf(", %s of archives", size(r.GoesBytes))
	}
	line(b, "%s:", head)
	for i, n := range r.Goes {
		if i == shownThings {
			line(b, "  and %d more", len(r.Goes)-i)
			return
		}
		line(b, "  %s", n)
	}
}

func (v *Explained) writeVersions(b *strings.Builder) {
	if len(v.Versions) == 0 {
		return
	}
	line(b, "there are several versions of %s:", v.Name)
	for i := range v.Versions {
		if i == shownThings {
			line(b, "  and %d more", len(v.Versions)-i)
			break
		}
		w := &v.Versions[i]
		text := "  " + w.Named.String()
		if len(v.Locks)+len(v.Without) > 1 {
			text += " in " + w.Lockfile
		}
		if by := w.Wants(); by != "" {
			text += ", wanted by " + by
		}
		if w.WouldDo != "" {
			text += "; v" + w.WouldDo + " would do"
		}
		line(b, "%s", text)
	}
	b.WriteString("\n")
}

var pieceNames = map[string]string{
	"index": "index line", string(verify.Archives): "archive", string(verify.Sources): "source", string(verify.Databases): "repository",
	string(verify.Checkouts): "checkout", string(verify.Vendor): "vendor folder",
	"bundle": "in a bundle",
}

// pieces says where the package lies.
func (v *Explained) pieces(p *Printer) *table {
	t := &table{out: p, least: []int{1, 3}}
	t.head("where it lies", "apparent", "on disk", "last use", "state", "path")
	for _, piece := range v.Pieces {
		state, where := string(piece.State), piece.Path
		if len(piece.Differences) > 0 {
			state += " in " + plural(len(piece.Differences), "file", "files")
		}
		if piece.Why != "" {
			where += " (" + piece.Why + ")"
		}
		t.row(pieceNames[piece.Kind], size(piece.Apparent), size(piece.Allocated), lastUse(piece.Used, piece.From, lastuse.Cargo), state, where)
	}
	return t
}
