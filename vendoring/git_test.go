package vendoring

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cargohome/crate"
	"cargohome/internal/cargotest"
	"cargohome/internal/locate"
)

// edit changes the text of a file, and puts its time of modification back.
func edit(path, old, new string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(path)
	if err == nil && !strings.Contains(string(text), old) {
		err = errors.New("there is nothing to edit")
	}
	if err == nil {
		err = os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o666)
	}
	if err == nil {
		err = os.Chtimes(path, info.ModTime(), info.ModTime())
	}
	return err
}

// forge changes a file, and the record so that it agrees.
func (w *gitWorld) forge(file, old, new string) error {
	before, err := os.ReadFile(w.at(file))
	if err == nil {
		err = edit(w.at(file), old, new)
	}
	after, err2 := os.ReadFile(w.at(file))
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	return edit(w.at(crate.ChecksumFile), crate.Sum(before).String(), crate.Sum(after).String())
}

// gitDamages are ways to change a folder that was vendored.
var gitDamages = map[string]func(w *gitWorld) error{
	"content":            func(w *gitWorld) error { return edit(w.at("src/lib.rs"), "library", "LIBRARY") },
	"content_large":      func(w *gitWorld) error { return edit(w.at("large"), "cdef", "cDef") },
	"content_converted":  func(w *gitWorld) error { return edit(w.at("crlf.txt"), "\r\n", "\n") },
	"content_expanded":   func(w *gitWorld) error { return edit(w.at("ident.txt"), "$Id: ", "$id: ") },
	"content_submodule":  func(w *gitWorld) error { return edit(w.at("data/text"), "from", "FROM") },
	"content_linked":     func(w *gitWorld) error { return edit(w.at("link.txt"), "shared", "SHARED") },
	"manifest":           func(w *gitWorld) error { return edit(w.at("Cargo.toml"), "2021", "2018") },
	"record":             func(w *gitWorld) error { return edit(w.at(crate.ChecksumFile), `"package":null`, `"package":"x"`) },
	"record_spaced":      func(w *gitWorld) error { return edit(w.at(crate.ChecksumFile), `,"package"`, `, "package"`) },
	"record_cut":         func(w *gitWorld) error { return os.Truncate(w.at(crate.ChecksumFile), 20) },
	"record_gone":        func(w *gitWorld) error { return os.Remove(w.at(crate.ChecksumFile)) },
	"forged":             func(w *gitWorld) error { return w.forge("src/lib.rs", "library", "LIBRARY") },
	"forged_large":       func(w *gitWorld) error { return w.forge("large", "cdef", "cDef") },
	"forged_empty":       func(w *gitWorld) error { return w.forge("empty", "", "x") },
	"forged_manifest":    func(w *gitWorld) error { return w.forge("Cargo.toml", "2021", "2018") },
	"forged_converted":   func(w *gitWorld) error { return w.forge("crlf.txt", "\r\n", "\n") },
	"forged_expanded":    func(w *gitWorld) error { return w.forge("ident.txt", "$Id: ", "$id: ") },
	"forged_submodule":   func(w *gitWorld) error { return w.forge("data/text", "from", "FROM") },
	"forged_linked":      func(w *gitWorld) error { return w.forge("link.txt", "shared", "SHARED") },
	"forged_from_cargo":  func(w *gitWorld) error { return w.forge("data/.cargo-ok", "", "x") },
	"empty":              func(w *gitWorld) error { return os.Truncate(w.at("src/lib.rs"), 0) },
	"file_gone":          func(w *gitWorld) error { return os.Remove(w.at("src/lib.rs")) },
	"file_more":          func(w *gitWorld) error { return os.WriteFile(w.at("src/more"), nil, 0o666) },
	"file_more_on_top":   func(w *gitWorld) error { return os.WriteFile(w.at("more"), nil, 0o666) },
	"file_excluded":      func(w *gitWorld) error { return os.WriteFile(w.at("secret"), []byte("secret\n"), 0o666) },
	"file_renamed":       func(w *gitWorld) error { return os.Rename(w.at("src/lib.rs"), w.at("src/lib.ry")) },
	"folder_more":        func(w *gitWorld) error { return os.Mkdir(w.at("src/none"), 0o777) },
	"folder_gone":        func(w *gitWorld) error { return os.RemoveAll(w.at("src")) },
	"package_gone":       func(w *gitWorld) error { return os.RemoveAll(w.at(".")) },
	"file_to_link":       func(w *gitWorld) error { return relink(w.at("src/lib.rs"), "deep/er.rs") },
	"file_to_itself":     func(w *gitWorld) error { return moveAndLink(w.at("src/lib.rs"), filepath.Join(w.dir, "lib.rs")) },
	"folder_to_link":     func(w *gitWorld) error { return moveAndLink(w.at("src"), filepath.Join(w.dir, "src")) },
	"package_to_link":    func(w *gitWorld) error { return moveAndLink(w.at("."), filepath.Join(w.dir, "package")) },
	"file_to_folder":     func(w *gitWorld) error { return errors.Join(os.Remove(w.at("empty")), os.Mkdir(w.at("empty"), 0o777)) },
	"terabyte":           func(w *gitWorld) error { return os.Truncate(w.at("src/lib.rs"), 1<<40) },
	"mode_executable":    func(w *gitWorld) error { return os.Chmod(w.at("src/lib.rs"), 0o755) },
	"mode_no_executable": func(w *gitWorld) error { return os.Chmod(w.at("run.sh"), 0o644) },
	"mode_private":       func(w *gitWorld) error { return os.Chmod(w.at("src/lib.rs"), 0o600) },
	"mode_set_user":      func(w *gitWorld) error { return os.Chmod(w.at("run.sh"), 0o755|fs.ModeSetuid) },
	"mode_folder":        func(w *gitWorld) error { return os.Chmod(w.at("src"), 0o700) },
	"mode_package":       func(w *gitWorld) error { return os.Chmod(w.at("."), 0o700) },
	"mode_record":        func(w *gitWorld) error { return os.Chmod(w.at(crate.ChecksumFile), 0o600) },
}

func relink(path, target string) error {
	return errors.Join(os.Remove(path), os.Symlink(target, path))
}

func moveAndLink(path, to string) error {
	return errors.Join(os.Rename(path, to), os.Symlink(to, path))
}

// Whatever is done to a folder is found, also if the record is made to agree.
func TestGit_damaged(t *testing.T) {
	for _, cached := range []bool{false, true} {
		w := newGitWorld(t)
		commit := w.commit(w.files())
		for name, damage := range gitDamages {
			t.Run(fmt.Sprintf("%s/stat_cache_%t", name, cached), func(t *testing.T) {
				if strings.HasPrefix(name, "mode_") && !strings.HasSuffix(name, "executable") {
					cargotest.NotPortable(t, "the umask is not told")
				}
				w.settle(t, commit, cached)
				if err := damage(w); err != nil {
					t.Fatal(err)
				}
				if r := w.mustVendor(t, commit, cached); r.results["dep"] != Written {
					t.Errorf("it is %s", r.results["dep"])
				}
				w.asNew(t, commit)
			})
		}
	}
}

// So it is if less than all is there.
func TestGit_damaged_filtered(t *testing.T) {
	stub := map[string]func(w *gitWorld) error{
		"forged_root":     func(w *gitWorld) error { return w.forge("src/lib.rs", "", "x") },
		"forged_manifest": func(w *gitWorld) error { return w.forge("Cargo.toml", "2021", "2018") },
		"forged_count":    func(w *gitWorld) error { return edit(w.at(crate.ChecksumFile), " files, ", "0 files, ") },
		"forged_listing":  func(w *gitWorld) error { return w.list("sp") },
		"mode_executable": gitDamages["mode_executable"],
	}
	part := map[string]func(w *gitWorld) error{
		"forged_bytes":   func(w *gitWorld) error { return edit(w.at(crate.ChecksumFile), " bytes", "0 bytes") },
		"forged_listing": func(w *gitWorld) error { return w.list("sp") },
	}
	for name, damage := range gitDamages {
		if strings.HasPrefix(name, "forged") && name != "forged_large" {
			part[name] = damage
		}
	}
	for kind, of := range map[string]struct {
		filter  Filter
		damages map[string]func(w *gitWorld) error
	}{
		"stub": {Filter{Stub: true}, stub},
		"part": {Filter{Exclude: []*Exclusion{exclusion(t, "la*", true), exclusion(t, "src/deep", false)}}, part},
	} {
		w := newGitWorld(t)
		w.filter = &of.filter
		commit := w.commit(w.files())
		for name, damage := range of.damages {
			t.Run(kind+"/"+name, func(t *testing.T) {
				w.settle(t, commit, false)
				if err := damage(w); err != nil {
					t.Fatal(err)
				}
				if r := w.mustVendor(t, commit, false); r.results["dep"] != Written {
					t.Errorf("it is %s", r.results["dep"])
				}
				w.asNew(t, commit)
			})
		}
	}
}

// list adds an empty file, and the record says so.
func (w *gitWorld) list(name string) error {
	record := w.at(crate.ChecksumFile)
	text, err := os.ReadFile(record)
	if err != nil {
		return err
	}
	before, after, _ := strings.Cut(string(text), `"src/lib.rs"`)
	text = fmt.Appendf(nil, "%s%q:\"%s\",\"src/lib.rs\"%s", before, name, crate.Sum(nil), after)
	return errors.Join(os.WriteFile(w.at(name), nil, 0o666), os.WriteFile(record, text, 0o666))
}

// gitChanges are ways in which another commit makes another package.
var gitChanges = map[string]func(w *gitWorld, files gitFiles){
	"content":   func(w *gitWorld, f gitFiles) { f["dep/src/lib.rs"] = "100644 // A LIBRARY\n" },
	"mode":      func(w *gitWorld, f gitFiles) { f["dep/src/lib.rs"] = "100755 // a library\n" },
	"workspace": func(w *gitWorld, f gitFiles) { f["Cargo.toml"] = strings.Replace(f["Cargo.toml"], "2021", "2018", 1) },
	"manifest":  func(w *gitWorld, f gitFiles) { f["dep/Cargo.toml"] += "license = \"MIT\"\n" },
	"include":   func(w *gitWorld, f gitFiles) { f["dep/Cargo.toml"] += "include = [\"src\"]\n" },
	"exclude": func(w *gitWorld, f gitFiles) {
		f["dep/Cargo.toml"] = strings.Replace(f["dep/Cargo.toml"], "secret", "other", 1)
	},
	"file_more":       func(w *gitWorld, f gitFiles) { f["dep/more"] = "100644 " },
	"file_less":       func(w *gitWorld, f gitFiles) { delete(f, "dep/src/deep/er.rs") },
	"package_within":  func(w *gitWorld, f gitFiles) { f["dep/src/deep/Cargo.toml"] = "100644 " },
	"attributes":      func(w *gitWorld, f gitFiles) { f[".gitattributes"] = "100644 ident.txt ident\n" },
	"attributes_more": func(w *gitWorld, f gitFiles) { f["dep/src/.gitattributes"] = "100644 * eol=crlf\n" },
	"link":            func(w *gitWorld, f gitFiles) { f["dep/link.txt"] = "120000 crlf.txt" },
	"linked":          func(w *gitWorld, f gitFiles) { f["shared.txt"] = "100644 SHARED\n" },
	"submodule": func(w *gitWorld, f gitFiles) {
		f["dep/data"] = "160000 " + w.data.Commit(tree(w.data, gitFiles{"text": "100644 FROM a submodule\n"}))
	},
	"submodule_gone": func(w *gitWorld, f gitFiles) {
		delete(f, "dep/data")
		f["dep/data/text"] = "100644 from a submodule\n" // without its .cargo-ok
	},
}

// What another commit changes of a package is found.
func TestGit_another_commit(t *testing.T) {
	for _, cached := range []bool{false, true} {
		w := newGitWorld(t)
		for name, change := range gitChanges {
			t.Run(fmt.Sprintf("%s/stat_cache_%t", name, cached), func(t *testing.T) {
				files := w.files()
				w.settle(t, w.commit(files), cached)
				change(w, files)
				commit := w.commit(files)
				if r := w.mustVendor(t, commit, cached); r.results["dep"] != Written {
					t.Errorf("it is %s", r.results["dep"])
				}
				w.asNew(t, commit)
			})
		}
	}
}

// A commit that changes nothing of the package leaves its folder alone, and so does
// another way to the same files.
func TestGit_same_of_another_commit(t *testing.T) {
	w := newGitWorld(t)
	files := w.files()
	w.settle(t, w.commit(files), true)
	before := stateOf(t, w.dest())
	files["other.txt"] = "100644 other\n"
	files["dep/.gitignore"] = "100644 x\n"
	w.mustVendor(t, w.commit(files), true)
	if diff := cmp.Diff(before, stateOf(t, w.dest())); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// By the stat cache no work tree is read, and what cargo warns of is said again.
func TestGit_recalled(t *testing.T) {
	cargotest.NotPortable(t, "files are not told apart")
	w := newGitWorld(t)
	commit := w.commit(w.files())
	first := w.mustVendor(t, commit, true)
	w.settle(t, commit, true)
	r := w.mustVendor(t, commit, true)
	if r.read || r.results["dep"] != Kept || len(r.warnings) != 1 || !slices.Equal(r.warnings, first.warnings) {
		t.Errorf("recalled is %+v, first was %+v", r, first)
	}
	if r := w.mustVendor(t, commit, false); !r.read || r.results["dep"] != Kept {
		t.Errorf("without the cache: %+v", r)
	}
	if err := os.RemoveAll(w.repo.Dir); err != nil {
		t.Fatal(err)
	}
	if _, err := w.vendor(t, w.dest(), commit, true); err == nil || !strings.Contains(err.Error(), "missing git repository") {
		t.Errorf("the repository is gone: %v", err)
	}
}

// What is remembered depends on what cargo's configuration says of the registries that
// manifests ask for, and on what kind of cargo it is.
func TestGit_recalled_by_configuration(t *testing.T) {
	cargotest.NotPortable(t, "files are not told apart")
	w := newGitWorld(t)
	files := w.files()
	files["dep/Cargo.toml"] += "[dependencies]\nx = { version = \"1\", registry = \"mine\" }\n"
	commit := w.commit(files)
	w.manifests.HasRegistry = func(name string) bool { return name == "mine" }
	w.settle(t, commit, true)
	if r := w.mustVendor(t, commit, true); r.read {
		t.Errorf("not recalled: %+v", r)
	}
	w.manifests.HasRegistry = func(name string) bool { return false }
	if _, err := w.vendor(t, w.dest(), commit, true); err == nil || !strings.Contains(err.Error(), "passed over") {
		t.Errorf("the registry is gone: %v", err)
	}
	w.manifests = locate.Manifests{Nightly: true}
	if r := w.mustVendor(t, commit, true); !r.read {
		t.Errorf("a nightly cargo: %+v", r)
	}
}

// The packages of a group are kept one by one, and what else is in its folder goes.
func TestGit_group(t *testing.T) {
	for _, cached := range []bool{false, true} {
		w := newGitWorld(t)
		commit := w.commit(w.files())
		w.urls = append(w.urls, gitURL+"?branch=other")
		r := w.mustVendor(t, commit, cached)
		group := ""
		for folder := range r.results {
			if strings.HasPrefix(folder, groupPrefix) {
				group = path.Dir(folder)
			}
		}
		w.settle(t, commit, cached)
		before := stateOf(t, filepath.Join(w.dest(), "dep"))
		if err := os.Mkdir(filepath.Join(w.dest(), group, "stale"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := edit(filepath.Join(w.dest(), group, "dep", "src", "lib.rs"), "library", "LIBRARY"); err != nil {
			t.Fatal(err)
		}
		r = w.mustVendor(t, commit, cached)
		if r.results["dep"] != Kept || r.results[group+"/dep"] != Written {
			t.Errorf("stat cache %t: %v", cached, r.results)
		}
		if diff := cmp.Diff(before, stateOf(t, filepath.Join(w.dest(), "dep"))); diff != "" {
			t.Errorf("(-before +after):\n%s", diff)
		}
		w.asNew(t, commit)
		if err := moveAndLink(filepath.Join(w.dest(), group), filepath.Join(w.dir, "group")); err != nil {
			t.Fatal(err)
		}
		if r := w.mustVendor(t, commit, cached); r.results[group+"/dep"] != Written {
			t.Errorf("stat cache %t, a link: %v", cached, r.results)
		}
		w.asNew(t, commit)
	}
}
