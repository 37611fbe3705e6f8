# Thin names for the bootstrap; on a machine without make, type what stands behind them.
PYTHON ?= python3
START = $(PYTHON) start

.PHONY: demo test test-all bench lint format lock golden

demo:
	$(START) demo

test:
	$(START) test

test-all:
	$(START) test -m "slow or not slow"

bench:
	$(START) run python -m bench

# The same checks as tests/test_style.py and tests/test_floors.py.
lint:
	$(START) run ruff check .
	$(START) run ruff format --check .
	$(START) run lint-imports
	$(START) run pytest -m "slow or not slow" tests/test_style.py

format:
	$(START) run ruff format .
	$(START) run ruff check --fix .

# One lock for every platform and Python; needs uv on PATH.  Add --upgrade to ARGS to renew versions.
lock:
	uv pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate \
		--extra dev pyproject.toml --output-file requirements.lock $(ARGS)

# Renew what is compared with a stored copy, then read the diff: the wheel's contents, docs/commands.md.
golden:
	$(START) run python tests/wheel.py
	$(START) run python tests/commands.py
