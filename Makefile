# `make run` and `make test` are all that a user needs; `make` alone explains the rest.
# uv is used when it is there, plain venv and pip when it is not.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(PYTHON) tools/install.py --venv $(VENV)

.DEFAULT_GOAL := help
.PHONY: help run test lint types bench stress train clean require-python
.DELETE_ON_ERROR:

help: ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo '  arguments of the program go through ARGS: make run ARGS="--model ~/models/some.gguf"'

run: $(VENV)/installed-run ## install what is missing and start the program
	@$(BIN)/python -m substrate.run $(ARGS)

test: $(VENV)/installed-test lint types ## lint, format check, strict types, tests
	@$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/installed-test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/installed-test
	@$(BIN)/mypy

bench: $(VENV)/installed-bench ## benchmarks of tick and peek under pytest-benchmark
	@$(BIN)/python -m pytest -m '' -o python_files='test_*_benchmark.py' benchmarks $(ARGS)

stress: $(VENV)/installed-bench ## the long stress and kill tests
	@$(BIN)/python -m pytest -m stress $(ARGS)

train: $(VENV)/installed-train ## train the embedded model again (hours; ARGS="--help" explains)
	@$(BIN)/python -m training.train $(ARGS)

clean: ## remove the environment and all caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One stamp per set of dependencies. tools/install.py decides what is missing, so that a warm run does nothing.
$(VENV)/installed-%: pyproject.toml tools/install.py | require-python
	@$(INSTALL) $*

# A change of CMAKE_ARGS means compiling llama.cpp again, although no file has changed.
ifneq ($(strip $(CMAKE_ARGS)),)
ifneq ($(strip $(CMAKE_ARGS)),$(strip $(shell cat $(VENV)/llama-cmake-args 2>/dev/null)))
$(VENV)/installed-run $(VENV)/installed-test $(VENV)/installed-bench $(VENV)/installed-train: .FORCE
.PHONY: .FORCE
.FORCE:
endif
endif

require-python:
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
	  echo '$(PYTHON) is missing.'; \
	  echo '  Debian, Ubuntu: sudo apt-get install python3 python3-venv'; \
	  echo '  macOS:          brew install python'; exit 1; }
