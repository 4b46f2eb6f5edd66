# Otonari. `make demo` first; README.md explains the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
LITE   := sandbox/supabase
DASH   := dashboard
LAVALINK     := 4.2.2
LAVALINK_JAR := https://github.com/lavalink-devs/Lavalink/releases/download/$(LAVALINK)/Lavalink.jar
# Of that file, as several who package it have it.
LAVALINK_SHA256 := 8cb801e591072c3689fafd71ccf571a95a4ead3cc35dfc045e157d763d89119a
WORKERS ?= 3
# Tests that share a server run in one worker (tests/conftest.py), which also has the order.
XDIST   = -n $(WORKERS) --dist loadscope --no-loadscope-reorder
# Node 20 or newer, the system's or else the one that PyPI ships.
NPM    = $(shell command -v npm >/dev/null && node -e 'process.exit(+(process.versions.node.split(".")[0] < 20))' 2>/dev/null \
           && echo npm || echo $(BIN)/npm)
# For npm's scripts, which look for `node` themselves.
WITH_NODE = PATH="$(abspath $(BIN)):$$PATH"
# Tells what a command is doing, and shows what it says where it fails.
STEP = $(PYTHON) sandbox/setup_step.py
# Compiling every module of every package would take longer than the rest; Python compiles what it imports.
PIP  = $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off --no-compile
# Each file of a package must have a hash that stands in the lock.
LOCKED = --require-hashes -r
# For every system and Python from 3.11 on, with nothing in it of the machine that wrote it.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
       --no-emit-index-url --no-emit-find-links --no-strip-extras --no-header --no-annotate $(ARGS)
unexport PYTHONDONTWRITEBYTECODE   # or else it would compile them again at every start

.PHONY: help demo run doctor lavalink test unit lint format lock types dashboard smoke chaos bench setup setup-dev clean

help:  ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup  ## Try everything on this machine, without any account
	@exec $(BIN)/python -m sandbox $(ARGS)

run: setup .setup/audio-node  ## Run the bot with the settings of bot/.env
	@exec $(BIN)/python -m sandbox.run

doctor: setup .setup/audio-node  ## Check every setting and service (ARGS="dead-letters" for refused rows)
	@$(BIN)/python -m audio_node --check || true
	@exec $(BIN)/python -m bot.doctor $(ARGS)

lavalink: .setup/lavalink/Lavalink.jar  ## Run a real Lavalink (with Java 17 or newer)
	@cd .setup/lavalink && exec java -jar Lavalink.jar --spring.config.additional-location=file:$(abspath lavalink/application.yml)

test: setup-dev .setup/dashboard .setup/foreign-clients  ## Run every test (ARGS="-k words" for some, WORKERS=4 for more at once)
	$(BIN)/python -m pytest $(XDIST) $(ARGS)

unit: .setup/dev  ## Run the tests that start nothing: a minute at most, with Python alone
	$(BIN)/python -m pytest $(XDIST) tests/unit $(ARGS)

lint: setup-dev .setup/dashboard  ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	@$(WITH_NODE) $(NPM) run lint --prefix $(DASH) --silent

format: setup-dev .setup/dashboard  ## Put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	@$(WITH_NODE) $(NPM) run format --prefix $(DASH) --silent

lock: .setup/dev  ## Write the locks again after a change of requirements (ARGS=--upgrade for newer versions)
	$(LOCK) bot/requirements.txt -o bot/requirements.lock
	$(LOCK) bot/requirements.txt sandbox/requirements.txt -c bot/requirements.lock -o sandbox/requirements.lock
	$(LOCK) audio_node/requirements.txt -c sandbox/requirements.lock -o audio_node/requirements.lock
	$(LOCK) requirements-dev.txt -c sandbox/requirements.lock -c audio_node/requirements.lock -o requirements-dev.lock
	$(LOCK) sandbox/requirements-node.txt -o sandbox/requirements-node.lock

types: setup  ## Write dashboard/lib/database.ts from bot/supabase_schema.sql
	@exec $(BIN)/python -m sandbox.supabase.typescript

smoke: setup  ## Boot the demo headless; one chat, one play, one /netstats; find the rows
	@exec $(BIN)/python -m sandbox.smoke

chaos: setup  ## Break everything around telemetry, then count its rows (ARGS="--seed 7")
	@exec $(BIN)/python -m sandbox.chaos $(ARGS)

bench: setup-dev  ## Measure, each line beside its baseline (ARGS="delivery idle" for some)
	@exec $(BIN)/python -m benchmarks $(ARGS)

dashboard: .setup/dashboard  ## Build the dashboard's static pages into dashboard/out
	@$(WITH_NODE) NEXT_TELEMETRY_DISABLED=1 $(NPM) run build --prefix $(DASH) --silent

setup: .setup/runtime .setup/lite
setup-dev: setup .setup/dev

clean:  ## Remove everything that was installed or recorded here
	rm -rf $(VENV) .setup .sandbox .benchmarks $(LITE)/node_modules tests/foreign_clients/node_modules $(DASH)/node_modules $(DASH)/.next $(DASH)/out

.setup/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Otonari needs Python 3.11 or newer")'
	@echo "The first start installs what it needs, all of it in this folder: some minutes. Later ones take seconds."
	@echo "初回は必要なものをこのフォルダーの中に入れるため、数分かかります。2回目からは数秒です。"
	@$(STEP) "Python environment · Pythonの環境" $(PYTHON) -m venv $(VENV)
	@mkdir -p .setup && touch $@

.setup/runtime: sandbox/requirements.lock | .setup/venv
	@$(STEP) "bot and sandbox, 140 MB · ボットとサンドボックス" $(PIP) $(LOCKED) sandbox/requirements.lock
	@touch $@

.setup/audio-node: audio_node/requirements.lock | .setup/runtime
	@$(STEP) "audio node, 50 MB · 音楽サーバー" $(PIP) $(LOCKED) audio_node/requirements.lock
	@touch $@

.setup/dev: requirements-dev.lock | .setup/runtime
	@$(STEP) "tools for tests and lint" $(PIP) $(LOCKED) requirements-dev.lock
	@touch $@

.setup/lavalink/Lavalink.jar:
	@echo "Fetching Lavalink $(LAVALINK) (once) …"
	@mkdir -p $(@D)
	@$(PYTHON) -c 'import socket, sys, urllib.request as web; socket.setdefaulttimeout(30); web.urlretrieve(*sys.argv[1:])' \
	    $(LAVALINK_JAR) $@.part 2>$@.log \
	  || { tail -n 1 $@.log; echo "It could not be fetched. Put $(LAVALINK_JAR) at $@, or use compose.yaml."; exit 1; } >&2
	@$(PYTHON) -c 'import hashlib, pathlib, sys; sys.exit(hashlib.sha256(pathlib.Path(sys.argv[1]).read_bytes()).hexdigest() != sys.argv[2])' \
	    $@.part $(LAVALINK_SHA256) && mv $@.part $@ \
	  || { rm -f $@.part; echo "What came is not Lavalink $(LAVALINK): its SHA-256 is another. It is not started."; exit 1; } >&2

.setup/lite: $(LITE)/package-lock.json | .setup/runtime
	@command -v $(NPM) >/dev/null || $(STEP) "Node" $(PIP) $(LOCKED) sandbox/requirements-node.lock
	@$(WITH_NODE) $(STEP) "embedded Supabase · 組み込みSupabase" $(NPM) ci --prefix $(LITE) --no-audit --no-fund --loglevel=error
	@touch $@

.setup/foreign-clients: tests/foreign_clients/package-lock.json | .setup/lite
	@$(WITH_NODE) $(STEP) "somebody else's clients of Lavalink" $(NPM) ci --prefix tests/foreign_clients --no-audit --no-fund --loglevel=error
	@touch $@

.setup/dashboard: $(DASH)/package-lock.json | .setup/lite
	@$(WITH_NODE) $(STEP) "the dashboard's packages" $(NPM) ci --prefix $(DASH) --no-audit --no-fund --loglevel=error
	@touch $@
