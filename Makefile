# Needs Python 3.11+ with venv, make and git; everything else is installed into .venv from the hashed lock files.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SEEDS ?= 20
# Where Python may keep nothing of what it compiled, every process compiles all of it anew: two minutes of a run.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: install demo test check types style audit compile bench simulate test-long learn lock clean

$(VENV)/.run: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Compagnon needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; try make PYTHON=python3.12") if sys.version_info < (3, 11) else 0'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Compagnon needs (once, under a minute) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

# Of these Python compiles what is used when it is used: a tenth.
$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements-dev.txt
	@touch $@

install: $(VENV)/.run
	@echo "Installed. In this terminal: . $(BIN)/activate   then: compagnon init"

demo: $(VENV)/.run
	@$(BIN)/compagnon demo $(ARGS)

# Four at once, for many wait for processes more than for a core. The browser tests have a run of their own: the
# browser's event loop stays in its process.
test: check
	$(BIN)/pytest -n 4 --dist worksteal -m "not long and not bench and not browser" $(PYTEST_ARGS)
	$(BIN)/pytest -n 2 -m "browser and not long" tests/browser $(PYTEST_ARGS)

# The types take as long as all the rest: both at once.
check: $(VENV)/.dev
	@$(MAKE) --no-print-directory -j 2 types style audit compile

types:
	$(BIN)/mypy

style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/compagnon content check
	$(BIN)/python -m bot.store.check

# Before four workers do it at once, each for itself.
compile: $(VENV)/.dev
	@told=$$($(BIN)/pytest --collect-only -q 2>&1) || { echo "$$told"; exit 1; }

# Mostly waits for the package index; without a network it says so and fails nothing.
audit: $(VENV)/.dev
	@.ci/audit

bench: $(VENV)/.dev
	$(BIN)/pytest -m bench -s tests/benchmarks

simulate: $(VENV)/.dev
	SEEDS=$(SEEDS) $(BIN)/pytest $(if $(SEED),-s,-n 2) -q -m "not long" tests/simulation/test_stays.py

test-long: $(VENV)/.dev
	$(BIN)/pytest -n 2 -m long

# After a change of phrases or danger lines: makes bot/content/learned.npz anew.
learn: $(VENV)/.dev
	$(BIN)/python -m bot.rules.learning

# After a change of dependencies: needs uv.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-header pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --extra dev pyproject.toml -o requirements-dev.txt

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache
