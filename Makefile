# `make demo` and `make test` need Python 3.11 or newer and nothing else: both create their own
# environment. To use another Python, run make PYTHON=python3.13 test

PYTHON ?= python3
OLDEST_PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?= -n auto

# What starts programs, proves over all inputs or builds the package: minutes, where the rest takes
# seconds. `make test-fast` leaves it out.
WHOLE := tests/artifacts tests/cli tests/test_agreement.py tests/configuration/test_discover.py \
	tests/engine/test_brute_force.py tests/engine/test_properties.py tests/engine/test_verify*.py \
	tests/house/test_hot_path.py tests/house/test_house.py tests/house/test_locks.py \
	tests/house/test_readme.py tests/house/test_site.py tests/house/test_wiring.py tests/options/test_choice.py tests/options/test_requests.py tests/workload/test_forms.py

# The exact releases that the targets install, with their hashes; `make lock` writes both.
RUN_LOCK := requirements/run.txt
DEV_LOCK := requirements/dev.txt

SOURCES := $(shell find advisor examples rules -type f -not -name '*.pyc') pyproject.toml hatch_build.py

# Makes the environment $(1) with the Python $(2).
define environment
@$(2) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	"sm-advise needs Python 3.11 or newer; choose one with: make PYTHON=python3.13 …")'
@test -x $(1)/bin/python || { echo "Making the environment $(1)"; $(2) -m venv $(1); }
endef

# Installs $(2) into the environment $(1), a line a package.
define install
@set -o pipefail; $(1)/bin/python -m pip install --disable-pip-version-check $(2) \
	| awk '/^Collecting / {print "  " $$2; fflush()} /^Installing / {print "  unpacking"; fflush()}'
endef

# Installs the releases of the lock $(2) into the environment $(1), and the checkout itself.
define install_locked
$(call environment,$(1),$(PYTHON))
@echo "Installing $$(grep -c '^[a-z0-9].*==' $(2)) packages of $(2) into $(1), once"
$(call install,$(1),--no-deps --require-hashes --requirement $(2))
@$(1)/bin/python -m pip install --quiet --disable-pip-version-check \
	--no-deps --no-build-isolation --editable .
endef

SHELL := bash

.PHONY: help
help:  ## Lists the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

.PHONY: demo
demo: $(VENV)/run.stamp  ## Answers one example
	$(BIN)/sm-advise examples/fraud-scoring.yaml

.PHONY: test
test: lint  ## Lints, then runs the tests
	$(BIN)/pytest $(PYTEST_ARGS)

.PHONY: test-fast
test-fast: $(VENV)/dev.stamp  ## Runs the tests of the parts, in a minute; `make test` runs all
	$(BIN)/pytest $(PYTEST_ARGS) $(WHOLE:%=--ignore-glob='%')

.PHONY: mutants
mutants: $(VENV)/dev.stamp  ## Alters every rule in turn: a case of the rule must notice
	$(BIN)/python -m tests.gate.mutants
	$(BIN)/python -m tests.rulebook.mutants
	$(BIN)/python -m tests.gate.archive.mutants

.PHONY: fuzz
fuzz: $(VENV)/dev.stamp  ## Runs every command over mutated files, for a minute
	$(BIN)/python -m tests.fuzz $(FUZZ_ARGS)

.PHONY: faults
faults: $(VENV)/dev.stamp  ## Fails and kills the writing commands at every operation, for minutes
	$(BIN)/python -m tests.failing

.PHONY: generated
generated: $(VENV)/dev.stamp  ## Judges what 2,000 workloads made from the schema emit
	$(BIN)/python -m tests.generated $(GENERATED_ARGS)

.PHONY: mutation
mutation: $(VENV)/dev.stamp  ## Changes the program in small ways: a test of the area must notice, for many minutes
	$(BIN)/python -m tests.mutation --slips
	$(BIN)/python -m tests.mutation $(MUTATION_ARGS)

.PHONY: lint
lint: $(VENV)/dev.stamp  ## Runs ruff, mypy, the import contracts and zizmor
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/zizmor --offline --no-progress --quiet .github/workflows action.yml

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
docs: $(VENV)/dev.stamp  ## Writes the reference of rules and keys, and the map; builds the site in build/docs
	$(BIN)/python scripts/write_reference.py
	$(BIN)/python scripts/draw_house.py
	$(BIN)/python scripts/build_docs.py

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

.PHONY: newest
newest:  ## Runs the tests on today's newest releases of every dependency
	rm -rf .venv-newest
	$(call environment,.venv-newest,$(PYTHON))
	@echo "Installing the newest releases into .venv-newest"
	$(call install,.venv-newest,--editable '.[test]')
	.venv-newest/bin/pytest $(PYTEST_ARGS)

.PHONY: oldest
oldest: .venv-oldest/oldest.stamp  ## Runs the tests on the oldest accepted dependencies
	.venv-oldest/bin/pytest $(PYTEST_ARGS)

.PHONY: lock
lock:  ## Updates the locks: today's newest releases, for every Python that we support
	@test -x .venv-lock/bin/uv || { $(PYTHON) -m venv .venv-lock; \
		.venv-lock/bin/python -m pip install --quiet uv; }
	$(call locked,--extra dev,$(DEV_LOCK))
	$(call locked,--extra build --constraint $(DEV_LOCK),$(RUN_LOCK))

# Writes the lock $(2) by the options $(1); --upgrade, or uv keeps what the file holds.
define locked
.venv-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make lock' \
	$(1) --output-file $(2) pyproject.toml
endef

.PHONY: clean
clean:  ## Removes everything that make made
	rm -rf $(VENV) .venv-wheel .venv-newest .venv-oldest .venv-lock build dist .coverage .coverage.* .hypothesis \
		.import_linter_cache .mypy_cache .pytest_cache .ruff_cache

$(VENV)/run.stamp: pyproject.toml $(RUN_LOCK)
	$(call install_locked,$(VENV),$(RUN_LOCK))
	@touch $@

$(VENV)/dev.stamp: pyproject.toml $(DEV_LOCK)
	$(call install_locked,$(VENV),$(DEV_LOCK))
	@touch $@ $(VENV)/run.stamp

dist/wheel.stamp: $(VENV)/dev.stamp $(SOURCES)
	rm -rf dist
	$(BIN)/python -m build --no-isolation
	@touch $@

.venv-wheel/wheel.stamp: dist/wheel.stamp $(RUN_LOCK)
	$(call environment,.venv-wheel,$(PYTHON))
	$(call install,.venv-wheel,--no-deps --require-hashes --requirement $(RUN_LOCK))
	.venv-wheel/bin/python -m pip install --quiet --force-reinstall --no-deps dist/*.whl
	@touch $@

# moto, cfn-lint and awscli follow boto3's newest releases, so the tests that need them skip here.
.venv-oldest/oldest.stamp: pyproject.toml
	$(call environment,.venv-oldest,$(OLDEST_PYTHON))
	@echo "Installing the lower bounds of pyproject.toml into .venv-oldest, once"
	$(call install,.venv-oldest,\
		--editable . hypothesis pytest pytest-randomly pytest-xdist \
		$$(sed -n '/^dependencies/,/^]/s/^ *"\(.*\)>=\(.*\)",/\1==\2/p' pyproject.toml))
	@touch $@
