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
TEST_SECONDS := 2000
BENCHMARKS := motion nuisances lag year retention
LONG_TESTS := tests/faults/test_zombies.py tests/faults/test_database.py tests/exporters/clickhouse/test_kills.py

PYTHON_PACKAGES := $(VENV)/.python-packages
BENCH_PACKAGES := $(VENV)/.bench-packages
DEMO_PROGRAMS := $(VENV)/.demo-programs
TEST_PROGRAMS := $(VENV)/.test-programs

.PHONY: help demo run test faults check format grafana dashboards bench soak lock clean

help: ## this list
	@echo 'SF-NVR, a network video recorder whose front end is Prometheus and Grafana.'
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  ARGS="..." goes to pytest, to nvr demo and to nvr run. docs/README.md has the rest.'

demo: $(PYTHON_PACKAGES) $(DEMO_PROGRAMS) ## four synthetic cameras and a recorder on them, until Ctrl-C (or DEMO_SECONDS=60)
	@echo 'Starting the demo'
	@$(BIN)/nvr demo $(ARGS)

run: $(PYTHON_PACKAGES) $(DEMO_PROGRAMS) ## the recorder on your own cameras, as in CONFIG=nvr.yaml
	@$(BIN)/nvr run -c $(CONFIG) $(ARGS)

test: $(PYTHON_PACKAGES) $(TEST_PROGRAMS) ## all tests, on two workers
	@$(BIN)/pytest -n 2 --no-loadscope-reorder --reruns 1 --session-timeout=$(TEST_SECONDS) $(ARGS)

faults: $(PYTHON_PACKAGES) $(TEST_PROGRAMS) ## every fault of docs/reliability.md, injected and measured anew
	@$(BIN)/pytest tests/faults --faults-page docs/reliability.md $(ARGS)

check: $(PYTHON_PACKAGES) ## lint, formatting and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(PYTHON_PACKAGES) ## put the code into its usual form
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

grafana: $(PYTHON_PACKAGES) ## write grafana/dashboards/*.json anew from grafana/build
	@$(BIN)/python -m grafana.build

dashboards: $(PYTHON_PACKAGES) $(DEMO_PROGRAMS) $(TEST_PROGRAMS) ## pictures of the dashboards after DASHBOARD_SECONDS=180 of the demo, into docs/pictures
	@$(BIN)/python -m tests.grafana.pictures

bench: $(PYTHON_PACKAGES) $(BENCH_PACKAGES) ## what things cost, measured into docs/bench
	@for name in $(BENCHMARKS); do echo "== $$name"; $(BIN)/python -m tests.bench.$$name $(ARGS); done

soak: $(PYTHON_PACKAGES) $(DEMO_PROGRAMS) ## a recorder under load for SOAK_MINUTES=30 with SOAK_CAMERAS=32, into docs/bench
	@NVR_LONG=1 $(BIN)/pytest $(LONG_TESTS)
	@$(BIN)/python -m tests.bench.soak $(ARGS)

lock: $(PYTHON_PACKAGES) ## choose the newest Python packages that pyproject.toml allows
	@$(BIN)/uv pip compile pyproject.toml --extra demo --extra dev --universal --python-version 3.11 --upgrade \
	  --no-emit-index-url --custom-compile-command 'make lock' --quiet --output-file requirements.txt

clean: ## remove the environment and what the demo recorded
	@rm -rf $(VENV) demo-data

$(PYTHON_PACKAGES): requirements.txt pyproject.toml
	@deploy/python-environment $(PYTHON) $(VENV) $(UV)
	@touch $@

# What ours is compared with. It is left out where it cannot be had.
$(BENCH_PACKAGES): requirements.txt pyproject.toml | $(PYTHON_PACKAGES)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation \
	  --constraint requirements.txt --editable '.[bench]' && touch $@ || echo 'Comparisons with OpenCV are left out.'

$(DEMO_PROGRAMS): deploy/debian-packages
	@deploy/debian-packages ffmpeg prometheus prometheus-alertmanager
	@mkdir -p $(VENV) && touch $@

$(TEST_PROGRAMS): deploy/debian-packages
	@deploy/debian-packages ffmpeg prometheus prometheus-alertmanager chromium faketime nginx
	@mkdir -p $(VENV) && touch $@
