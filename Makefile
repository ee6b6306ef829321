# The front door. `make figures` and `make test` are all that a fresh machine needs: both first make
# the environment .venv, and remake it when requirements.lock has changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export FIG PAPER FORCE STRICT

.DEFAULT_GOAL := help
.PHONY: help figures test check lab bench clean ready environment lock

help:
	@echo "make figures            regenerate every figure whose sources changed"
	@echo "make figures FIG=id     only the notebook of one figure, e.g. FIG=metaplasticity/qbt_a"
	@echo "make figures PAPER=key  only one paper: metaplasticity ep holo_ep ssl rram consolidation"
	@echo "make figures FORCE=1    even where nothing changed"
	@echo "make test               run the tests"
	@echo "make check              fail on a stale, missing or failing figure (STRICT=0: only report)"
	@echo "make lab                open the notebooks in JupyterLab"
	@echo "make bench              print the benchmarks"
	@echo "make clean              remove .venv and the build's state; figures stay"
	@echo "make lock               resolve requirements.lock anew (needs uv)"

figures test check lab bench: ready
	@$(BIN)/doit $@

ready:
	@cmp -s requirements.lock $(VENV)/requirements.lock || $(MAKE) --no-print-directory environment

environment:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "No '$(PYTHON)' found: install Python 3.11 or newer, or say make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Say make PYTHON=/path/to/python3.11"; exit 1; }
	@command -v uv >/dev/null 2>&1 || $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "The module venv is missing: install it (Debian, Ubuntu: apt install python3-venv) or install uv"; exit 1; }
	@echo "Making the environment $(VENV) (about a minute) ..."
	@rm -rf $(VENV)
	@if command -v uv >/dev/null 2>&1; then \
	   uv venv -q --python $(PYTHON) $(VENV) && \
	   uv pip install -q --python $(BIN)/python -r requirements.lock && \
	   uv pip install -q --python $(BIN)/python --no-deps -e . ; \
	 else \
	   $(PYTHON) -m venv $(VENV) && \
	   $(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.lock && \
	   $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e . ; \
	 fi
	@cp requirements.lock $(VENV)/requirements.lock

lock:
	@uv pip compile -q --universal --no-header --python-version 3.11 --extra dev --extra cluster pyproject.toml -o requirements.lock

clean:
	@rm -rf $(VENV) .build *.egg-info .pytest_cache .ruff_cache .hypothesis
