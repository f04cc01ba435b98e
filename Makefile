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

.PHONY: install dist dist-twice pictures build demo test test-386 test-portable test-windows race fuzz bench bench-go conform conform-short conform-store matrix corpus corpus-large lint clean

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

# Programs of Windows in Wine, if there is one that runs those of Go: which want a
# bcryptprimitives.dll (Wine 9). The packages are those of names, paths and texts: Wine 8
# cannot remove folders as Go does.
WINDOWS = ./crate $(addprefix ./internal/,compat feature filename filter glob hashpair par platform rustpath rustsource signature spelling tomltext visible)
test-windows:
	@if ! command -v wine >/dev/null; then echo "skipped: wine is not installed"; \
	elif ! GOOS=windows $(GO) test -exec wine -run '^TestIsUnsafe$$' ./internal/visible >/dev/null 2>&1; then \
	echo "skipped: $$(wine --version) does not run programs of Go"; \
	else GOOS=windows $(GO) test -short -exec wine $(WINDOWS); fi

race:
	$(GO) test -race -short -timeout 20m ./...

fuzz:
	@for pkg in $$($(GO) list ./...); do \
	for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZ) -fuzzminimizetime 10x $$pkg || exit 1; done; done

# The date of what is made, as far as it has one: the commit's, unless another is asked for.
install dist: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)

# The program, manual pages, completions of four shells, and licences.
install: build
	$(GO) run ./internal/share "$(DESTDIR)$(PREFIX)/share"
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 cargohome "$(DESTDIR)$(PREFIX)/bin/cargohome"

# Archives for all systems, packages, the source with its modules, sums: the same bytes
# each time.
dist:
	cd internal/release && $(GO) run . "$(CURDIR)/$(DIST)" "$(VERSION)"

# What docs show of a terminal, and the schemas of what is printed for scripts.
pictures:
	$(GO) test ./internal/cli -run TestPictures -update
	$(GO) run ./internal/schema docs/schema

# A release made twice, in two folders, of which one has a space in its name; and its
# source installed without a network, anew each time, as go does not see what git packs.
dist-twice:
	cd internal/release && $(GO) test -count=1 ./...
	dir=$$(mktemp -d) && for at in one "the other"; do \
	git clone -q . "$$dir/$$at" && $(MAKE) -C "$$dir/$$at" dist DIST=dist VERSION="$(VERSION)" || exit 1; done && \
	diff -r "$$dir/one/dist" "$$dir/the other/dist" && rm -rf "$$dir"

# What is compiled for this alone, without optimising, which takes a third less time.
ELSEWHERE = $(GO) vet -gcflags='all=-N -l'
lint:
	test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	$(GO) vet ./... && $(GO) vet -tags conform ./... && $(GO) vet -tags portable ./...
	GOARCH=386 $(GO) vet ./... && GOARCH=arm $(ELSEWHERE) ./...
	GOOS=windows $(ELSEWHERE) ./... && GOOS=darwin $(ELSEWHERE) ./...
	$(GO) mod tidy -diff
	$(GO) tool staticcheck ./...
	cd internal/release && $(GO) vet ./...

# What cargos of other versions make against what we make by their rules. They are built
# once, and kept in CARGOS; PROJECTS_DIR is a folder of real projects to compare on as well.
CARGOS   ?= $(CORPUS)/cargos
VERSIONS ?= 1.70 1.78 1.84 1.88 1.89 1.90 1.93 1.95 1.97
matrix:
	mkdir -p "$(CARGOS)"
	umask 022 && $(GO) run ./internal/matrix -cargos "$(CARGOS)" $(if $(PROJECTS_DIR),-projects "$(PROJECTS_DIR)") -write $(VERSIONS)

# Comparisons with the real cargo: the packages that have some.
CONFORM = $(shell grep -rl --include=*_test.go '^//go:build conform' . | xargs -n1 dirname | sort -u)

conform: corpus corpus-large
	CARGOHOME_CORPUS=$(CORPUS) $(GO) test -tags conform -timeout 120m $(CONFORM)

conform-short: corpus
	CARGOHOME_CORPUS=$(CORPUS) $(GO) test -tags conform -short -timeout 60m $(CONFORM)

# Mirrors in a store of objects, on a real S3 server, which is installed on the way;
# with STORE=-short in two minutes rather than ten.
conform-store:
	$(GO) test -tags conform $(STORE) -timeout 60m -run 'S3' ./internal/blob ./internal/mirror ./internal/cli

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
