package main

import (
	"cmp"
	"crypto/sha256"
	"debug/buildinfo"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// target is a system that there are binaries for.
type target struct {
	os, arch, arm string
	name          string // of the architecture, as files are named
	deb, rpm      string // what the packagers call the architecture, "" for no package
}

var targets = []target{
	{"linux", "amd64", "", "amd64", "amd64", "x86_64"},
	{"linux", "arm64", "", "arm64", "arm64", "aarch64"},
	{"linux", "386", "", "386", "i386", "i686"},
	{"linux", "arm", "7", "armv7", "armhf", "armv7hl"},
	{"darwin", "amd64", "", "amd64", "", ""},
	{"darwin", "arm64", "", "arm64", "", ""},
	{"windows", "amd64", "", "amd64", "", ""},
	{"windows", "arm64", "", "arm64", "", ""},
}

func (t target) binary() string {
	if t.os == "windows" {
		return "cargohome.exe"
	}
	return "cargohome"
}

// release is what one run of dist makes.
type release struct {
	dir     string // where to
	work    string // for what is packed
	version string // without the v
	when    time.Time
	share   []file            // what internal/share writes, and the texts for people
	modules map[string]string // in any of the binaries, with their versions
}

func dist(dir, version string, when time.Time) (err error) {
	r := &release{version: strings.TrimPrefix(version, "v"), when: when, modules: map[string]string{}}
	if r.dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	if r.work, err = os.MkdirTemp("", "cargohome-release-"); err != nil {
		return err
	}
	defer os.RemoveAll(r.work)
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return err
	}
	for _, step := range []func() error{r.texts, r.binaries, r.source, r.components, r.sums} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// texts gathers what lies beside the binary.
func (r *release) texts() (err error) {
	share := filepath.Join(r.work, "share")
	if err := execute(nil, "go", "-C", sourceDir(), "run", "./internal/share", share); err != nil {
		return err
	}
	if r.share, err = filesIn(share, "share"); err != nil {
		return err
	}
	for _, name := range []string{"README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"} {
		text, err := os.ReadFile(filepath.Join(sourceDir(), name))
		if err != nil {
			return err
		}
		r.share = append(r.share, file{path: name, data: text, mode: 0o644})
	}
	return nil
}

// binaries builds for each system, and packs what was built.
func (r *release) binaries() error {
	for _, t := range targets {
		binary, err := r.build(t)
		if err != nil {
			return err
		}
		stem := fmt.Sprintf("cargohome-%s-%s-%s", r.version, t.os, t.name)
		files := append([]file{{path: t.binary(), data: binary, mode: 0o755}}, r.share...)
		if err := r.archive(stem, t.os == "windows", files); err != nil {
			return err
		}
		if t.deb != "" {
			if err := r.packages(t, binary); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *release) build(t target) ([]byte, error) {
	at := filepath.Join(r.work, "binary")
	environment := []string{"CGO_ENABLED=0", "GOOS=" + t.os, "GOARCH=" + t.arch, "GOARM=" + t.arm, "GOAMD64=", "GOFLAGS="}
	err := execute(environment, "go", "-C", sourceDir(), "build", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w -buildid= -X cargohome/internal/cli.release=v"+r.version, "-o", at, ".")
	if err != nil {
		return nil, err
	}
	info, err := buildinfo.ReadFile(at)
	if err != nil {
		return nil, err
	}
	for _, m := range info.Deps {
		r.modules[m.Path] = m.Version
	}
	return os.ReadFile(at)
}

// source packs what is committed, with all modules, so that it builds without a network.
func (r *release) source() error {
	tree, modules := filepath.Join(r.work, "source"), filepath.Join(r.work, "vendor")
	if err := os.Mkdir(tree, 0o755); err != nil {
		return err
	}
	if err := execute(nil, "sh", "-c", `git -C "$1" archive HEAD | tar -x -C "$2"`, "sh", sourceDir(), tree); err != nil {
		return err
	}
	if err := execute(nil, "go", "-C", tree, "mod", "vendor", "-o", modules); err != nil {
		return err
	}
	files, err := filesIn(tree, "")
	if err != nil {
		return err
	}
	more, err := filesIn(modules, "vendor")
	if err != nil {
		return err
	}
	return r.archive("cargohome-"+r.version+"-source", false, append(files, more...))
}

// sums writes the checksums of all that was made.
func (r *release) sums() error {
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		return err
	}
	var lines []string
	for _, e := range entries {
		if e.Name() == sumsName {
			continue
		}
		data, err := os.ReadFile(filepath.Join(r.dir, e.Name()))
		if err != nil {
			return err
		}
		lines = append(lines, fmt.Sprintf("%x  %s\n", sha256.Sum256(data), e.Name()))
	}
	slices.SortFunc(lines, func(a, b string) int { return cmp.Compare(a[64:], b[64:]) })
	return writeFile(filepath.Join(r.dir, sumsName), []byte(strings.Join(lines, "")))
}

const sumsName = "SHA256SUMS"
