//go:build conform && unix

package conform

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// git runs git on a repository, and returns what it prints.
func (e *editor) git(repo string, args ...string) string {
	cmd := exec.Command("git", append([]string{"--git-dir", e.path(repo)}, args...)...)
	cmd.Dir = e.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_INDEX_FILE="+e.path(repo)+".edited",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		e.note(errors.Join(err, errors.New(said.String())))
	}
	return strings.TrimSpace(string(out))
}

// depModules changes the .gitmodules of the commit that is locked of dep, which then has another
// name and is not checked out. Without a text there is none.
func (e *editor) depModules(change func(text string) string) {
	repo := e.glob("home/git/db/dep-*")[0]
	lock := e.read(lockFile)
	_, tail, _ := strings.Cut(lock, "/dep#")
	old := tail[:40]
	text := change(e.git(repo, "show", old+":.gitmodules"))
	e.git(repo, "read-tree", old)
	if text == "" {
		e.git(repo, "--work-tree", e.dir, "rm", "-q", "--cached", ".gitmodules")
	} else {
		e.write("modules", text)
		blob := e.git(repo, "hash-object", "-w", e.path("modules"))
		e.git(repo, "update-index", "--cacheinfo", "100644,"+blob+",.gitmodules")
	}
	commit := e.git(repo, "commit-tree", e.git(repo, "write-tree"), "-m", "edited")
	e.write(lockFile, strings.ReplaceAll(lock, old, commit))
	e.remove("home/git/checkouts")
	e.remove(repo + ".edited")
}

// moduleEdits change what a commit says of its submodules.
var moduleEdits = func() (edits []checkEdit) {
	url := func(url string) func(string) string {
		return func(text string) string { return strings.Replace(text, "url = ../sub", "url = "+url, 1) }
	}
	add := func(more string) func(string) string {
		return func(text string) string { return text + "\n" + more }
	}
	for name, change := range map[string]func(string) string{
		"as they were":             func(text string) string { return text + "\n" },
		"another URL":              url("../other"),
		"the URL in full":          url(siteURL + "sub"),
		"the URL in full, .git":    url(siteURL + "sub.git"),
		"the URL with a slash":     url("../sub/"),
		"the URL in capitals":      url("../SUB"),
		"the URL below":            url("./sub"),
		"the URL below and up":     url("./../sub"),
		"the URL twice up":         url("../../sub"),
		"the URL with a query":     url("../sub?x=y"),
		"the URL with user info":   url("http://user@registry.example/sub"),
		"a URL that is none":       url("sub"),
		"a URL like scp's":         url("git@registry.example:sub"),
		"a path":                   url("/nothing"),
		"an empty URL":             url(""),
		"an option for a URL":      url("-x"),
		"no URL":                   func(text string) string { return strings.Replace(text, "url = ../sub", "", 1) },
		"no file":                  func(string) string { return "" },
		"nothing":                  func(string) string { return "# nothing\n" },
		"no configuration":         add("[submodule"),
		"a mark":                   func(text string) string { return "\ufeff" + text },
		"line ends":                func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") },
		"a comment":                add("; x\n# y\n"),
		"another path":             func(text string) string { return strings.Replace(text, "path = sub", "path = other", 1) },
		"no path":                  func(text string) string { return strings.Replace(text, "path = sub", "", 1) },
		"another name":             func(text string) string { return strings.Replace(text, `"sub"`, `"x y"`, 1) },
		"a name above":             func(text string) string { return strings.Replace(text, `"sub"`, `"../sub"`, 1) },
		"one that is not there":    add("[submodule \"x\"]\n\tpath = x\n\turl = ../x\n"),
		"one without a URL":        add("[submodule \"x\"]\n\tpath = x\n"),
		"one twice":                add("[submodule \"sub\"]\n\turl = ../other\n"),
		"one under two names":      add("[submodule \"x\"]\n\tpath = sub\n\turl = ../other\n"),
		"not to be updated, twice": add("[submodule \"sub\"]\n\tupdate = none\n\tupdate = true\n"),
		"to be ignored at last":    add("[submodule \"sub\"]\n\tignore = x\n\tignore = all\n"),
		"to be updated":            add("[submodule \"sub\"]\n\tupdate = checkout\n"),
		"to be updated by a shell": add("[submodule \"sub\"]\n\tupdate = !true\n"),
		"to be ignored":            add("[submodule \"sub\"]\n\tignore = all\n\tshallow = true\n\tbranch = x\n\tfetchRecurseSubmodules = false\n"),
		"to be ignored or not":     add("[submodule \"sub\"]\n\tignore = x\n"),
		"fetched or not":           add("[submodule \"sub\"]\n\tfetchRecurseSubmodules = x\n"),
		"an inclusion":             add("[include]\n\tpath = nothing\n"),
	} {
		edits = append(edits, checkEdit{sites: "git", name: "submodules: " + name, do: func(e *editor) { e.depModules(change) }})
	}
	return edits
}()

// lend moves the objects of a repository to a folder, and has it borrow them by a line.
func (e *editor) lend(repo, to, line string) {
	e.move(repo+"/objects", to)
	e.note(os.MkdirAll(e.path(repo+"/objects/pack"), 0o777))
	e.write(repo+"/objects/info/alternates", line+"\n")
}

// lentEdits have repositories borrow their objects.
var lentEdits = func() (edits []checkEdit) {
	for _, dir := range gitDirs {
		each := func(name string, do func(e *editor, repo string)) {
			edits = append(edits, checkEdit{sites: dir.sites, name: dir.what + ": borrows " + name, do: func(e *editor) { do(e, e.glob(dir.pattern)[0]) }})
		}
		for name, to := range map[string]string{"beside the home": "elsewhere/objects", "in the home": "home/elsewhere/objects", "beside other repositories": "home/git/db/other/objects"} {
			each("what lies "+name, func(e *editor, repo string) { e.lend(repo, to, e.path(to)) })
			each("by a path what lies "+name, func(e *editor, repo string) {
				rel, err := filepath.Rel(e.path(repo+"/objects"), e.path(to))
				e.note(err)
				e.lend(repo, to, rel)
			})
		}
		each("by a link out of the home", func(e *editor, repo string) {
			e.move(repo+"/objects", "elsewhere/objects")
			e.link(e.path("elsewhere"), "home/lent")
			e.note(os.MkdirAll(e.path(repo+"/objects/pack"), 0o777))
			e.write(repo+"/objects/info/alternates", e.path("home/lent/objects")+"\n")
		})
		each("what lies beside the home, with other line ends", func(e *editor, repo string) {
			e.lend(repo, "elsewhere/objects", "# x\r\n\r\n"+e.path("elsewhere/objects")+"\r")
		})
		each("in a chain", func(e *editor, repo string) {
			e.lend(repo, "home/elsewhere/6/objects", e.path("home/elsewhere/1/objects"))
			for n := range 5 {
				at := "home/elsewhere/" + string(rune('1'+n))
				e.note(os.MkdirAll(e.path(at+"/objects/pack"), 0o777))
				e.write(at+"/objects/info/alternates", e.path("home/elsewhere/"+string(rune('2'+n))+"/objects")+"\n")
			}
		})
		each("in a chain that is too long", func(e *editor, repo string) {
			e.lend(repo, "home/elsewhere/7/objects", e.path("home/elsewhere/1/objects"))
			for n := range 6 {
				at := "home/elsewhere/" + string(rune('1'+n))
				e.note(os.MkdirAll(e.path(at+"/objects/pack"), 0o777))
				e.write(at+"/objects/info/alternates", e.path("home/elsewhere/"+string(rune('2'+n))+"/objects")+"\n")
			}
		})
		each("what it has as well", func(e *editor, repo string) {
			e.copy(repo+"/objects", "elsewhere")
			e.write(repo+"/objects/info/alternates", e.path("elsewhere")+"\n")
		})
		each("from a file", func(e *editor, repo string) {
			e.write("x", "")
			e.write(repo+"/objects/info/alternates", e.path("x")+"\n")
		})
		each("from a file as a folder", func(e *editor, repo string) {
			e.write("x", "")
			e.write(repo+"/objects/info/alternates", e.path("x/y")+"\n")
		})
		each("from here", func(e *editor, repo string) { e.lend(repo, "app/lent", "lent") })
	}
	return edits
}()

// packEdits put the objects of repositories into packs.
var packEdits = func() (edits []checkEdit) {
	for _, dir := range gitDirs {
		for name, do := range map[string]func(e *editor, repo string){
			"packed":                     func(*editor, string) {},
			"packed, and the index gone": func(e *editor, repo string) { e.remove(e.glob(repo + "/objects/pack/*.idx")[0]) },
			"packed, and the pack gone":  func(e *editor, repo string) { e.remove(e.glob(repo + "/objects/pack/*.pack")[0]) },
			"packed, and the index renamed": func(e *editor, repo string) {
				e.move(e.glob(repo + "/objects/pack/*.idx")[0], repo+"/objects/pack/x.idx")
			},
			"packed, and the name another": func(e *editor, repo string) {
				e.move(e.glob(repo + "/objects/pack/*.idx")[0], repo+"/objects/pack/x.idx")
				e.move(e.glob(repo + "/objects/pack/*.pack")[0], repo+"/objects/pack/x.pack")
			},
			"packed, with an index of version 1": func(e *editor, repo string) {
				pack := e.glob(repo + "/objects/pack/*.pack")[0]
				e.remove(e.glob(repo + "/objects/pack/*.idx")[0])
				e.git(repo, "index-pack", "--index-version=1", e.path(pack))
			},
			"packed, with an index of version 3": func(e *editor, repo string) {
				idx := e.glob(repo + "/objects/pack/*.idx")[0]
				e.note(os.Chmod(e.path(idx), 0o666))
				e.replace(idx, "\xfftOc\x00\x00\x00\x02", "\xfftOc\x00\x00\x00\x03")
			},
			"packed, with an index of many": func(e *editor, repo string) { e.git(repo, "multi-pack-index", "write") },
		} {
			edits = append(edits, checkEdit{sites: dir.sites, name: dir.what + ": " + name, do: func(e *editor) {
				for _, repo := range e.glob(dir.pattern) {
					e.git(repo, "repack", "-a", "-d", "-q", "--keep-unreachable")
					e.git(repo, "prune-packed", "-q")
					do(e, repo)
				}
			}})
		}
	}
	return edits
}()

// unfinished makes a db of what lacks an object that a checkout takes, so that whether Cargo
// believes a checkout shows.
func (e *editor) unfinished() {
	for _, repo := range e.glob("home/git/db/sub-*") {
		e.remove(repo)
	}
}

// configuredEdits change the configuration of repositories.
var configuredEdits = func() (edits []checkEdit) {
	for _, dir := range gitDirs {
		for name, text := range map[string]string{
			"as it should be": "[core]\n\tbare = false\n", "bare": "[core]\n\tbare = true\n", "bare without a value": "[core]\n\tbare\n", "bare by a number": "[core]\n\tbare = 1\n", "bare with a size": "[core]\n\tbare = 1k\n",
			"bare at last": "[core]\n\tbare = false\n\tbare = true\n", "bare at first": "[core]\n\tbare = true\n\tbare = false\n", "bare for a part": "[core \"x\"]\n\tbare = true\n",
			"a work tree": "[core]\n\tworktree = ..\n", "a work tree that is not there": "[core]\n\tworktree = ../nothing\n", "a work tree without a name": "[core]\n\tworktree =\n",
			"a work tree that is itself": "[core]\n\tworktree = .\n", "a work tree elsewhere": "[core]\n\tworktree = /tmp\n", "a work tree of a bare one": "[core]\n\tbare = true\n\tworktree = ../nothing\n",
			"an inclusion": "[include]\n\tpath = more\n", "an inclusion that breaks it": "[include]\n\tpath = broken\n", "an inclusion of nothing": "[include]\n\tpath = nothing\n", "an inclusion without a path": "[include]\n\tpath\n",
			"an inclusion of itself": "[include]\n\tpath = config\n", "an inclusion of a folder": "[include]\n\tpath = refs\n", "an inclusion that makes it bare": "[include]\n\tpath = bare\n",
			"an inclusion on another condition":        "[includeIf \"gitdir:/nothing/\"]\n\tpath = broken\n",
			"an inclusion on a condition that is none": "[includeIf \"x:y\"]\n\tpath = broken\n",
			"a version by a size":                      "[core]\n\trepositoryformatversion = 0k\n", "a version below": "[core]\n\trepositoryformatversion = -1\n", "a version without a value": "[core]\n\trepositoryformatversion\n",
			"a configuration of its work tree": "[extensions]\n\tworktreeConfig = true\n", "a configuration of its work tree or not": "[extensions]\n\tworktreeConfig = x\n",
			"names of SHA-1": "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha1\n", "names of SHA-1 in capitals": "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = SHA1\n",
			"other references": "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefStorage = reftable\n", "another URL": "[remote \"origin\"]\n\turl = nothing\n",
			"another URL of a submodule": "[submodule \"sub\"]\n\turl = nothing\n", "no key": "[core]\n\t= x\n", "no section": "x = y\n", "a key in no form": "[core]\n\tx_y = z\n", "a quote that does not end": "[core]\n\tx = \"y\n",
			"a line that goes on": "[core]\n\tx = y \\\n z\n", "an escape that is none": "[core]\n\tx = \\y\n", "a NUL": "[core]\n\tx = \x00\n", "no text": "[core]\n\tx = \xff\n",
		} {
			for _, whole := range []bool{true, false} {
				kind := ""
				if !whole {
					if dir.what != "checkout" {
						continue
					}
					kind = ", and it cannot be made anew"
				}
				edits = append(edits, checkEdit{sites: dir.sites, name: dir.what + ": configuration: " + name + kind, do: func(e *editor) {
					for _, repo := range e.glob(dir.pattern) {
						e.write(repo+"/config", text)
						e.write(repo+"/more", "[core]\n\tx = y\n")
						e.write(repo+"/broken", "[core\n")
						e.write(repo+"/bare", "[core]\n\tbare = true\n")
						e.write(repo+"/config.worktree", "[core\n")
					}
					if !whole {
						e.unfinished()
					}
				}})
			}
		}
	}
	return edits
}()
