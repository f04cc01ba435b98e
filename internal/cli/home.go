package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"

	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/ui"
)

// cargoHome returns the folder of the Cargo home.
func (r *run) cargoHome() (string, error) {
	dir, err := home.Locate(&home.LocateOptions{
		Flag: r.flags.cargoHome,
		Env:  r.sys.lookupEnv,
		GOOS: runtime.GOOS,
		Dir:  r.sys.Dir,
	})
	if errors.Is(err, home.ErrNoHome) {
		return "", ui.WithHint(err, "name it with --cargo-home or CARGO_HOME")
	}
	return dir, err
}

// openHome finds the Cargo home and reads cargo's configuration. The home is to be
// closed.
func (r *run) openHome() (*home.Home, *config.Config, error) {
	dir, err := r.cargoHome()
	if err != nil {
		return nil, nil, err
	}
	cfg, err := r.loadConfig(dir)
	if err != nil {
		return nil, nil, err
	}
	return home.New(dir), cfg, nil
}

// openKnownHome is openHome for commands that take what is not there for nothing to do:
// the home must be one.
func (r *run) openKnownHome() (*home.Home, *config.Config, error) {
	return r.openHomeIf((*home.Home).Check)
}

// openHomeToRead is openHome for commands that name whatever they lack of the home: it may be
// missing, and what is there must be one.
func (r *run) openHomeToRead() (*home.Home, *config.Config, error) {
	return r.openHomeIf(checkUnlessMissing)
}

// openHomeIf is openHome for a home against which a check has nothing.
func (r *run) openHomeIf(check func(*home.Home) error) (*home.Home, *config.Config, error) {
	h, cfg, err := r.openHome()
	if err != nil {
		return nil, nil, err
	}
	if err := check(h); err != nil {
		return nil, nil, errors.Join(err, h.Close())
	}
	return h, cfg, nil
}

// checkUnlessMissing refuses what is there and no Cargo home. Of one that may not be listed
// what is needed can be read all the same.
func checkUnlessMissing(h *home.Home) error {
	err := h.Check()
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil
	}
	return err
}

// noteHome says which home it is that lacks something.
func (r *run) noteHome(h *home.Home) {
	text := "the cargo home is " + h.Dir()
	if errors.Is(h.Check(), fs.ErrNotExist) {
		text += ", which does not exist"
	}
	r.out.Note(text)
}

// openHomeLeniently is openKnownHome for what can do without cargo's configuration: one that
// cannot be read is warned of, and nil. What was typed is not passed over.
func (r *run) openHomeLeniently() (*home.Home, *config.Config, error) {
	dir, err := r.cargoHome()
	if err != nil {
		return nil, nil, err
	}
	h := home.New(dir)
	if err := h.Check(); err != nil {
		return nil, nil, err
	}
	cfg, err := r.loadConfig(dir)
	if err == nil {
		r.warn(cfg)
		return h, cfg, nil
	}
	if _, ok := errors.AsType[*usageError](err); ok {
		return nil, nil, errors.Join(err, h.Close())
	}
	if err := r.configure(config.Term{}); err != nil {
		return nil, nil, err
	}
	r.out.Warning(fmt.Sprintf("passed over: %v", err))
	return h, nil, nil
}

// configure applies the flags, and cargo's [term] table where they leave it open.
func (r *run) configure(t config.Term) error {
	r.configured = true
	f := &r.flags
	s := ui.Settings{Quiet: f.quiet, Verbose: f.verbose, JSON: f.format == "json", NoProgress: t.ProgressWhen == "never", Width: t.ProgressWidth}
	if t.HasReports {
		s.Reports = &t.Reports
	}
	if t.ProgressWhen != "always" && r.sys.environment().NoProgress() {
		s.NoProgress = true
	}
	if !f.quiet && !f.verbose {
		if t.Quiet && t.Verbose {
			return errors.New("cargo configuration: term.quiet and term.verbose exclude each other")
		}
		s.Quiet, s.Verbose = t.Quiet, t.Verbose
	}
	when := f.color
	if when == "" && t.HasColor {
		when = t.Color
	} else if when == "" {
		when = "auto"
	}
	switch s.Color = ui.Color(when); s.Color {
	case ui.ColorAuto, ui.ColorAlways, ui.ColorNever:
		r.out.Configure(s)
		return nil
	}
	return fmt.Errorf("cargo configuration: key term.color is %q, not auto, always or never", when)
}

// colorErrors obeys --color, or the variable of that, where a run ended before it came to its
// configuration. A wrong value is another error.
func (r *run) colorErrors() {
	when := r.flags.color
	if when == "" {
		when, _ = r.sys.lookupEnv("CARGO_TERM_COLOR")
	}
	if !r.configured {
		r.out.Configure(ui.Settings{Color: ui.Color(when)})
	}
}

// loadConfig reads cargo's configuration, and applies what it says about the
// output.
func (r *run) loadConfig(cargoHome string) (*config.Config, error) {
	cfg, err := config.Load(config.Options{
		Cwd:     r.sys.Dir,
		Home:    cargoHome,
		Environ: r.sys.Environ,
		Args:    r.flags.config,
	})
	if _, ok := errors.AsType[*config.ArgumentError](err); ok {
		return nil, usagef("%w", err)
	}
	if err != nil {
		return nil, err
	}
	return cfg, r.configure(cfg.Term())
}

// warn passes on what cargo warns of in its configuration.
func (r *run) warn(cfg *config.Config) {
	for _, w := range cfg.Warnings() {
		r.out.Warning(w)
	}
}
