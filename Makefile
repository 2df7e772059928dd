# Everything that one does with bbbmig's source; CI calls the same targets (.ci/run).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TREE := src tests benchmarks
# what programs of Debian each target runs; .ci/debian knows which command tells that a package is there
TO_DEMO := ffmpeg libegl1 libgl1
TO_TEST := $(TO_DEMO) mariadb-server postgresql chromium xvfb systemd nginx-light sqlite3 rabbitmq-server redis-server
DOCUMENTS := README.md README.fr.md CHANGELOG.md $(wildcard docs/*.md docs/facts/*.md)
# what benchmarks share, and what measures nothing by itself
BENCH_PARTS := busy_page presentation processes published

.PHONY: help install demo test fresh soak check docs format build bench

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "bbbmig needs Python 3.11: make PYTHON=python3.11 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || .ci/debian python3-venv
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable '.[demo,render,worker]' --group dev
	@touch $@

install: $(VENV)/.installed ## the package and its development tools in .venv

demo: install ## everything on this machine with sample servers (FOLDER=… names the folder, KEEP=1 leaves them running)
	@.ci/debian $(TO_DEMO)
	@$(BIN)/bbbmig demo $(if $(FOLDER),--folder $(FOLDER)) $(if $(KEEP),--keep)

test: install ## the whole test suite (ARGS=… for pytest)
	@.ci/debian $(TO_TEST)
	$(BIN)/python -m pytest -n 3 --dist loadgroup $(ARGS)

fresh: ## make demo and make test of HEAD in a minimal Debian that is made for it and removed (KEEP=1 leaves it)
	@.ci/fresh

soak: install ## fifty kills -9 in a run of thirty recordings, servers that fail, spoilt recordings rendered, three workers beaten (SEEDS="1 2 3" for more)
	@.ci/debian $(TO_TEST)
	SOAK_SEEDS="$(or $(SEEDS),1)" $(BIN)/python -m pytest tests/soak $(ARGS)

check: install ## style, types, who knows whom, spelling, documents in step
	$(BIN)/ruff format --check $(TREE)
	$(BIN)/ruff check $(TREE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell $(DOCUMENTS) src config.example.toml
	$(BIN)/cog --check $(DOCUMENTS)

docs: install ## write anew what the documents take from the source
	$(BIN)/cog -r $(DOCUMENTS)

format: install ## put the source in shape
	$(BIN)/ruff check --fix-only --quiet $(TREE)
	$(BIN)/ruff format --quiet $(TREE)

build: install ## the wheel, installed and run in a clean environment
	rm -rf dist build/clean
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .
	$(PYTHON) -m venv build/clean
	build/clean/bin/python -m pip install --quiet dist/*.whl
	cd build && clean/bin/bbbmig --version && clean/bin/bbbmig --help >/dev/null
	cd build && clean/bin/bbbmig print config 2>/dev/null | clean/bin/python -c 'import sys, tomllib; tomllib.loads(sys.stdin.read())'
	cd build && for thing in grants cron systemd; do clean/bin/bbbmig print $$thing | grep -q . || exit 1; done
	cd build && clean/bin/bbbmig pod-extension 2>/dev/null | clean/bin/python -c 'import ast, sys; ast.parse(sys.stdin.read())'
	@echo "built, installed and run: $$(ls dist)"

bench: install ## speed and memory, beside the floor (BENCH=name for one)
	@.ci/debian $(TO_TEST)
	@for bench in $(if $(BENCH),benchmarks/$(BENCH).py,$(filter-out $(patsubst %,benchmarks/%.py,$(BENCH_PARTS)),$(wildcard benchmarks/*.py))); do $(BIN)/python $$bench || exit 1; done
