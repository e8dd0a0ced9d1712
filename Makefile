# From source files to tables, figures and the report.
#   make all                                         the demo study
#   make all STUDY=china DATA=path/to/source/files   another study
STUDY ?= demo
BUILD ?= build
REPORTS ?= reports
STUDY_FROM := $(origin STUDY)
# Taken as they are written and handed on in the environment: names may hold blanks, quotes, $.
override STUDY := $(value STUDY)
override DATA := $(value DATA)
override BUILD := $(value BUILD)
override REPORTS := $(value REPORTS)
override NAME := $(value NAME)
override CELL := $(value CELL)
override MIRROR := $(value MIRROR)
export STUDY DATA BUILD REPORTS NAME CELL MIRROR

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help all env data fetch import new-study check trace panel variables results tables report baseline test verify bench coverage mutation faults forensics-power dag lint lock licences clean
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME PYTHONSAFEPATH

PYTHON := .venv/bin/python
PIPELINE = $(PYTHON) -m pipeline
FROM = $(if $(DATA),--data="$$DATA")
OUT = $(FROM) --build="$$BUILD" --reports="$$REPORTS" -- "$$STUDY"

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:[^#]*## /\t/' | awk -F'\t' '{printf "  make %-15s %s\n", $$1, $$2}'

all: .venv/.run ## run the study to its report (STUDY=demo, DATA=data/<study>)
	@$(PIPELINE) all $(OUT)

env: .venv/.run ## build the environment from the hash-locked requirements

.venv/.run: requirements.lock
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "python3 >= 3.11 is needed, `python3 --version` is here: install a newer python3"; exit 1; }
	@python3 -c 'import venv, ensurepip' 2>/dev/null || { echo "python3 has no venv or no pip: install the system package python3-venv (Debian, Ubuntu: apt install python3-venv)"; exit 1; }
	@test -x .venv/bin/python || python3 -m venv .venv
	@echo "installing the locked requirements into .venv"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@# The folder above .venv, so that the program is found also where PYTHONSAFEPATH hides this one.
	@echo ../../../.. > "`$(PYTHON) -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])'`/project.pth"
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	@echo "installing the locked test requirements into .venv"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

data: .venv/.run ## draw the synthetic source files of the demo study anew
	$(PIPELINE) simulate $(OUT)

import: .venv/.run ## read files and propose a codebook: make import FILES="a.xlsx folder" STUDY=mine
	@test "$(STUDY_FROM)" != file -a -n "$(FILES)" || { echo 'say which files and for which study: make import FILES="a.xlsx folder" STUDY=mine'; exit 1; }
	@$(PIPELINE) import "$$STUDY" --files $(FILES)

new-study: .venv/.run ## make a spec folder from your files: make new-study NAME=mine DATA=folder
	@test -n "$$DATA" -a -n "$$NAME" || { echo 'say a name and the folder of your files: make new-study NAME=mine DATA=folder'; exit 1; }
	@$(PIPELINE) new-study --data="$$DATA" -- "$$NAME"

fetch: .venv/.run ## download the source files that a study names, and verify them (STUDY=, DATA=, MIRROR=folder)
	@$(PIPELINE) fetch $(if $(MIRROR),--mirror="$$MIRROR") $(OUT)

check: .venv/.run ## read the specs of the study and say whether they are whole
	@$(PIPELINE) check $(OUT)

# Every stage decides by content what is stale: sources, specs, program, packages. Make only orders them.
panel: .venv/.run ## read and validate the source files
	@$(PIPELINE) validate $(OUT)

variables: .venv/.run ## build derived variables and indices
	@$(PIPELINE) construct $(OUT)

results: .venv/.run ## estimate every spec that changed
	@$(PIPELINE) estimate $(OUT)

tables report: .venv/.run
	@$(PIPELINE) report $(OUT)
tables: ## write tables, figures and reports
report: ## the same

baseline: .venv/.run ## write the numbers of the last run as the baseline of `make verify`
	@$(PIPELINE) baseline $(OUT)

trace: .venv/.run ## follow one number back to its cell and on to its tables: make trace CELL="Jilin 2017 income_rural"
	@$(PIPELINE) trace --cell="$$CELL" $(OUT)

verify: .venv/.run ## re-run the study in a temporary folder and compare every number with the committed baseline
	@tmp=`mktemp -d` && trap 'rm -rf "$$tmp"' EXIT && \
	export BUILD="$$tmp/build" REPORTS="$$tmp/reports" && \
	{ $(PIPELINE) all $(OUT); ran=$$?; $(PIPELINE) compare $(OUT) && exit $$ran; }

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

faults: .venv/.dev ## disturb runs (failing writes, kills, full disks, clocks) and count what survives, 20 minutes
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(PYTHON) -m benchmarks.faults

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

licences: .venv/.dev ## write THIRD_PARTY.md, the locked packages with their licences, after `make lock`
	@$(PYTHON) -m pipeline.provenance.licences

clean: ## remove what was generated, except the committed baseline and studies
	@rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find pipeline $(wildcard tests benchmarks) -name __pycache__ -type d -prune -exec rm -rf {} +
	@test ! -d reports || find reports -mindepth 1 -maxdepth 1 ! -name baseline ! -name methods -exec rm -rf {} +
