package serve

import (
	"fmt"
	"strings"

	"cargohome/crate"
	"cargohome/internal/registry"
	"cargohome/internal/visible"
)

// maxListed is how many crates are on a page: of each an archive is read when it is first shown.
const maxListed = 25

// list writes the page of what is held.
func (d *document) list() error {
	query, page := d.r.URL.Query(), d.number()
	q := &registry.Query{Registry: query.Get("registry"), Text: query.Get("q"), Skip: (page - 1) * maxListed, Count: maxListed}
	hits, total, err := d.h.o.Held.Search(d.r.Context(), q)
	if err != nil && len(hits) == 0 {
		return err
	}
	d.h.lacks(err)
	title := "What is held"
	if q.Text != "" {
		title = fmt.Sprintf("Crates with “%s”", q.Text)
	}
	d.write(title, func() {
		d.put("h1", title)
		d.put("p", found(q, len(hits), total), "role", "status", "id", "count")
		d.in("div", func() {
			d.in("ul", func() {
				for i := range hits {
					d.in("li", func() { d.hit(&hits[i]) })
				}
			}, "class", "crates")
			d.pages(page, maxListed, total)
		}, "id", "results")
		d.section("use", "Use it with cargo", d.use)
	})
	return nil
}

// found says how much was.
func found(q *registry.Query, shown, total int) string {
	switch {
	case total == 0 && q.Text == "":
		return "Nothing is held yet."
	case total == 0:
		return "No crate has that in its name."
	case shown == total:
		return visible.Count(total, "crate", "crates") + "."
	}
	return fmt.Sprintf("%d to %d of %s.", q.Skip+1, q.Skip+shown, visible.Count(total, "crate", "crates"))
}

func (d *document) hit(hit *registry.Hit) {
	d.in("h2", func() {
		d.put("a", hit.ID.Name, "href", d.crateURL(hit.Registry, hit.ID.Name, ""))
		d.text(" ")
		d.put("span", hit.ID.Version, "class", "version")
		d.yanked(hit.Yanked)
	})
	if hit.About.Description != "" {
		d.prose("p", hit.About.Description)
	}
	d.in("p", func() {
		facts := []string{licence(hit.About.License, hit.About.LicenseFile), visible.Size(hit.Size), visible.Count(hit.Archives, "version", "versions")}
		if hit.Size == 0 {
			facts[1] = "size not known"
		}
		if len(d.h.o.Held.Registries()) > 1 {
			facts = append(facts, hit.Registry)
		}
		for i, fact := range facts {
			if i > 0 {
				d.text(" · ")
			}
			d.prose("span", fact)
		}
	}, "class", "facts")
}

func (d *document) yanked(is bool) {
	if is {
		d.text(" ")
		d.put("strong", "yanked", "class", "mark")
	}
}

func licence(name, file string) string {
	switch {
	case name != "":
		return name
	case file != "":
		return "licence in " + file
	}
	return "no licence named"
}

// use says how cargo uses the server.
func (d *document) use() {
	url, list := d.h.url(d.r), d.h.o.Held.Registries()
	d.in("ul", func() {
		for _, r := range list {
			d.in("li", func() { d.standIn(r) })
		}
	}, "aria-label", "Registries")
	c := Configure(list, &d.h.o.Names, url, d.h.tokens() != nil)
	if c.Text != "" {
		d.put("p", "Put this into .cargo/config.toml of a project, or for all projects into config.toml of the Cargo home:")
		d.paste("Configuration of cargo", c.Text)
	}
	if c.Tokens != "" {
		d.put("p", "A token is needed. Put it into credentials.toml of the Cargo home, in place of the dots:")
		d.paste("Credentials of cargo", c.Tokens)
	}
	if strings.HasPrefix(url, "https://") {
		d.put("p", "If the server's certificate is from an authority that the machine does not know, name that in the same file:")
		d.paste("Authority of the certificate", "[http]\ncainfo = \"/path/to/authority.pem\"\n")
	}
	for _, name := range append(c.Unknown, c.Hidden...) {
		d.in("p", func() {
			d.text("For ")
			d.code(name)
			d.text(" there is no configuration here: what it stands in for is not known, or its URL is not for everybody to see.")
		})
	}
	d.put("p", "Lockfiles stay as they are. What is not held cargo does not find.")
}

func (d *document) standIn(r registry.Recorded) {
	d.code(r.Name)
	if r.Source != (crate.SourceID{}) {
		d.text(" stands in for ")
		d.code(crate.Redact(r.Source.URL()))
	}
}

// repositories writes the page of what there is of git.
func (d *document) repositories() {
	const count = 100
	list := Repositories(d.h.o.Homes)
	page := d.number()
	shown := list[min((page-1)*count, len(list)):min(page*count, len(list))]
	d.write("Repositories", func() {
		d.put("h1", "Repositories")
		d.put("p", visible.Count(len(list), "repository", "repositories")+".")
		d.in("ul", func() {
			for _, r := range shown {
				d.in("li", func() {
					d.code(r.Name)
					for _, url := range r.URLs {
						d.text(" of ")
						d.code(url)
					}
				})
			}
		})
		d.pages(page, count, len(list))
		if text := GitConfig(shown, d.h.url(d.r)); text != "" {
			d.section("use", "Use them with cargo and git", func() {
				d.put("p", "Put this into .gitconfig in the folder of the user who builds:")
				d.paste("Configuration of git", text)
				if d.h.tokens() != nil {
					d.put("p", "Git asks for a name, which may be any, and a password, which is the token.")
				}
			})
		}
	})
}
