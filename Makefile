# Two commands do everything on a fresh machine: `make chat` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers
SCRATCH := $(or $(TMPDIR),/tmp)/askpapers-quality

.PHONY: chat test setup check check-notes bench-quality lock clean

chat: setup  ## the chat on http://127.0.0.1:7860, with a sync in the background
	$(BIN)/askpapers chat $(ARGS)

test: $(VENV)/dev  ## all tests; those in a browser need Chromium
	$(BIN)/python -m pytest -rs $(ARGS)

check: $(VENV)/dev  ## lint, types and floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check-notes: $(VENV)/run  ## the notes against the papers that they were written from
	$(BIN)/python benchmarks/check_notes.py $(or $(PAPERS),../shared/papers)

bench-quality: setup $(PEERS)/run  ## the pages found, beside what LangChain and LlamaIndex find
	$(BIN)/askpapers sync --offline --pdf-dir $(or $(PAPERS),../shared/papers) --data-dir $(SCRATCH)
	$(BIN)/python benchmarks/quality.py $(or $(PAPERS),../shared/papers) \
		$(or $(GOLD),../shared/gold/dev.jsonl) --data-dir $(SCRATCH) --peers $(PEERS)/bin/python

setup: docs/handbook.pdf  ## the virtual environment, with what the program needs, and the handbook

docs/handbook.pdf: $(VENV)/run $(wildcard docs/handbook/* docs/chat.png)
	$(BIN)/python docs/handbook/build.py

$(VENV)/run: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed." if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps -e .
	touch $@

$(VENV)/dev: $(VENV)/run requirements-dev.lock
	$(BIN)/python -m pip install --quiet -r requirements-dev.lock
	touch $@

# The tag of a CPU build is left out: what is pinned is the release.
FREEZE := $(SCRATCH)-lock/bin/python -m pip freeze --exclude askpapers | sed 's/+cpu$$//'

lock:  ## pin the newest versions that pyproject.toml allows
	rm -rf $(SCRATCH)-lock && $(PYTHON) -m venv $(SCRATCH)-lock
	$(SCRATCH)-lock/bin/python -m pip install --quiet .
	head -1 requirements.lock > $(SCRATCH)-lock/run
	$(FREEZE) >> $(SCRATCH)-lock/run
	$(SCRATCH)-lock/bin/python -m pip install --quiet --requirement $(SCRATCH)-lock/run '.[dev]'
	head -2 requirements-dev.lock > $(SCRATCH)-lock/dev
	$(FREEZE) | grep -vxFf $(SCRATCH)-lock/run >> $(SCRATCH)-lock/dev
	mv $(SCRATCH)-lock/run requirements.lock && mv $(SCRATCH)-lock/dev requirements-dev.lock

$(PEERS)/run: benchmarks/peers.lock
	test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet -r benchmarks/peers.lock
	touch $@

clean:  ## the environment and what tools left behind; never data/
	rm -rf $(VENV) $(PEERS) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
