# Two commands: `make demo` shows a sample inbox on screen, `make test` runs every test.
# Everything lives in .venv; the stamp makes the second run start at once.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
STAMP := .venv/.installed
ARGS ?=

.PHONY: demo test check lint format bench system clean

demo: $(STAMP)
	$(BIN)/triage demo $(ARGS)

test: $(STAMP) system
	$(BIN)/python -m pytest $(ARGS)

check: lint test

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)
	$(BIN)/python -m bench.run $(ARGS)

# What the tests need beside Python: Dovecot and tmux, installed where root may, named loudly where not.
system:
	@.ci/system

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "triage needs Python 3.11 or later; on Debian: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check -c constraints.txt -e '.[demo,dev]'
	@touch $@

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
