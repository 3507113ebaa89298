# Three commands matter: make demo, make play, make test. They need Python 3.11+ and the package index, nothing else.

SESSIONS := unit simulator sanity lint docs importer integration checks molecule awx
NOX := .venv/bin/nox
JOBS ?= 3

.DEFAULT_GOAL := help
.PHONY: help demo play test $(SESSIONS) build changelog release release-files benchmark clean

help:
	@echo 'make demo         the samples on a local simulator: plan, apply, again, a query (KEEP=1 leaves the simulator)'
	@echo "make play         a shell with the samples and a simulator that ends with it (one command: ARGS='...')"
	@echo 'make test         everything that CI runs (JOBS=$(JOBS) sessions at a time; logs in .build/logs)'
	@echo
	@echo 'make unit         unit tests with coverage, on the oldest and the newest ansible-core'
	@echo 'make checks       the promises of the collection, proven by playbook runs, on both'
	@echo 'make integration  ansible-test integration against the simulator, on both'
	@echo 'make sanity       ansible-test sanity, on both'
	@echo 'make simulator    the tests of the simulator itself'
	@echo "make molecule     the playbooks as molecule scenarios (one: ARGS='-s default')"
	@echo 'make awx          the playbooks as AWX runs them, under ansible-runner, on both'
	@echo 'make lint         ansible-lint, yamllint, documentation, changelog, ruff'
	@echo 'make docs         the documentation site, in .build/docs/html'
	@echo 'make importer     what Galaxy checks at an upload'
	@echo 'make benchmark    what loops, hosts and environments cost, as ratios (see benchmarks/README.md)'
	@echo 'make build        the tarball that can be installed, in .build/dist'
	@echo 'make changelog    write CHANGELOG.rst from the fragments, for the version in galaxy.yml'
	@echo "make release      a commit and a tag for VERSION=x.y.z, after the cheap checks; it pushes nothing"
	@echo 'make release-files  tarball, checksums, bill of materials and notes of a release, in .build/dist'
	@echo 'make clean        remove all that these commands made'
	@echo
	@echo "One core only, or with arguments:  make unit CORE=2.16 ARGS='-k client -x'"

demo: $(NOX)
	@$(NOX) --no-verbose -s demo </dev/null

play: $(NOX)
	@$(NOX) --no-verbose -s play -- $(ARGS)

test: $(NOX)
	@.venv/bin/python .ci/sessions.py $(JOBS) </dev/null

$(SESSIONS): $(NOX)
	@$(NOX) $(if $(CORE),-s $@-$(CORE),-t $@) -- $(ARGS)

build changelog release-files benchmark: $(NOX)
	@$(NOX) -s $@ -- $(ARGS)

release: $(NOX)
	@$(NOX) --no-verbose -s $@ -- $(VERSION)

clean:
	rm -rf .build .nox .venv

# Finished means that nox is there: an interrupted attempt starts over.
$(NOX): Makefile
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$python -c 'import sys, ssl, sqlite3, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; \
		python=; \
	done; \
	if [ -z "$$python" ]; then \
		echo 'This needs Python 3.11 or newer, with its venv module (on Debian and Ubuntu: apt install python3-venv).' >&2; \
		exit 1; \
	fi; \
	echo "Preparing .venv with $$($$python --version) ..."; \
	rm -rf .venv && $$python -m venv .venv && \
	.venv/bin/python -m pip install --quiet --disable-pip-version-check 'nox~=2026.10' 'uv~=0.13.9' 2>.venv/pip.log || { cat .venv/pip.log >&2; exit 1; }
	@touch $@
