# `make report` and `make test` set up all they need in .venv/ from the hash-locked requirements.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
OWN := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

.PHONY: report test test-long validate coverage check lint lab bench lock wheel clean help

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

report: .venv/core ## the main job: inputs to outputs/site/index.html
	$(BIN)/compendium report

test: .venv/dev ## all tests but the long ones
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not long"

test-long: .venv/dev .venv-validators/done coverage ## the long tests too, and that all of disclosure control is tested
	$(BIN)/python -m pytest -q -n auto --dist loadfile

coverage: .venv/dev ## every line and branch of disclosure/, release/ and dictionary/ is run by a test
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not long" --cov --cov-report=term tests/unit tests/spec tests/property

check: lint ## format, lint, types, import contract, fast tests
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not long" tests/unit tests/spec

lint: .venv/dev ## format, lint, types, import contract
	$(BIN)/ruff format --check src tests benchmarks hatch_build.py
	$(BIN)/ruff check src tests benchmarks hatch_build.py
	$(BIN)/mypy
	$(BIN)/lint-imports

validate: .venv-validators/done ## hold a crate against RO-Crate; make validate CRATE=dist/leeds-release-1.zip
	.venv-validators/bin/python tests/validate_crate.py $(or $(CRATE),$(error Name a crate: make validate CRATE=dist/leeds-release-1.zip))

lab: .venv/dev ## JupyterLab on the notebooks
	$(BIN)/jupyter lab notebooks

bench: .venv/dev ## measure beside others; make bench DATE=2026-11-23 [ONLY=forces]
	$(BIN)/python -m benchmarks $(if $(DATE),--date $(DATE)) $(ONLY)

lock: .venv/dev ## resolve the requirements anew (needs uv on the path)
	uv pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 --no-header --extra build --extra lab --extra dev --output-file requirements/dev.lock
	uv pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 --no-header --extra build --constraint requirements/dev.lock --output-file requirements/core.lock
	uv pip compile requirements/validators.txt --universal --generate-hashes --python-version 3.11 --no-header --output-file requirements/validators.lock

wheel: .venv/dev ## the package with all that localities share, to install elsewhere; the same bytes each time
	$(BIN)/python -m hatchling build -t wheel

clean: ## what a run made; never .private/ or a ledger
	rm -rf outputs/site places .quarto build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find outputs -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 report")'
	$(PYTHON) -m venv .venv

.venv/core: requirements/core.lock pyproject.toml | .venv/bin/python
	@echo "Installing the locked packages into .venv (about a minute, once)"
	$(PIP) -r requirements/core.lock
	$(OWN)
	@touch $@

.venv/dev: requirements/dev.lock .venv/core
	$(PIP) -r requirements/dev.lock
	@touch $@

.venv-validators/done: requirements/validators.lock
	$(PYTHON) -m venv .venv-validators
	.venv-validators/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/validators.lock
	@touch $@
