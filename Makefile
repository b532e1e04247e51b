# Two of these do everything: `make demo` and `make test`. Both set up what they need, and are quick the second time.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?=

.PHONY: demo test without-httpx coverage fuzz bench lint format types imports package clean

demo: $(VENV)/.installed
	$(BIN)/mxinbound demo

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest $(PYTEST_ARGS)

# The retrieval once more, where httpx is not to be had and its continuation is.
without-httpx: $(VENV)-httpx2/.installed
	$(VENV)-httpx2/bin/python -c 'from importlib.util import find_spec; assert not find_spec("httpx") and find_spec("httpx2")'
	$(VENV)-httpx2/bin/python -m pytest -q tests/retrieval tests/test_retrieve.py \
	    tests/examples/test_examples.py::test_the_script_fetches_an_mms_by_its_id

# Without the real servers: what they run is measured in process.
coverage: $(VENV)/.installed-dev
	$(BIN)/python -m coverage run -m pytest -q -m "not servers"
	$(BIN)/python -m coverage report

# A million spoiled zips, in about a minute.
fuzz: $(VENV)/.installed-dev
	$(BIN)/python fuzz/zips.py

# How fast everything is beside what one would take instead, in about five minutes. `make bench ONLY=query` measures one
# area, `make bench WRITE=1` puts the table into docs/explanation/speed.md.
bench: $(VENV)-bench/.installed
	$(VENV)-bench/bin/python -m benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(WRITE),--write)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.installed-dev
	$(BIN)/mypy
	$(BIN)/pyright

imports: $(VENV)/.installed-dev
	$(BIN)/lint-imports

# The wheel and the sdist, each installed into an empty environment and imported from there.
package: $(VENV)/.installed
	rm -rf dist
	$(BIN)/python -m pip install -q build
	$(BIN)/python -m build -q
	for file in dist/*.whl dist/*.tar.gz; do \
	    rm -rf $(VENV)-package && $(PYTHON) -m venv $(VENV)-package && \
	    $(VENV)-package/bin/python -m pip install -q "$$file" && \
	    (cd dist && ../$(VENV)-package/bin/python -W error -c "import mxinbound, mxinbound.testing; print(mxinbound.__file__)" && \
	     ../$(VENV)-package/bin/mxinbound demo >/dev/null) || exit 1; \
	done
	rm -rf $(VENV)-package

clean:
	rm -rf $(VENV) $(VENV)-* dist .coverage .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mxinbound needs Python 3.11 or later; try make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade "pip>=25.1"
	$(BIN)/python -m pip install -q -e .
	touch $@

$(VENV)-httpx2/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)-httpx2
	$(VENV)-httpx2/bin/python -m pip install -q --upgrade "pip>=25.1"
	$(VENV)-httpx2/bin/python -m pip install -q -e . --group retrieval "httpx2>=2"
	$(VENV)-httpx2/bin/python -m pip uninstall -q -y httpx httpcore
	touch $@

# An environment of its own: what it installs changes how fast things are elsewhere.
$(VENV)-bench/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python -m pip install -q --upgrade "pip>=25.1"
	$(VENV)-bench/bin/python -m pip install -q -e . --group bench
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install -q --group dev
	touch $@
