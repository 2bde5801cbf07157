# Newsreel's verbs. `make run` and `make test` do all the set-up by themselves; `make help` lists the rest.
SHELL = /bin/sh
BIN = .venv/bin
JOBS ?= 4
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$name" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$name" && break; done)
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links
# Changes when a dependency, the package's own metadata or the way of installing does.
STAMP = .venv/.installed

# Where it is set, each of the hundreds of processes of a test run compiles the whole package anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL = help
.PHONY: help install run demo test endure check format lock docs screenshots bench bench-extraction bench-crawl clean

help: ## Say what there is.
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /	/' | awk -F '\t' '{ printf "  make %-16s %s\n", $$1, $$2 }'

install: $(STAMP) ## Make the virtual environment in .venv, with the locked dependencies. Nothing outside .venv is touched.

# The lock names everything, so pip resolves nothing (--no-deps): pip 23.2 ends with an AssertionError over lxml's extra, which
# readability-lxml spells html-clean and justext html_clean.
$(STAMP): requirements/dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Newsreel needs Python 3.11 or newer with its venv module, and finds none: install it (on Debian: python3 and python3-venv), or name one: make install PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11, which Newsreel needs." >&2; exit 1; }
	@rm -f $(STAMP)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear .venv
	@echo "Installing the locked dependencies into .venv (the first time this takes some minutes) …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

run: install ## Start Newsreel: database, crawler, workers and portal, on http://localhost:8000.
	@exec $(BIN)/newsreel run

demo: install ## The same over the sample press: invented news, no network, a data folder of its own.
	@exec $(BIN)/newsreel demo

test: install ## Run the tests. Browser tests run where a Chromium is found. TESTS=tests/core runs some only, JOBS=1 one by one.
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(TESTS)

endure: install ## Kill, fill up and move the clock of real processes at seeded moments (about an hour).
	@$(BIN)/python -m pytest -m endure -s tests

check: install ## What CI runs: lint, format, types, the direction of imports, then the tests.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

format: install ## Put the code into its form, and mend what the linter can.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: install ## Write requirements/*.lock anew after a change of pyproject.toml (UPGRADE=--upgrade takes newer releases).
	$(LOCK) $(UPGRADE) pyproject.toml -o requirements/runtime.lock
	$(LOCK) $(UPGRADE) --extra dev pyproject.toml -o requirements/dev.lock

docs: install ## Write docs/settings.md from the table of settings.
	$(BIN)/python -m newsreel.core.settings_page docs/settings.md

screenshots: install ## Take the pictures in docs/screenshots anew, of the sample press, with a Chromium.
	$(BIN)/python tools/screenshots.py

bench: install ## Measure speed and quality on the recorded pages beside the project (../shared), and write docs/benchmarks.md.
	@for name in line archive keeping claiming extraction planted quality logins rhythm health; do echo "== benchmarks/$$name.py" >&2; $(BIN)/python -m "benchmarks.$$name" || exit 1; done

bench-extraction: install ## Measure extraction alone, beside trafilatura, readability-lxml and resiliparse: quality, speed, memory.
	@$(BIN)/python -m benchmarks.extraction && $(BIN)/python -m benchmarks.planted

bench-crawl: install ## Measure polling on a generated world of 10,000 feeds on 2,000 hosts, beside a plain loop, and with hosts that fail.
	@$(BIN)/python -m benchmarks.crawl

clean: ## Remove what was made here: caches and the virtual environment. Data folders stay.
	rm -rf .venv build src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests benchmarks tools -name __pycache__ -type d -prune -exec rm -rf {} +
