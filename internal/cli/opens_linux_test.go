package cli_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/cli"
)

// However bad an archive is, whoever asks for it, and whatever else is lacking: a run
// opens it once.
func TestArchives_are_opened_once(t *testing.T) {
	const vendor, reextract = "vendor --lockfile-path Cargo.lock", "reextract"
	for name, c := range map[string]struct {
		args  string
		spoil func(r *cargotest.Registry) error
		says  string
	}{
		"sound":               {vendor, keep, "Vendored 2 packages"},
		"truncated":           {vendor, truncate, "truncated archive"},
		"corrupt":             {vendor, lengthen, "corrupt archive"},
		"sound_lacking":       {vendor, loseAnother, "1 package cannot be vendored"},
		"truncated_lacking":   {vendor, both(truncate, loseAnother), "truncated archive"},
		"corrupt_lacking":     {vendor, both(lengthen, loseAnother), "corrupt archive"},
		"disagreeing":         {vendor, changeIndex, "the lockfile and the archive agree"},
		"corrupt_disagreeing": {vendor, both(lengthen, changeIndex), "and the archive has"},

		"unpacked":            {reextract, keep, "Unpacked 2"},
		"truncated_unpacked":  {reextract, truncate, "the archive has checksum"},
		"unvouched":           {reextract, loseIndex, "Unpacked 2"},
		"unvouched_truncated": {reextract, both(truncate, loseIndex), "malformed archive"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newHostileWorld(t, cargotest.Crate{Name: "evil", Version: "1.0.0"}.Archive())
			home := filepath.Join(w.root, "home")
			r := cargotest.NewHome(t, home).Registry(cargotest.CratesIO)
			if err := c.spoil(r); err != nil {
				t.Fatal(err)
			}
			opens := cargotest.Opens(t, r.ArchivePath("evil-1.0.0"))
			var stdout, stderr bytes.Buffer
			cli.Main(t.Context(), &cli.System{
				Args: strings.Fields("cargohome " + c.args), Environ: []string{"CARGO_HOME=" + home}, Dir: w.root,
				Stdout: &stdout, Stderr: &stderr,
			})
			if n := opens(); n != 1 || !strings.Contains(stderr.String(), c.says) {
				t.Errorf("it was opened %d times:\n%s", n, stderr.String())
			}
		})
	}
}

func keep(*cargotest.Registry) error { return nil }

func truncate(r *cargotest.Registry) error { return os.Truncate(r.ArchivePath("evil-1.0.0"), 99) }

func lengthen(r *cargotest.Registry) error {
	f, err := os.OpenFile(r.ArchivePath("evil-1.0.0"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("x")
	return errors.Join(err, f.Close())
}

func loseAnother(r *cargotest.Registry) error { return os.Remove(r.ArchivePath("good-1.0.0")) }

func loseIndex(r *cargotest.Registry) error { return os.RemoveAll(r.IndexDir()) }

func changeIndex(r *cargotest.Registry) error {
	r.AddLine("evil", cargotest.Crate{Name: "evil", Version: "1.0.0"}.IndexLine(strings.Repeat("0", 64)))
	return nil
}

func both(a, b func(*cargotest.Registry) error) func(*cargotest.Registry) error {
	return func(r *cargotest.Registry) error { return errors.Join(a(r), b(r)) }
}
