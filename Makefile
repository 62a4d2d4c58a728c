# Everything one does with a checkout. Each step installs what it needs, once: the second time it starts at once.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
CONFIG ?= nvr.yaml
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
UV := uv==0.13.9
TEST_SECONDS := 1500
BENCHMARKS := $(filter-out __init__ soak conftest,$(basename $(notdir $(wildcard tests/bench/*.py))))

PYTHON_PACKAGES := $(VENV)/.python-packages
DEMO_PROGRAMS := $(VENV)/.demo-programs
TEST_PROGRAMS := $(VENV)/.test-programs

.PHONY: help demo run test check format bench soak lock clean

help: ## this list
	@echo 'SF-NVR, a network video recorder whose front end is Prometheus and Grafana.'
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  ARGS="..." goes to pytest, to nvr demo and to nvr run. docs/README.md has the rest.'

demo: $(PYTHON_PACKAGES) $(DEMO_PROGRAMS) ## four synthetic cameras and a recorder on them, until Ctrl-C (or DEMO_SECONDS=60)
	@$(BIN)/nvr demo $(ARGS)

run: $(PYTHON_PACKAGES) $(DEMO_PROGRAMS) ## the recorder on your own cameras, as in CONFIG=nvr.yaml
	@$(BIN)/nvr run -c $(CONFIG) $(ARGS)

test: $(PYTHON_PACKAGES) $(TEST_PROGRAMS) ## all tests, in 25 minutes at most on two cores
	@$(BIN)/pytest --session-timeout=$(TEST_SECONDS) $(ARGS)

check: $(PYTHON_PACKAGES) ## lint, formatting and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(PYTHON_PACKAGES) ## put the code into its usual form
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

bench: $(PYTHON_PACKAGES) $(TEST_PROGRAMS) ## what things cost, measured: takes long
	@for file in $(BENCHMARKS); do echo "== $$file"; $(BIN)/python -m tests.bench.$$file $(ARGS); done
	@test -n '$(BENCHMARKS)' || echo 'There is no benchmark in this version.'

soak: $(PYTHON_PACKAGES) $(TEST_PROGRAMS) ## hours of faults and load: takes longest
	@test -e tests/bench/soak.py || { echo 'There is no soak test in this version.'; exit 1; }
	@$(BIN)/python -m tests.bench.soak $(ARGS)

lock: $(PYTHON_PACKAGES) ## choose the newest Python packages that pyproject.toml allows
	@$(BIN)/uv pip compile pyproject.toml --extra demo --extra dev --universal --python-version 3.11 --upgrade \
	  --no-emit-index-url --custom-compile-command 'make lock' --quiet --output-file requirements.txt

clean: ## remove the environment and what the demo recorded
	@rm -rf $(VENV) demo-data

$(PYTHON_PACKAGES): requirements.txt pyproject.toml
	@deploy/python-environment $(PYTHON) $(VENV) $(UV)
	@touch $@

$(DEMO_PROGRAMS): deploy/debian-packages
	@deploy/debian-packages ffmpeg prometheus prometheus-alertmanager
	@mkdir -p $(VENV) && touch $@

$(TEST_PROGRAMS): deploy/debian-packages
	@deploy/debian-packages ffmpeg prometheus prometheus-alertmanager chromium
	@mkdir -p $(VENV) && touch $@
