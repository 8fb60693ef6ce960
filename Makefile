# Two commands set everything up: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo next test browser check format bench bench-scale soak torture other-tools clean

# Installs once, and again when the dependencies change.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "adops needs Python 3.11 or newer; try: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	$(BIN)/python -m compileall -q adops_cli  # so that the first start is as fast as later ones
	touch $@

demo: $(VENV)/.installed  ## Create a throw-away database with sample data, and show the top performers by ROAS
	rm -rf .demo
	$(BIN)/adops --database .demo/ad-ops.db db migrate
	$(BIN)/adops --database .demo/ad-ops.db db seed
	$(BIN)/adops --database .demo/ad-ops.db metrics top --by roas
	@$(MAKE) --no-print-directory next

define NEXT

The sample data is in .demo/ad-ops.db. Next, a daily export of your own:
  $(BIN)/adops db migrate                     make ./database/data/ad-ops.db
  $(BIN)/adops metrics import FILE --dry-run  see what would be stored
  $(BIN)/adops metrics import FILE            store it; BATCH is its name
  $(BIN)/adops metrics top --by roas          rank its campaigns
  $(BIN)/adops imports undo BATCH             take it back
README.md goes on from there.
endef
export NEXT

next:  ## What to do after the demo, with a file of one's own
	@echo "$$NEXT"

test: $(VENV)/.installed  ## Run the tests
	$(BIN)/python -m pytest --quiet --numprocesses auto --dist worksteal

browser: $(VENV)/.installed  ## Install Chromium (on Debian, as root) and run the tests of pages in it
	command -v chromium >/dev/null || { apt-get update && apt-get install --yes --no-install-recommends chromium poppler-utils; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[browser]'
	$(BIN)/python -m pytest --quiet tests/browser

check: $(VENV)/.installed  ## Run all checks that a commit must pass
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --quiet --numprocesses auto --dist worksteal --cov --cov-report=term:skip-covered --cov-fail-under=95
	$(BIN)/cog --check README.md docs/commands.md docs/developing.md

format: $(VENV)/.installed  ## Format the code and update the lists of commands
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/cog -r README.md docs/commands.md docs/developing.md

bench: $(VENV)/.installed  ## Measure speeds, as figures and ratios
	$(BIN)/python benchmarks/bench.py

bench-scale: $(VENV)/.installed  ## Measure ten million daily rows beside DuckDB; ADOPS_BENCH_FOLDER=DIR keeps what it builds
	$(BIN)/python benchmarks/bench_scale.py

soak: $(VENV)/.installed  ## Run the tests that take minutes: a clean-up of a million events, large files, 2,000 damaged or random ones
	$(BIN)/python benchmarks/soak.py
	$(BIN)/python benchmarks/reading.py
	ADOPS_FUZZ=2000 $(BIN)/python -m pytest --quiet tests/importers/metrics/test_damaged_imports.py \
		tests/importers/metrics/test_known_truth.py
	ADOPS_FUZZ=200 $(BIN)/python -m pytest --quiet tests/storage/test_rollups.py

torture: $(VENV)/.installed  ## Attack adops for a quarter of an hour with kills, errors and damage; ADOPS_TORTURE=SECONDS
	$(BIN)/python benchmarks/torture.py

other-tools: $(VENV)/.installed  ## Run docs/other-tools.md with DuckDB, polars, pandas and connectorx, which it installs
	$(BIN)/python -m tests.other_tools

clean:  ## Remove everything that can be made again
	rm -rf $(VENV) .demo build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
