package serve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"cargohome/index"
	"cargohome/internal/registry"
	"cargohome/internal/visible"
)

// Bounds of what is shown of a crate.
const (
	maxVersions   = 100  // on a page of them
	maxOfEach     = 2000 // dependencies, features, dependents
	maxEnabled    = 100  // of one feature
	maxCandidates = 1000 // dependencies of which it is found out whether they are held
)

// crate writes the page of a crate.
func (d *document) crate(at cratePath) error {
	page, held := d.number(), d.h.o.Held
	done, err := d.takeMemory(at)
	if err != nil {
		return err
	}
	defer done()
	c, err := held.Crate(d.r.Context(), &registry.Wanted{
		Registry: at.registry, Name: at.name, Version: at.version, Skip: (page - 1) * maxVersions, Count: maxVersions,
	})
	if err != nil {
		return err
	}
	needs := d.needs(c)
	by, all, err := held.Dependents(d.r.Context(), at.registry, at.name)
	d.h.lacks(err)
	d.write(c.Shown.Name+" "+c.Shown.Version, func() {
		d.about(c)
		d.needed(needs)
		d.features(&c.Shown.Entry)
		d.versions(c, page)
		d.dependents(by, all)
	})
	return nil
}

const (
	pagesMemory = 256 << 20        // bytes for all pages of crates that are being made
	lineMemory  = 16               // bytes for one of an index line, of which most are in features
	pageWait    = 10 * time.Second // for memory
)

// takeMemory waits until there is memory for the page of a crate. Those of crates that have
// many lines, or lines made to be large, are made one after another, and keep no others waiting.
func (d *document) takeMemory(at cratePath) (done func(), err error) {
	path, err := index.Path(at.name)
	if err != nil {
		return nil, fs.ErrNotExist
	}
	e, err := d.h.o.Held.Entries(d.r.Context(), at.registry, path)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(d.r.Context(), pageWait)
	defer cancel()
	done, err = d.h.making.Take(ctx, lineMemory*int64(len(e.Text)))
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("page of %s: others take all the memory that there is for pages: %w", at.name, err)
	}
	return done, err
}

// about writes what the version says of itself.
func (d *document) about(c *registry.Crate) {
	v := c.Shown
	d.in("h1", func() {
		d.text(v.Name + " ")
		d.put("span", v.Version, "class", "version")
		d.yanked(v.Yanked)
	})
	if c.About.Description != "" {
		d.prose("p", c.About.Description)
	}
	if v.Yanked {
		d.put("p", "This version is yanked: only lockfiles that name it already get it.")
	}
	d.in("dl", func() {
		d.fact("Licence", func() { d.prose("span", licence(c.About.License, c.About.LicenseFile)) })
		d.fact("Registry", func() { d.code(c.Registry) })
		if v.Size > 0 {
			d.fact("Size", func() { d.text(visible.Size(v.Size)) })
		}
		if day := published(v); day != "" {
			d.fact("Published", func() { d.text(day) })
		}
		if c.About.RustVersion != "" {
			d.fact("Rust", func() { d.text("at least " + c.About.RustVersion) })
		}
		d.fact("Archive", func() {
			stem := v.Name + "-" + v.Version
			d.put("a", stem+".crate", "href", d.up+c.Registry+"/crates/"+v.Name+"/"+stem+".crate", "download", stem+".crate")
		})
		d.fact("SHA-256", func() { d.code(v.Checksum.String()) })
		d.elsewhere("Homepage", c.About.Homepage)
		d.elsewhere("Repository", c.About.Repository)
		d.elsewhere("Documentation", c.About.Documentation)
	})
	d.in("section", func() { d.paste("Command that adds the crate", d.add(c)) }, "aria-label", "Add it to a project")
}

// add is the command that adds the version to a project. Of what stands behind a '+' cargo takes no
// notice, but warns.
func (d *document) add(c *registry.Crate) string {
	version, _, _ := strings.Cut(c.Shown.Version, "+")
	command := "cargo add " + c.Shown.Name + "@" + version
	for _, r := range d.h.o.Held.Registries() {
		if name := d.h.o.Names.ConfiguredAs(r.Source); r.Name == c.Registry && name != "" {
			command += " --registry " + name
		}
	}
	return command
}

func (d *document) fact(name string, value func()) {
	d.put("dt", name)
	d.in("dd", value)
}

// elsewhere writes where there is more, as a link only if it leads to the web.
func (d *document) elsewhere(name, url string) {
	switch {
	case url == "":
	case strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://"):
		d.fact(name, func() { d.put("a", url, "href", url, "rel", "noopener noreferrer nofollow external") })
	default:
		d.fact(name, func() { d.prose("span", url) })
	}
}

// features writes what can be turned on.
func (d *document) features(e *index.Entry) {
	table, err := e.Features()
	if err != nil || len(table) == 0 {
		return
	}
	var names []string // "default" first
	if _, ok := table["default"]; ok {
		names = append(names, "default")
	}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if name != "default" {
			names = append(names, name)
		}
	}
	d.section("features", "Features", func() {
		d.in("ul", func() {
			for _, name := range names[:min(len(names), maxOfEach)] {
				d.in("li", func() { d.feature(name, table[name]) })
			}
		}, "class", "features")
		d.more(len(names) - maxOfEach)
	})
}

func (d *document) feature(name string, on []string) {
	d.code(name)
	if len(on) == 0 {
		return
	}
	d.text(" turns on ")
	for i, other := range on[:min(len(on), maxEnabled)] {
		if i > 0 {
			d.text(", ")
		}
		d.code(other)
	}
	if n := len(on) - maxEnabled; n > 0 {
		d.text(fmt.Sprintf(" and %d more", n))
	}
}

// more says how many of a list are not shown.
func (d *document) more(n int) {
	if n > 0 {
		d.put("p", fmt.Sprintf("And %d more.", n))
	}
}

// versions writes those that are held.
func (d *document) versions(c *registry.Crate, page int) {
	d.section("versions", "Versions", func() {
		d.put("p", visible.Count(len(c.Versions), "version is held.", "versions are held."))
		d.in("table", func() {
			d.in("thead", func() {
				d.in("tr", func() {
					for _, name := range []string{"Version", "Size", "Published", "State"} {
						d.put("th", name, "scope", "col")
					}
				})
			})
			d.in("tbody", func() {
				for _, v := range c.Range((page-1)*maxVersions, maxVersions) {
					d.in("tr", func() { d.version(c, v) })
				}
			})
		}, "aria-labelledby", "versions-title")
		d.pages(page, maxVersions, len(c.Versions))
	})
}

func (d *document) version(c *registry.Crate, v *registry.Listed) {
	d.in("th", func() {
		attributes := []string{"href", d.crateURL(c.Registry, v.Name, v.Version)}
		if v == c.Shown {
			attributes = append(attributes, "aria-current", "page")
		}
		d.put("a", v.Version, attributes...)
	}, "scope", "row")
	size := ""
	if v.Size > 0 {
		size = visible.Size(v.Size)
	}
	d.put("td", size)
	d.put("td", published(v))
	d.in("td", func() { d.yanked(v.Yanked) })
}

// published is the day on which a version was, "" if it is not known.
func published(v *registry.Listed) string {
	at, ok := v.Published()
	if !ok {
		return ""
	}
	return at.UTC().Format(time.DateOnly)
}

// dependents writes who depends on the crate.
func (d *document) dependents(list []registry.Dependent, all bool) {
	attributes := []string{"id", "dependents", "aria-labelledby", "dependents-title"}
	if !all {
		attributes = append(attributes, "data-more", "yes")
	}
	d.in("section", func() {
		d.put("h2", "Who depends on it", "id", "dependents-title")
		switch {
		case len(list) == 0 && all:
			d.put("p", "Nothing that is held.")
		case all:
			d.put("p", visible.Count(len(list), "crate that is held.", "crates that are held."))
		default:
			d.put("p", fmt.Sprintf("%d so far: not all crates have been looked at yet. Load the page again to see more.", len(list)))
		}
		d.in("ul", func() {
			for _, by := range list[:min(len(list), maxOfEach)] {
				d.in("li", func() {
					d.put("a", by.Name, "href", d.crateURL(by.Registry, by.Name, ""))
					if kinds := by.Kinds; !slices.Equal(kinds, []string{"normal"}) {
						d.text(" (" + strings.Join(kinds, ", ") + ")")
					}
				})
			}
		}, "class", "names")
		d.more(len(list) - maxOfEach)
	}, attributes...)
}
