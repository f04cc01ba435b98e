package script

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"

	"cargohome/internal/cargotest"
)

// The commands below stand in for programs of the system, which a machine that has Go
// need not have: scripts run with a PATH without them.
func init() {
	Commands["ls"] = positive(cmdLs)
	Commands["files"] = positive(cmdFiles)
	Commands["touch"] = positive(cmdTouch)
	Commands["edit"] = positive(cmdEdit)
	Commands["copy"] = positive(cmdCopy)
	Commands["hardlink"] = positive(cmdHardlink)
	Commands["status"] = positive(cmdStatus)
	Commands["untar"] = positive(cmdUntar)
}

// cmdLs prints the names in folders, also those that begin with a dot, sorted and one a
// line, to compare them with `cmp stdout FILE`.
//
//	ls [DIR...]
func cmdLs(ts *testscript.TestScript, args []string) {
	ts.Stdout() // of an empty folder it is empty
	if len(args) == 0 {
		args = []string{"."}
	}
	for _, dir := range args {
		entries, err := os.ReadDir(ts.MkAbs(dir))
		ts.Check(err)
		for _, e := range entries {
			printLine(ts, e.Name())
		}
	}
}

// cmdFiles prints the paths of what is below a folder and no folder itself, sorted.
//
//	files DIR
func cmdFiles(ts *testscript.TestScript, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: files DIR")
	}
	ts.Stdout()
	root := os.DirFS(ts.MkAbs(args[0]))
	ts.Check(fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			printLine(ts, path)
		}
		return err
	}))
}

func printLine(ts *testscript.TestScript, text string) {
	_, err := fmt.Fprintln(ts.Stdout(), text)
	ts.Check(err)
}

// cmdTouch makes empty files. Their names may be what a script cannot write: they are
// read as if in Go's double quotes.
//
//	touch FILE...
func cmdTouch(ts *testscript.TestScript, args []string) {
	for _, arg := range args {
		name, err := strconv.Unquote(`"` + arg + `"`)
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(name), nil, 0o666))
	}
}

// cmdEdit replaces what a regular expression matches in a file, which must be there; ^
// and $ match at each line, and $1 in TEXT is a group, as [regexp.Regexp.ReplaceAll] has
// it.
//
//	edit FILE REGEXP TEXT
func cmdEdit(ts *testscript.TestScript, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: edit FILE REGEXP TEXT")
	}
	re, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	text := ts.ReadFile(args[0])
	if !re.MatchString(text) {
		ts.Fatalf("%s has nothing that matches %s", args[0], re)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(re.ReplaceAllString(text, args[2])), 0o666))
}

// cmdCopy makes NEW like the folder OLD, see [cargotest.CopyTree].
//
//	copy OLD NEW
func cmdCopy(ts *testscript.TestScript, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: copy OLD NEW")
	}
	ts.Check(cargotest.CopyTree(ts.MkAbs(args[0]), ts.MkAbs(args[1])))
}

// cmdHardlink gives a file a second name.
//
//	hardlink NEW -> FILE
func cmdHardlink(ts *testscript.TestScript, args []string) {
	if len(args) != 3 || args[1] != "->" {
		ts.Fatalf("usage: hardlink NEW -> FILE")
	}
	ts.Check(os.Link(ts.MkAbs(args[2]), ts.MkAbs(args[0])))
}

// cmdStatus runs a program as exec does; its exit status must be N.
//
//	status N PROGRAM [ARG...]
func cmdStatus(ts *testscript.TestScript, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: status N PROGRAM [ARG...]")
	}
	got, err := 0, ts.Exec(args[1], args[2:]...)
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != number(ts, args[0]) {
		ts.Fatalf("the exit status is %d", got)
	}
}

// cmdUntar unpacks a plain tar into a folder, as tar does.
//
//	untar FILE DIR
func cmdUntar(ts *testscript.TestScript, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: untar FILE DIR")
	}
	file, err := os.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	defer file.Close()
	for r := tar.NewReader(file); ; {
		h, err := r.Next()
		if err == io.EOF {
			return
		}
		ts.Check(err)
		ts.Check(untarEntry(filepath.Join(ts.MkAbs(args[1]), filepath.FromSlash(h.Name)), h, r))
	}
}

func untarEntry(path string, h *tar.Header, content io.Reader) error {
	if h.Typeflag == tar.TypeDir {
		return os.MkdirAll(path, 0o777)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	data, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, h.FileInfo().Mode().Perm())
}
