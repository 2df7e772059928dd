# Everything that one does with bbbmig's source; CI calls the same targets (.ci/run).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install format check test

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable '.[demo]' --group dev
	touch $@

install: $(VENV)/.installed ## the package and its development tools in .venv

format: install ## put the source in shape
	$(BIN)/ruff check --fix-only --quiet src tests benchmarks
	$(BIN)/ruff format --quiet src tests benchmarks

check: install ## style, types, who knows whom, documents in step
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

test: install ## the whole test suite
	$(BIN)/python -m pytest -n 2
