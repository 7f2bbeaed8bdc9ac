# Milepost. Each target works as the first command on a fresh clone: all it needs is Python 3.11+ and make.
.DEFAULT_GOAL := help
.PHONY: help run manage reset test prove check bench bench-pages lighthouse fmt migrations lock browser

PYTHON ?= python3
PY := .venv/bin/python
UV := .cache/uv/bin/uv
LOCAL := $(PY) -m marketplace.local
COMPILE := $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url
export UV_PYTHON_DOWNLOADS := never

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

run: .venv/.runtime ## Start Milepost at http://127.0.0.1:8000 with demo data (PORT=, DATA_DIR=, DEBUG=1)
	@$(LOCAL) run

manage: .venv/.runtime ## Run a Django command in the stack that runs: make manage ARGS="check_ledger"
	@$(LOCAL) manage $(ARGS)

reset: .venv/.runtime ## Clear the local data; the next `make run` starts afresh
	@$(LOCAL) reset

test: .venv/.development ## Run the tests on throw-away servers: make test ARGS="tests/orders -k lapse"
	@$(LOCAL) test $(ARGS)

prove: .venv/.development ## Prove one suite at length: make prove SUITE=model [SEED=7] [TIER=release|ci] [ONLY=<case>]
	@TIER="$(TIER)" SEED="$(SEED)" ONLY="$(ONLY)" $(LOCAL) prove "$(SUITE)"

check: .venv/.development ## Check style, types, contracts, budgets, templates, migrations and the deployment settings
	@$(LOCAL) check

bench: .venv/.runtime ## Measure lists of 200,000 gigs against their bare SQL, on throw-away servers
	@$(LOCAL) with-servers $(PY) -m benchmarks catalogue

bench-pages: .venv/.runtime ## Measure the main pages of the stack that runs
	@$(PY) -m benchmarks pages

lighthouse: .venv/.development ## Let Lighthouse judge five pages of the stack that runs
	@$(PY) -m benchmarks lighthouse

fmt: .venv/.development ## Format the code and repair what can be repaired by itself
	@.venv/bin/ruff check --fix-only --quiet .
	@.venv/bin/ruff format .

migrations: .venv/.development ## Write the migrations for changed models
	@$(LOCAL) with-servers $(PY) manage.py makemigrations $(ARGS)

lock: $(UV) ## Choose and pin the newest allowed packages, with hashes
	@$(COMPILE) requirements/uv.in -o requirements/uv.lock
	@$(COMPILE) requirements/runtime.in -o requirements.lock
	@$(COMPILE) -c requirements.lock requirements/development.in -o requirements-dev.lock

browser: .venv/.development ## Fetch a Chromium for the tests, where the system has none
	@$(LOCAL) browser

# --- What the targets stand on ----------------------------------------------------------------------------------------
# uv installs the packages. It lives in its own environment, so that .venv holds exactly what a lock file says.
$(UV): requirements/uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Milepost needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv --clear .cache/uv
	@.cache/uv/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes \
		-r requirements/uv.lock
	@touch $@

.venv/bin/python: | $(UV)
	@$(UV) venv --quiet --allow-existing --python "$(PYTHON)" .venv

# The development packages contain the others: once they are here, `make run` keeps them.
.venv/.runtime: requirements.lock | .venv/bin/python $(UV)
	@$(UV) pip sync --quiet --python $(PY) --require-hashes \
		$(if $(wildcard .venv/.development),requirements-dev.lock,requirements.lock)
	@touch $@

.venv/.development: requirements-dev.lock | .venv/bin/python $(UV)
	@$(UV) pip sync --quiet --python $(PY) --require-hashes requirements-dev.lock
	@touch $@ .venv/.runtime
