# The workbook's commands. `make` alone lists them. Needs Python 3.11 to 3.14.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
# It installs in a third of the time that pip takes; where the machine has none, make puts it into .venv.
UV := $(or $(shell command -v uv 2>/dev/null),$(BIN)/uv)
LOCK := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url
# A file stays with one worker, and tests/conftest.py says in which order: the long ones first.
TESTS := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder
# What `make test` leaves out; a part is skipped where its program is missing.
REST := slow or browser or postgres or pyspark or spark
# The notebooks through nbval, and the examples in docstrings, on one book of the sample in the cache.
SHOWN := $(BIN)/python -m pytest -p nbval.plugin --nbval --nbval-current-env --doctest-modules -p no:cacheprovider \
  -n 2 --dist loadfile notebooks src/helpers
# What pdoc cannot work out of a type written for mypy (pd.Series[float], a field of another module's class) stands
# there as it is written; every other warning is an error.
# matplotlib, imported for the first time, asks the system for its fonts: pdoc would suppress that and warn.
REFERENCE := PDOC_ALLOW_EXEC=1 $(BIN)/python -W error -W "ignore:Error parsing type annotation" -m pdoc --docformat numpy --no-show-source

PIP := $(BIN)/python -m pip install -q --disable-pip-version-check
# uv asks the public index: behind a mirror that only pip is told of, pip installs.
INSTALL = $(UV) pip install -q --python $(BIN)/python $(1) || $(PIP) $(1)

.DEFAULT_GOAL := help
.PHONY: help report test test-all test-rest search lab app lint docs notebooks words sample lock spark bench bench-scale fuzz works-with handed clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-11s %s\n' "$$name" "$$what"; done

report: $(READY) ## build the sample month's report in reports/
	@$(BIN)/workbook report

test: $(READY) ## run the tests, the notebooks through nbval and the examples in docstrings among them
	@$(TESTS) -m "not ($(REST) or long)"
	@$(SHOWN)

test-all: $(READY) ## run those and the minutes-long ones (packs of all scopes and of public data)
	@$(TESTS)
	@$(SHOWN)

test-rest: $(READY) ## run what `make test` leaves out but the long ones: slow tests (whole packs), browser, PostgreSQL, Spark
	@$(TESTS) -m "($(REST)) and not long"

search: $(READY) ## run the property tests on new cases, which `make test` does not draw
	@$(TESTS) -m hypothesis --hypothesis-profile new-cases

lab: $(READY) ## open JupyterLab on the notebooks
	@$(BIN)/jupyter lab --notebook-dir=notebooks

app: $(READY) ## serve the notebooks as read-only pages with live controls (Voila)
	@$(BIN)/voila --no-browser notebooks

lint: $(READY) ## ruff and mypy; of the benchmarks, which have no tests, that what they name is there
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

docs: $(READY) ## build the site of the docs and the reference in build/docs (opens without network); a broken link is an error
	@rm -rf build/docs && $(BIN)/python -m sphinx -q -E -W --keep-going -d build/doctrees -c docs . build/docs
	@$(REFERENCE) --output-directory build/docs/reference helpers workbook_sample
	@grep -rlF '$(CURDIR)' build/docs | xargs perl -pi -e 's|\Q$(CURDIR)|.|g' # constants that are paths are shown whole
	@echo build/docs/index.html

notebooks: $(READY) ## run the notebooks anew and store their outputs
	@$(BIN)/python -m helpers.report.store

words: $(READY) ## bring the catalog of translations up to the code and the notebooks
	@$(BIN)/python -m helpers.report.pages.catalog

sample: $(READY) ## make the committed sample anew (the same bytes)
	@rm -rf data/sample && $(BIN)/workbook sample --customers 400 --months 36 --seed 7 --out data/sample

lock: $(READY) ## resolve requirements.lock and requirements-spark.lock anew from pyproject.toml (needs uv)
	@$(LOCK) --upgrade --extra app --extra postgres --extra dev pyproject.toml -o requirements.lock
	@$(LOCK) --upgrade --extra spark --constraint requirements.lock pyproject.toml -o requirements-spark.lock

spark: $(READY) ## add what the second engine needs to .venv (PySpark with Spark Connect, 540 MB; Java 17 or 21 must be there)
	@UV_COMPILE_BYTECODE=1 $(call INSTALL,--require-hashes -r requirements-spark.lock)

bench: $(READY) ## measure, and print the tables of benchmarks/README.md
	@$(BIN)/python benchmarks/report_time.py && $(BIN)/python benchmarks/explorer_redraw.py

bench-scale: $(READY) ## measure 1 and 10 million order lines on this machine (benchmarks/scale.md)
	@$(BIN)/python benchmarks/scale.py --folder data/scale

fuzz: $(READY) ## read 1,000 corrupted exports: no traceback, no row unaccounted, no silent sum (benchmarks/faults.md)
	@$(BIN)/python benchmarks/fuzz.py --inputs 1000 --seed 21

works-with: $(READY) ## run what people have around it, as far as it is on this machine, and write docs/works-with.md (PARTS="Voila Firefox" for some)
	@PYTHONPATH=benchmarks $(BIN)/python -m works_with $(PARTS)

handed: $(READY) ## go through the handed cases as a user does, and write benchmarks/handed.md (ONLY='disc-*' for some)
	@PYTHONPATH=benchmarks $(BIN)/python -m handed $(if $(ONLY),--only '$(ONLY)')

clean: ## remove the environment, caches and what was built
	@rm -rf .venv build data/cache .pytest_cache .mypy_cache .ruff_cache

# Bytecode is compiled on purpose: without it every notebook's kernel would compile pandas again.
$(READY): requirements.lock pyproject.toml src/helpers/__init__.py
	@echo "Making .venv from requirements.lock"
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv -q --allow-existing --python '>=3.11,<3.15' .venv; \
	else \
	  $(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || \
	    { echo "Python 3.11 to 3.14 is needed: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; }; \
	  $(PYTHON) -m venv .venv || exit 1; \
	  sed -n '/^uv==/,/# via/p' requirements.lock | $(PIP) --require-hashes -r /dev/stdin || :; \
	fi
	@UV_COMPILE_BYTECODE=1 $(call INSTALL,--require-hashes -r requirements.lock)
	@$(call INSTALL,--no-deps --no-build-isolation -e .)
	@$(BIN)/python -m compileall -q src
	@touch $(READY)
