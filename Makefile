# Everything happens in .venv; nothing else on the machine is touched, but for a browser where `make test` needs one.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
NODE   := $(abspath $(VENV))/node
LAB_ARGS ?=
# Two processes: half of the tests wait for a browser, a server or a kernel. Each file is run by one of them.
TEST_ARGS ?= -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: lab test lint bench docs repository clean browser node help

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

lab: $(VENV)/lab.ok ## JupyterLab on the quickstart, with the embedded service
	$(BIN)/tasknb lab $(LAB_ARGS)

test: $(VENV)/dev.ok browser node ## every test
	NODE_PATH="$(NODE)/node_modules$${NODE_PATH:+:$$NODE_PATH}" $(BIN)/python -m pytest $(TEST_ARGS)

lint: $(VENV)/dev.ok ## ruff, mypy, the import-direction test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/unit/test_house.py

bench: $(VENV)/dev.ok ## ours beside the baselines
	$(BIN)/python -m benchmarks

docs: $(VENV)/docs.ok ## the documentation, with every example run, into site/; a broken link is an error
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going --fresh-env -b html -d build/doctrees docs site
	@echo "open site/index.html"

repository: ## write the repository's address wherever it stands: REPO=owner/name
	@test -n "$(REPO)" || { echo "name it: make repository REPO=owner/name"; exit 2; }
	now=$$(sed -n 's#^Source = "https://github.com/\(.*\)"$$#\1#p' pyproject.toml) && \
	sed -i.bak "s#$$now#$(REPO)#g" pyproject.toml README.md SECURITY.md && \
	rm pyproject.toml.bak README.md.bak SECURITY.md.bak

browser: $(VENV)/dev.ok
	@$(BIN)/python tests/browser/chromium.py

# The official Node client, for its one test, which skips itself where npm or the network is missing.
node: $(VENV)/dev.ok
	@test -e $(NODE)/ok || ! command -v npm >/dev/null || \
	{ npm install --silent --no-audit --no-fund --fetch-retries=0 --prefix $(NODE) clarifai-nodejs-grpc && touch $(NODE)/ok; } || \
	echo "clarifai-nodejs-grpc could not be installed; the test of the Node client is skipped"

clean: ## remove what the other targets made
	rm -rf $(VENV) build dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("tasknb needs Python 3.11 or newer; name one: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/lab.ok: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[lab]'
	@touch $@

$(VENV)/docs.ok: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	@touch $@

$(VENV)/dev.ok: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	# Without what it asks for: that is transformers, half a gigabyte with its like, which its aggregation never loads.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps 'crowd-kit>=1.4'
	@touch $@ $(VENV)/lab.ok $(VENV)/docs.ok
