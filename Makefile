# Everything by one command each. Setup happens by itself: a stamp file stands for each installed set.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.PHONY: help dev setup ask test test-fast chromium screenshot up down status check contract bench faults clean

PYTHON := .venv/bin/python
SAMPLE := data/sample/usage.csv.gz
CODE := cli common conftest.py data emulators functions tests
PAGE := $(shell find frontend -mindepth 1 \( -name node_modules -o -name dist \) -prune -o -print)
# Folders are among them, so that a file that was removed counts, too.

# What a user types is text, never make syntax: unexpanded, and handed over in the environment.
unexport Q USAGE MODEL
export APEX_ASK_QUESTION := $(value Q)
export APEX_ASK_USAGE := $(value USAGE)
export APEX_ASK_MODEL := $(value MODEL)
N ?= 1000
SEED ?= 1

dev: setup ## Apex on this machine: installs, starts everything, tells the address; Ctrl-C ends it
	@$(PYTHON) -m emulators dev

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

ask: setup ## one question, live, on your log or the sample: make ask [USAGE=log.csv MODEL=gpt-4o] Q="How do I cut this bill by 30 %?"
	@if [ -z "$$APEX_ASK_QUESTION" ]; then echo 'Q is missing: make ask Q="How do I cut this bill by 30 %?"' >&2; exit 2; fi
	set -- --usage "$${APEX_ASK_USAGE:-$(SAMPLE)}"; \
	if [ -n "$$APEX_ASK_MODEL" ]; then set -- "$$@" --model "$$APEX_ASK_MODEL"; fi; \
	$(PYTHON) -m cli ask "$$@" -- "$$APEX_ASK_QUESTION"

test: setup chromium ## all tests, on real emulators and in a real browser
	@npm --prefix frontend run --silent test & page=$$!; failed=0; \
	$(PYTHON) -m tests.unified_test_runner --no-coverage || failed=1; \
	wait $$page || { echo 'Failed: the unit tests of the page (npm --prefix frontend run test).' >&2; failed=1; }; \
	exit $$failed

test-fast: setup ## unit and API tests of the product, without property tests
	@$(PYTHON) -m tests.unified_test_runner --no-coverage --category unit,api --fast

check: setup ## style, types (tests, too), floors of imports, retired words, secrets, the page and its contract
	@.venv/bin/ruff check $(CODE)
	@.venv/bin/ruff format --check --quiet $(CODE)
	@$(PYTHON) -m mypy $(CODE)
	@.venv/bin/lint-imports
	@$(PYTHON) -m tests.checks.words
	@git ls-files -z --cached --others --exclude-standard | xargs -0 .venv/bin/detect-secrets-hook --baseline .secrets.baseline
	@npm --prefix frontend run --silent check
	@$(PYTHON) -m functions.contract | node frontend/scripts/contract.mjs | diff frontend/src/contract/contract.ts - \
	  || { echo 'frontend/src/contract/contract.ts differs from what the functions say (above): run make contract.' >&2; exit 1; }

contract: setup ## write the page's types of events, documents, requests and replies, from the server's own models
	@$(PYTHON) -m functions.contract | node frontend/scripts/contract.mjs > frontend/src/contract/contract.ts

bench: setup .venv/.bench ## times of a turn against the floor of the same machine; imports against pandas and DuckDB
	@$(PYTHON) -m tests.bench
	@$(PYTHON) -m tests.bench.spend.measure

faults: setup ## processes are killed and lied to at every point; nothing may be lost or doubled: make faults [N=1000 SEED=1]
	@$(PYTHON) -m tests.campaigns.faults --rounds $(N) --seed $(SEED)

screenshot: setup chromium ## retake the README's picture, from a real answer
	@$(PYTHON) -m tests.browser.screenshot

up: setup ## start the local platform (development); healthy services are reused
	@$(PYTHON) -m emulators up

down: setup ## end the local platform (development); its data are kept
	@$(PYTHON) -m emulators down

status: setup ## processes, ports, memory and health of the local platform (development)
	@$(PYTHON) -m emulators status

setup: .venv/.installed node_modules/.installed frontend/dist/index.html ## install what the other commands need (they do it themselves)
	@:

clean: ## end both stacks and delete what was installed or written, the development data, too
	@if [ -e .venv/.installed ]; then for env in development test; do $(PYTHON) -m emulators down --env $$env; done; fi
	rm -rf .venv node_modules frontend/node_modules frontend/dist .apex .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.venv/.bench: requirements-bench.txt .venv/.installed
	@.venv/bin/pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

.venv/.installed: requirements.txt requirements-dev.txt constraints.txt
	@if ! $(PYTHON) -c '' 2>/dev/null; then \
	  for name in python3 python3.13 python3.12 python3.11 none; do \
	    if [ $$name = none ]; then echo 'Python 3.11 or newer is missing. Install it (python.org), then run make again.' >&2; exit 1; fi; \
	    if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; \
	  done; \
	  $$name -m venv --clear .venv; \
	fi
	@echo 'Installing Python packages (once, about half a minute) ...' >&2
	@$(PYTHON) -m pip install --disable-pip-version-check --progress-bar off \
	  -r requirements.txt -r requirements-dev.txt -c constraints.txt \
	  | awk '/^Collecting/ { printf "%s ", $$2; fflush() } END { print "" }' >&2
	@$(PYTHON) -m compileall -q $(CODE)
	@touch $@

node_modules/.installed: package.json package-lock.json .npmrc
	@if ! command -v npm >/dev/null; then echo 'Node 20 or newer is missing. Install it (nodejs.org), then run make again.' >&2; exit 1; fi
	@echo 'Installing Node packages (once, about a quarter of a minute) ...' >&2
	@npm ci --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null
	@touch $@

# Not with --prefix: npm would then look for its global settings (a company's certificates, say) below that folder.
frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json frontend/.npmrc node_modules/.installed
	@echo 'Installing the packages of the page (once, about a quarter of a minute) ...' >&2
	@cd frontend && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null
	@touch $@

frontend/dist/index.html: frontend/node_modules/.installed $(PAGE)
	@echo 'Building the page ...' >&2
	@npm --prefix frontend run --silent build >&2
	@touch $@

chromium: setup
	@if [ -z "$${APEX_CHROMIUM:-}" ] && ! $(PYTHON) -m tests.support.browser >/dev/null 2>&1; then \
	  echo 'Installing Chromium for the tests (once) ...' >&2; \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    { apt-get -qq update && { DEBIAN_FRONTEND=noninteractive apt-get -qq install -y chromium-headless-shell \
	      || DEBIAN_FRONTEND=noninteractive apt-get -qq install -y chromium; }; } >/dev/null 2>&1 || true; \
	  fi; \
	  if ! $(PYTHON) -m tests.support.browser >/dev/null 2>&1; then \
	    $(PYTHON) -m playwright install chromium >/dev/null 2>&1 || true; \
	  fi; \
	fi
	@$(PYTHON) -m tests.support.browser >/dev/null
