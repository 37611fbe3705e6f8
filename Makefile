# Thin names for the bootstrap; on a machine without make, type what stands behind them.
PYTHON ?= python3
START = $(PYTHON) start

.PHONY: demo test test-all trust spark bench lint format lock golden licences mutants audit

demo:
	$(START) demo

test:
	$(START) test

test-all:
	$(START) test -m "slow or not slow"

# Every promise of docs/explanation/trust.md, the slow tests included: hours on a small machine.
trust:
	$(START) test -m "slow or not slow" tests/trust

# The second engine: fetches PySpark (half a gigabyte) into build/spark the first time; needs Java 17.  See docs/how-to/spark.md.
spark:
	$(START) run python tests/spark.py $(ARGS)

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

# Renew what is compared with a stored copy, then read the diff: the wheel's contents, docs/reference/commands.md.
golden:
	$(START) run python tests/wheel.py
	$(START) run python tests/commands.py

# What the locked packages say of their licences: read the diff of docs/reference/licences.md.
licences:
	$(START) run python tests/licences.py

# Mutation testing of ledger, statistics, placement, proof, clusters and weights: hours.  The first time mutmut is fetched; see docs/explanation/mutants.md.
mutants:
	$(START) run python tests/mutants.py $(ARGS)

# Known weaknesses of the locked packages; needs uv on PATH and a network, which nothing else here does.
audit:
	uvx pip-audit --require-hashes --disable-pip --requirement requirements.lock
