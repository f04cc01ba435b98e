package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"cargohome/internal/config"
	"cargohome/internal/fsx"
	"cargohome/internal/project"
	"cargohome/internal/staging"
	"cargohome/internal/tarball"
	"cargohome/internal/ui"
	"cargohome/vendoring"
)

// tarFlags ask for one file in place of a folder.
type tarFlags struct {
	format   string // as typed, "" or "dir" for a folder
	output   string // as typed; "-" is stdout
	prefix   string
	level    levelFlag
	asFolder bool // whether DIR was given
}

// formats are what --format of vendor may be, beside text and json.
var tarFormats = []string{"dir", "tar", "tar.gz", "tar.zst", "tar.zstd"}

func (o *vendorOptions) registerTar(r *run, cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.VarP(&formatValue{&r.flags.format, &o.tar.format}, "format", "", "make a `FORMAT`: dir, tar, tar.gz or tar.zst; or print the result as text or json. It may be given for each")
	flags.StringVarP(&o.tar.output, "output", "o", "", "write a tar to `FILE`, - for stdout (default: vendor.tar and the like)")
	flags.StringVar(&o.tar.prefix, "prefix", "", "put the packages into `DIR` within the tar")
	flags.Var(&o.tar.level, "compression-level", "compress the tar by level `N`: 1 to 9 for gzip (default 6), 1 to 22 for zstd (default 2)")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(append([]string{"text", "json"}, tarFormats...), cobra.ShellCompDirectiveNoFileComp))
}

// formatValue is --format of vendor, by which one says what is made, in the words of
// cargo-vendor-filterer, and how the result is printed, as for all commands.
type formatValue struct{ printed, made *string }

func (v *formatValue) String() string { return "" }
func (v *formatValue) Type() string   { return "format" }

// Set implements pflag.Value.
func (v *formatValue) Set(text string) error {
	switch text {
	case "text", "json":
		*v.printed = text
		return nil
	case "dir":
		*v.made = text
		return nil
	}
	*v.made = text
	if _, err := tarball.ParseFormat(text); err != nil {
		return errors.New("it may be text or json, and dir, tar, tar.gz or tar.zst")
	}
	return nil
}

// tarJob is what a tar is to be like.
type tarJob struct {
	path    string // "" for stdout
	options tarball.Options
	content vendoring.TarOptions
}

// newTarJob reads the flags; nil if they ask for a folder.
func (r *run) newTarJob(o *vendorOptions) (*tarJob, error) {
	t := &o.tar
	if !t.wanted() {
		if t.prefix != "" || t.level != 0 {
			return nil, usagef("--prefix and --compression-level are for a tar: say --format tar.gz or the like")
		}
		if _, isTar := tarball.FormatOf(o.destination); isTar && t.format == "" {
			return nil, usagef("%s would be a folder: for a tar say -o %[1]s, and for the folder --format dir", o.destination)
		}
		return nil, nil
	}
	if err := errors.Join(o.forFolder(), t.place(o)); err != nil {
		return nil, err
	}
	format, err := t.formatOf()
	if err != nil {
		return nil, err
	}
	job := &tarJob{options: tarball.Options{Format: format, Level: int(t.level), Jobs: r.flags.jobs}}
	if err := job.options.Check(); err != nil {
		return nil, usagef("%w", err)
	}
	if job.content.Prefix, err = cleanPrefix(t.prefix, o.writeConfig); err != nil {
		return nil, err
	}
	if job.content.Epoch, err = r.sourceDate(); err != nil {
		return nil, err
	}
	job.path, err = r.tarPlace(t.output)
	return job, err
}

// forFolder refuses flags that mean nothing where there is to be a tar.
func (o *vendorOptions) forFolder() error {
	for _, f := range []struct {
		given bool
		name  string
	}{{o.noDelete, "no-delete"}, {o.force, "force"}, {o.noStatCache, "no-stat-cache"}, {o.compatible, "keep-compatible"}} {
		if f.given {
			return usagef("--%s is for a folder, and there is to be a tar: leave it out", f.name)
		}
	}
	return nil
}

// wanted reports whether there is to be a tar.
func (t *tarFlags) wanted() bool { return t.output != "" || t.format != "" && t.format != "dir" }

// place makes the output path of DIR, if that was given, as cargo-vendor-filterer does.
func (t *tarFlags) place(o *vendorOptions) error {
	switch {
	case t.output != "" && t.asFolder:
		return usagef("--output %s and %s are two places: give one", t.output, o.destination)
	case t.asFolder:
		t.output = o.destination
	case t.output == "":
		t.output = "vendor." + t.format
	}
	o.destination = t.output
	return nil
}

// formatOf returns the format that was asked for, or that the file's name ends in.
func (t *tarFlags) formatOf() (tarball.Format, error) {
	if t.format == "dir" {
		return "", usagef("--output is for a tar, and --format dir makes none: leave one out")
	}
	return formatOf(t.format, t.output)
}

// formatOf returns the format of that name, or if it is "" the one that the output's name
// ends in, which may not be another.
func formatOf(name, output string) (tarball.Format, error) {
	f, ok := tarball.FormatOf(output)
	switch {
	case name != "":
		asked, err := tarball.ParseFormat(name)
		if err == nil && ok && asked != f {
			err = usagef("--format %s and --output %s contradict each other: leave one out", name, output)
		}
		return asked, err
	case !ok:
		return "", usagef("no format can be told from --output %s: add --format tar, tar.gz or tar.zst", output)
	}
	return f, nil
}

// defaultPrefix is where the configuration in a tar looks for packages.
const defaultPrefix = "vendor"

func cleanPrefix(text string, configured bool) (string, error) {
	clean := path.Clean(filepath.ToSlash(text))
	switch {
	case text == "" && configured:
		return defaultPrefix, nil
	case clean == ".":
		return "", nil
	case !fs.ValidPath(clean):
		return "", usagef("--prefix %s leads out of the tar: give a path below its root", text)
	}
	return clean, nil
}

// sourceDate reads SOURCE_DATE_EPOCH (reproducible-builds.org); the zero time if it is
// not set.
func (r *run) sourceDate() (time.Time, error) {
	text, _ := r.sys.lookupEnv("SOURCE_DATE_EPOCH")
	if text == "" {
		return time.Time{}, nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds < 0 || seconds > maxEpoch {
		return time.Time{}, usagef("SOURCE_DATE_EPOCH is %q; it has to be seconds since 1970", text)
	}
	return time.Unix(seconds, 0), nil
}

// maxEpoch is the end of the year 9999.
const maxEpoch = 253402300799

// tarPlace returns the path that a tar is written to, "" for stdout, and refuses what no
// tar can be written to.
func (r *run) tarPlace(output string) (string, error) {
	if output == "-" {
		if r.flags.format == "json" {
			return "", usagef("the tar and --format json cannot both go to stdout: give --output a file")
		}
		if f, is := r.sys.Stdout.(*os.File); is && fsx.WasClosed(f) {
			return "", errors.New("stdout leads nowhere: let it lead to a file or another program")
		}
		return "", r.out.NotTerminal()
	}
	path := r.path(output)
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return "", usagef("%s is there and is not a file: give --output another name", output)
	}
	return path, nil
}

// checkOutput refuses to write over what the run reads: lockfiles, the manifests beside them,
// and other files.
func checkOutput(path string, p *project.Project, files ...string) error {
	for _, lock := range p.Locks {
		files = append(files, lock.Path, filepath.Join(filepath.Dir(lock.Path), "Cargo.toml"))
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil // and so is none of them
	}
	for _, file := range files {
		if other, err := os.Stat(file); err == nil && os.SameFile(info, other) {
			return usagef("%s is read by this run: give --output another name", file)
		}
	}
	return nil
}

// vendorTar writes a tar in place of a vendor folder.
func (r *run) vendorTar(ctx context.Context, job *vendorJob, tar *tarJob, began time.Time) error {
	steps, err := r.vendorSteps(ctx, job)
	if err != nil {
		return err
	}
	if err := checkOutput(tar.path, job.project); err != nil {
		return err
	}
	job.plan = &vendoring.Plan{Dest: tar.path, Steps: steps}
	folders := job.folders(cmp.Or(tar.content.Prefix, defaultPrefix))
	text := config.Print(folders...)
	if job.opts.writeConfig {
		tar.content.Config = text
	}
	var results []vendoring.Result
	var size int64
	if !job.opts.dryRun {
		r.beginWriting(target{tar.path, nil})
		tar.content.Observe = r.out.VendorProgress(job.plan, job.opts.destination)
		results, size, err = r.writeTar(ctx, job.plan.Steps, tar)
		r.out.StopProgress()
		if err != nil {
			return err
		}
		r.out.Achieved("the tar is written")
	}
	result := ui.NewVendored(job.plan, results)
	result.Destination, result.DryRun, result.Configured = job.opts.destination, job.opts.dryRun, job.opts.writeConfig
	result.Config, result.FileSize = ui.TOML(text), size
	result.OnStderr = tar.path == "" && !job.opts.dryRun
	return r.printVendored(ctx, job, result, results, began)
}

// writeTar writes the file, or to stdout, and returns how many bytes.
func (r *run) writeTar(ctx context.Context, steps []vendoring.Step, tar *tarJob) (results []vendoring.Result, size int64, err error) {
	if tar.content.TempDir = os.TempDir(); tar.path != "" {
		tar.content.TempDir = filepath.Dir(tar.path)
	}
	tar.content.Jobs = tar.options.Jobs
	size, err = r.writeOutput(ctx, tar.path, func(w io.Writer) error {
		out, err := tarball.NewWriter(w, tar.options)
		if err != nil {
			return err
		}
		results, err = vendoring.WriteTar(ctx, out, steps, tar.content)
		if closed := out.Close(); err == nil {
			err = closed
		}
		return err
	})
	return results, size, err
}

// writeOutput has a file written that gets its name when it is whole, or with "" for path
// has it written to stdout, and returns how many bytes it has.
func (r *run) writeOutput(ctx context.Context, path string, write func(io.Writer) error) (int64, error) {
	if path == "" {
		out := &countingWriter{w: r.out.Bytes()}
		err := write(out)
		return out.n, err
	}
	file, err := staging.Begin(ctx, path)
	if err != nil {
		return 0, err
	}
	if err = write(file); err == nil {
		err = file.Sync()
	}
	if err != nil {
		return 0, errors.Join(err, file.Discard())
	}
	return file.Size(), file.Commit()
}

type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
