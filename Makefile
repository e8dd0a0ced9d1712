# From source files to tables, figures and the report.
#   make all                                         the demo study
#   make all STUDY=china DATA=path/to/source/files   another study
STUDY ?= demo
DATA ?= data/$(STUDY)
BUILD ?= build
REPORTS ?= reports

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help all env data fetch import new-study check trace panel variables results tables report baseline test verify bench coverage mutation forensics-power dag lint lock clean
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME

PYTHON := .venv/bin/python
PIPELINE = $(PYTHON) -m pipeline
OUT = --data "$(DATA)" --build "$(BUILD)" --reports "$(REPORTS)"

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:[^#]*## /\t/' | awk -F'\t' '{printf "  make %-15s %s\n", $$1, $$2}'

all: .venv/.run ## run the study to its report (STUDY=demo, DATA=data/<study>)
	@$(PIPELINE) all $(STUDY) $(OUT)

env: .venv/.run ## build the environment from the hash-locked requirements

.venv/.run: requirements.lock
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "python3 >= 3.11 is needed, `python3 --version` is here: install a newer python3"; exit 1; }
	@python3 -c 'import venv, ensurepip' 2>/dev/null || { echo "python3 has no venv or no pip: install the system package python3-venv (Debian, Ubuntu: apt install python3-venv)"; exit 1; }
	@test -x .venv/bin/python || python3 -m venv .venv
	@echo "installing the locked requirements into .venv"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	@echo "installing the locked test requirements into .venv"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

data: .venv/.run ## draw the synthetic source files of the demo study anew
	$(PIPELINE) simulate $(STUDY) $(OUT)

import: .venv/.run ## read files and propose a codebook: make import FILES="a.xlsx folder" STUDY=mine
	@test "$(origin STUDY)" != file -a -n "$(FILES)" || { echo 'say which files and for which study: make import FILES="a.xlsx folder" STUDY=mine'; exit 1; }
	@$(PIPELINE) import $(STUDY) --files $(FILES)

new-study: .venv/.run ## make a spec folder from your files: make new-study NAME=mine DATA=folder
	@test "$(origin DATA)" != file -a -n "$(NAME)" || { echo 'say a name and the folder of your files: make new-study NAME=mine DATA=folder'; exit 1; }
	@$(PIPELINE) new-study $(NAME) --data "$(DATA)"

fetch: .venv/.run ## download the source files that a study names, and verify them (STUDY=, DATA=, MIRROR=folder)
	@$(PIPELINE) fetch $(STUDY) $(OUT) $(if $(MIRROR),--mirror "$(MIRROR)")

check: .venv/.run ## read the specs of the study and say whether they are whole
	@$(PIPELINE) check $(STUDY) $(OUT)

# Every stage decides by content what is stale: sources, specs, program, packages. Make only orders them.
panel: .venv/.run ## read and validate the source files
	@$(PIPELINE) validate $(STUDY) $(OUT)

variables: .venv/.run ## build derived variables and indices
	@$(PIPELINE) construct $(STUDY) $(OUT)

results: .venv/.run ## estimate every spec that changed
	@$(PIPELINE) estimate $(STUDY) $(OUT)

tables report: .venv/.run
	@$(PIPELINE) report $(STUDY) $(OUT)
tables: ## write tables, figures and reports
report: ## the same

baseline: .venv/.run ## write the numbers of the last run as the baseline of `make verify`
	@$(PIPELINE) baseline $(STUDY) $(OUT)

trace: .venv/.run ## follow one number back to its cell and on to its tables: make trace CELL="Jilin 2017 income_rural"
	@$(PIPELINE) trace $(STUDY) $(OUT) --cell "$(CELL)"

verify: .venv/.run ## re-run the study in a temporary folder and compare every number with the committed baseline
	@tmp=`mktemp -d` && trap 'rm -rf "$$tmp"' EXIT && \
	{ $(PIPELINE) all $(STUDY) --data "$(DATA)" --build "$$tmp/build" --reports "$$tmp/reports"; ran=$$?; \
	$(PIPELINE) compare $(STUDY) --data "$(DATA)" --build "$$tmp/build" --reports "$$tmp/reports" && exit $$ran; }

test: .venv/.dev ## run the tests
	@$(PYTHON) -m pytest -n 2 --dist loadfile -q

lint: .venv/.dev ## ruff, the type checker and the import rules between the rooms
	@$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . && $(PYTHON) -m mypy && .venv/bin/lint-imports --no-cache

bench: .venv/.dev ## measure stages and methods, ours and peers side by side (build/bench.json)
	@$(PYTHON) -m benchmarks

coverage: .venv/.dev ## Monte Carlo study of coverage and size, minutes (reports/methods/coverage.md)
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(PYTHON) -m benchmarks.coverage
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(PYTHON) -m benchmarks.few_clusters

mutation: .venv/.dev ## plant faults and print the share that tests notice by room (MUTANTS=200, ROOM=, SEED=1), 20 minutes
	@PYTHONHASHSEED=0 OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(PYTHON) -m benchmarks.mutation \
	$(if $(MUTANTS),--mutants $(MUTANTS)) $(if $(ROOM),--rooms $(ROOM)) $(if $(SEED),--seed $(SEED))

forensics-power: .venv/.dev ## plant defects and count those found, and false alarms, minutes (reports/methods/forensics.md)
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(PYTHON) -m benchmarks.forensics

dag: ## draw the stage graph
	@printf '%s\n' 'data/ + specs/' '   |' 'ingest      -> build/<study>/raw.parquet     every number with its file, sheet, cell' '   |' \
	'validate    -> values.parquet, findings.md   errors stop here' '   |' \
	'construct   -> panel.parquet                 derived variables, indices' '   |' \
	'estimate    -> results/*.json                one results file a spec, by the methods of pipeline/methods/' '   |' \
	'report      -> reports/<study>/              tables, figures, report.pdf, report.html' '   |' \
	'manifest    -> manifest.json                 hashes, versions, seeds, commit'

lock: .venv/.dev ## compile the hash-locked requirements anew from pyproject.toml
	.venv/bin/uv pip compile -q --universal --python-version 3.11.2 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
	.venv/bin/uv pip compile -q --universal --python-version 3.11.2 --generate-hashes --no-header --no-annotate --group dev pyproject.toml -c requirements.lock -o requirements-dev.lock

clean: ## remove what was generated, except the committed baseline and studies
	@rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find pipeline $(wildcard tests benchmarks) -name __pycache__ -type d -prune -exec rm -rf {} +
	@test ! -d reports || find reports -mindepth 1 -maxdepth 1 ! -name baseline ! -name methods -exec rm -rf {} +
