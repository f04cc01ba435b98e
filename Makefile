# Everything but conform, bench and corpus needs Go alone.

GO      ?= go
FUZZ    ?= 10s
# Real projects to compare on; fetched by cargo, kept between runs.
CORPUS  ?= $(or $(CARGOHOME_CORPUS),$(firstword $(wildcard /dev/shm) /tmp)/cargohome-corpus)
PROJECTS = ripgrep@15.2.0 fd-find@10.5.0 bat@0.26.1 starship@1.27.0 cargo@0.98.0
LARGE    = nu@0.115.1 zellij@0.45.1 cargo-nextest@0.9.151 gitui@0.28.1 deno@2.9.8 atuin@18.24.4

# Where things are installed, and where releases are made, of which version.
PREFIX  ?= /usr/local
DIST    ?= dist
VERSION ?= $(shell git describe --tags --always 2>/dev/null || echo 0)

.PHONY: install dist build demo test test-386 test-portable race fuzz bench bench-go conform conform-short corpus corpus-large lint clean

build:
	CGO_ENABLED=0 $(GO) build -trimpath -o cargohome .

# A sample Cargo home and project, made on the spot and vendored; built as well
# where cargo is installed.
demo: build
	rm -rf demo
	$(GO) run ./internal/cargotest/demo demo
	./cargohome -C demo/project --cargo-home ../home vendor ./vendor --write-config
	cd demo/project && find vendor -type f | sort && cat .cargo/config.toml
	@if command -v cargo >/dev/null; then cd demo/project && set -x && CARGO_HOME="$(CURDIR)/demo/empty" cargo run --offline --frozen; \
	else echo "cargo is not installed: the demo is not built"; fi

test:
	$(GO) test ./...

# The same built for 32 bits, where the system runs such programs.
test-386:
	GOARCH=386 $(GO) test -short ./...

# The files for systems that are neither Linux nor Unix, tried on this one.
test-portable:
	$(GO) test -short -tags portable ./...

race:
	$(GO) test -race -short -timeout 20m ./...

fuzz:
	@for pkg in $$($(GO) list ./...); do \
	for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZ) -fuzzminimizetime 10x $$pkg || exit 1; done; done

# The program, manual pages, completions of four shells, and licences.
install: build
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 cargohome "$(DESTDIR)$(PREFIX)/bin/cargohome"
	cd internal/release && $(GO) run . files "$(abspath $(DESTDIR)$(PREFIX))/share"

# Archives for all systems, packages, the source with its modules, sums: the same bytes
# each time.
dist:
	cd internal/release && $(GO) run . dist "$(CURDIR)/$(DIST)" "$(VERSION)"

lint:
	test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	$(GO) vet ./... && $(GO) vet -tags conform ./... && $(GO) vet -tags portable ./...
	GOARCH=386 $(GO) vet ./... && GOARCH=arm $(GO) vet ./...
	GOOS=windows $(GO) vet ./... && GOOS=darwin $(GO) vet ./...
	$(GO) mod tidy -diff
	$(GO) tool staticcheck ./...
	cd internal/release && $(GO) vet ./... && $(GO) test ./...

# Comparisons with the real cargo: the packages that have some.
CONFORM = $(shell grep -rl --include=*_test.go '^//go:build conform' . | xargs -n1 dirname | sort -u)

conform: corpus corpus-large
	CARGOHOME_CORPUS=$(CORPUS) $(GO) test -tags conform -timeout 120m $(CONFORM)

conform-short: corpus
	CARGOHOME_CORPUS=$(CORPUS) $(GO) test -tags conform -short -timeout 60m $(CONFORM)

corpus:
	$(GO) run ./internal/corpus $(CORPUS) $(PROJECTS)

corpus-large:
	$(GO) run ./internal/corpus $(CORPUS) $(LARGE)

# Whole runs next to cargo's; BENCH="-cases nu -disk /var/tmp -json bench.json" and
# the like, see `go run ./internal/bench -help`.
bench: build
	$(GO) run ./internal/bench -cargohome ./cargohome -corpus $(CORPUS) -git "$(CARGOHOME_GIT)" $(BENCH)

# Parts of it; TMPDIR is where is written to.
bench-go:
	$(GO) test -run '^$$' -bench . -benchmem ./...

clean:
	rm -rf cargohome demo
