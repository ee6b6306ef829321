# The front door. `make figures` and `make test` are all that a fresh machine needs: both first make
# the environment .venv, and remake it when requirements.lock has changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(if $(shell command -v uv),uv pip install -q --python $(BIN)/python,$(BIN)/python -m pip install -q --disable-pip-version-check)

# A misspelt variable would silently be none: `make figures fig=ssl/fig5` would build everything.
VARIABLES := FIG PAPER FORCE STRICT SEEDS LIST COUNT PYTHON
GIVEN := $(foreach word,$(MAKEOVERRIDES),$(firstword $(subst =, ,$(word))))
UNKNOWN := $(firstword $(filter-out $(VARIABLES),$(GIVEN)))
START = $(shell printf %.3s '$(UNKNOWN)' | tr a-z A-Z)
MEANT = $(strip $(foreach name,$(VARIABLES),$(if $(filter $(START)%,$(name)),$(name))))
ifneq ($(UNKNOWN),)
$(error the variable $(UNKNOWN) is unknown$(if $(MEANT),: say $(firstword $(MEANT))=...,; known are $(VARIABLES)))
endif

export FIG PAPER FORCE STRICT SEEDS
# Nothing of the caller's Python reaches the suite's own.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONDONTWRITEBYTECODE
export PYTHONNOUSERSITE := 1

.DEFAULT_GOAL := help
.PHONY: help figures redraw test check verify reseed full fuzz mutants seconds lab bench book pages classroom answers versions clean ready environment lock

help:
	@echo "make figures            regenerate every figure whose sources changed"
	@echo "make redraw             draw every picture again from the stored numbers (seconds)"
	@echo "make test               run the tests"
	@echo "make check              fail on a stale, edited, missing or failing figure; writes nothing"
	@echo "                        (STRICT=0: only report)"
	@echo "make verify             recompute and compare with the stored numbers; writes nothing"
	@echo "make reseed SEEDS=5     run with other seeds and tell which claims break; writes nothing"
	@echo "make full FIG=...       run an experiment at the paper's own size (hours; killed, it goes on"
	@echo "                        where it was); LIST=1 prints the catalogue with costs"
	@echo "make lab                open the lessons in JupyterLab"
	@echo "make bench              run the benchmarks; ends with one page of ratios to stated references"
	@echo "make book               build the course site into .build/book (minutes); it needs no network to read"
	@echo "make pages              open every page of the built site in Chromium (minutes)"
	@echo "make classroom          build student, solution, instructor, slide and handout editions, graded"
	@echo "                        release and plans into .build/classroom"
	@echo "make answers            write the stored answers of the exercises that changed, from their solutions"
	@echo "make fuzz               bad values in place of every argument of every public callable (minutes)"
	@echo "make mutants COUNT=400  plant errors one by one, and tell which no test sees (hours; weekly)"
	@echo "make versions           run tests and short lessons on every supported Python"
	@echo "make clean              remove .venv and the build's state; figures stay"
	@echo "make lock               resolve requirements.lock anew (needs uv)"
	@echo "FIG=metaplasticity/qbt_a narrows figures, redraw, verify and reseed to one figure, PAPER=ssl to"
	@echo "one of metaplasticity ep holo_ep ssl rram consolidation; FORCE=1 rebuilds what is current"

figures redraw seconds: ready
	@$(BIN)/python -m figures.build $@

verify reseed: ready
	@$(BIN)/python -m figures.verify $@

full: ready
	@$(BIN)/python -m theory.full_size.run $(if $(FIG),--figure $(FIG)) $(if $(PAPER),--paper $(PAPER)) $(if $(LIST),--list)

test: ready
	@$(BIN)/python -m pytest -n 2

check: ready
	@$(BIN)/python -m figures.check $(if $(filter 0,$(STRICT)),--report)

fuzz: ready
	@$(BIN)/python tests/bad_input/fuzz.py

mutants: ready
	@$(BIN)/python tests/mutants.py $(or $(COUNT),400)

lab: ready
	@$(BIN)/python -m figures.lab

bench: ready
	@OMP_NUM_THREADS=1 $(BIN)/python benchmarks/page.py

versions: ready
	@$(BIN)/python -m figures.versions

book: ready
	@cmp -s book/requirements.lock $(VENV)/book.lock || { $(INSTALL) -r book/requirements.lock && cp book/requirements.lock $(VENV)/book.lock; }
	@$(BIN)/python -m book
	@$(BIN)/python -m book.check

pages: ready
	@SITE_PAGES=all $(BIN)/python -m pytest tests/book/test_site.py

classroom: ready
	@cmp -s classroom/requirements.lock $(VENV)/classroom.lock || { $(INSTALL) -r classroom/requirements.lock && cp classroom/requirements.lock $(VENV)/classroom.lock; }
	@$(BIN)/python -m classroom $(PAPER)

answers: ready
	@$(BIN)/python -m classroom.answers $(PAPER)

ready:
	@cmp -s requirements.lock $(VENV)/requirements.lock || $(MAKE) --no-print-directory environment

environment:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "No '$(PYTHON)' found: install Python 3.11 or newer, or say make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Say make PYTHON=/path/to/python3.11"; exit 1; }
	@command -v uv >/dev/null 2>&1 || $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "The module venv is missing: install it (Debian, Ubuntu: apt install python3-venv) or install uv"; exit 1; }
	@if command -v uv >/dev/null 2>&1; then echo "Making the environment $(VENV) with uv (seconds) ..."; else echo "Making the environment $(VENV) with pip (a minute or more; with uv it takes seconds) ..."; fi
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
	@for extra in book classroom; do \
	   $(BIN)/python -c 'import sys, tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"][sys.argv[1]], sep="\n")' $$extra | \
	   uv pip compile -q --universal --no-header --no-annotate --python-version 3.11 -c requirements.lock -o $$extra/requirements.lock - || exit 1; done
	@uv pip compile -q --universal --no-header --python-version 3.11 --extra notebooks --extra dev --extra cluster pyproject.toml -o requirements.lock

clean:
	@rm -rf $(VENV) .build *.egg-info .pytest_cache .ruff_cache .hypothesis
