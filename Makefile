# Every target first sets up what it needs; a second call costs nothing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := runs/demo
PIP_INSTALL := $(BIN)/python -m pip install --quiet --quiet
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint build notebooks constraints clean

help:  ## List the targets
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

setup: $(READY)  ## Make .venv with exactly the versions of constraints.txt

# Hashes cover what the index sends; our own tree has none, so it is installed in a second step.
$(READY): constraints.txt pyproject.toml
	@echo "Setting up $(VENV): about a minute, once."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP_INSTALL) --require-hashes --requirement constraints.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)  ## Judge the reference candidate: the main job
	@rm -rf $(DEMO)
	@$(BIN)/ccus-conformance run reference --out $(DEMO)

# Each core takes whole files of tests, so what a file shares is made once.
test: $(READY)  ## Run all tests
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

lint: $(READY)  ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports --no-logo

# The wheel is built from the sdist, so both are complete or neither is.
build: $(READY)  ## Build sdist and wheel into dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation

# The pages carry what they show: a reader's browser fetches nothing. The .ipynb files are made from the sources first.
notebooks: $(READY)  ## Run the notebooks and write them as pages into runs/notebooks/
	@$(BIN)/python -m ccus_harness.showing notebooks/*.py
	@$(BIN)/python -m ccus_harness.showing --out runs/notebooks notebooks/*.py

# --universal keeps the markers of every Python and platform we support; --no-header keeps local paths out.
constraints: $(READY)  ## Renew constraints.txt from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-header --no-emit-index-url --quiet --output-file constraints.txt

clean:  ## Remove what the other targets made
	rm -rf $(VENV) dist build runs .pytest_cache .ruff_cache .hypothesis .import_linter_cache
