# `make demo` and `make test` need Python 3.11 or newer and nothing else: both create their own
# environment. To use another Python, run make PYTHON=python3.13 test

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?= -n auto

SOURCES := $(shell find advisor rules -type f -not -name '*.pyc') pyproject.toml hatch_build.py

# Installs $(2) into the environment $(1).
define install
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	"sm-advise needs Python 3.11 or newer; choose one with: make PYTHON=python3.13 …")'
test -x $(1)/bin/python || $(PYTHON) -m venv $(1)
$(1)/bin/python -m pip install --quiet --quiet $(2)
endef

.PHONY: help
help:  ## Lists the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

.PHONY: demo
demo: $(VENV)/run.stamp  ## Answers one example
	$(BIN)/sm-advise examples/fraud-scoring.yaml

.PHONY: test
test: lint  ## Lints, then runs the tests
	$(BIN)/pytest $(PYTEST_ARGS)

.PHONY: lint
lint: $(VENV)/dev.stamp  ## Runs ruff, mypy and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: format
format: $(VENV)/dev.stamp  ## Formats the code, and fixes what ruff can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: coverage
coverage: $(VENV)/dev.stamp  ## Runs the tests and shows untested branches
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

.PHONY: docs
docs: $(VENV)/run.stamp  ## Writes the reference part of rules/README.md
	$(BIN)/python scripts/write_reference.py

.PHONY: agreement
agreement: $(VENV)/dev.stamp  ## Compares our answers with published deployments
	$(BIN)/python -m tests.agreement

.PHONY: artifacts
artifacts: $(VENV)/dev.stamp  ## Tests the artifacts of hundreds of workloads with every tool found
	$(BIN)/python -m tests.artifacts

.PHONY: package
package: dist/wheel.stamp  ## Builds the wheel and the source distribution

.PHONY: bench
bench: .venv-wheel/wheel.stamp  ## Measures the installed wheel
	.venv-wheel/bin/python -m bench

.PHONY: oldest
oldest: .venv-oldest/oldest.stamp  ## Runs the tests on the oldest accepted dependencies
	.venv-oldest/bin/pytest $(PYTEST_ARGS)

.PHONY: clean
clean:  ## Removes everything that make made
	rm -rf $(VENV) .venv-wheel .venv-oldest build dist .coverage .coverage.* .hypothesis \
		.import_linter_cache .mypy_cache .pytest_cache .ruff_cache

$(VENV)/run.stamp: pyproject.toml
	$(call install,$(VENV),--editable .)
	@touch $@

$(VENV)/dev.stamp: pyproject.toml
	$(call install,$(VENV),--editable '.[dev]')
	@touch $@ $(VENV)/run.stamp

dist/wheel.stamp: $(VENV)/dev.stamp $(SOURCES)
	rm -rf dist
	$(BIN)/python -m build
	@touch $@

.venv-wheel/wheel.stamp: dist/wheel.stamp
	$(call install,.venv-wheel,dist/*.whl)
	.venv-wheel/bin/python -m pip install --quiet --force-reinstall --no-deps dist/*.whl
	@touch $@

# moto, cfn-lint and awscli follow boto3's newest releases, so the tests that need them skip here.
.venv-oldest/oldest.stamp: pyproject.toml
	$(call install,.venv-oldest,\
		--editable . hypothesis pytest pytest-randomly pytest-xdist \
		$$(sed -n '/^dependencies/,/^]/s/^ *"\(.*\)>=\(.*\)",/\1==\2/p' pyproject.toml))
	@touch $@
