# Everything happens in .venv, made from Python 3.11 or later; `make` alone lists what there is. A report needs what
# requirements.lock names; requirements-dev.lock names that, every extra, and the tools of the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Errors are shown; progress and notices of the installer are not.
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
# Tests of a file stay together: what takes long to make is shared within it. Slow files come first (tests/conftest.py).
WORKERS := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# Where the environment forbids byte code, every process that is started would compile the package anew.
export PYTHONDONTWRITEBYTECODE :=
STUDY := data/sample
BENCH := .cache/bench

.PHONY: help report test suite check quick lint lab messages bench coverage fuzz kill memory cron serve-load replay pictures lock clean setup setup-dev debian-packages
.SILENT:
.DELETE_ON_ERROR:

help: ## list the targets
	sed -n 's/^\([a-z-]*\):.*## /  make \1 - /p' Makefile

report: setup ## the main job: make the sample study if absent, then its report under reports/sample/latest/
	test -f $(STUDY)/study.toml || $(BIN)/dedupelab sample $(STUDY)
	$(BIN)/dedupelab report $(STUDY) --out reports

# Side by side, as types keep one core busy while the last tests run; what each says comes together at its end.
check: setup-dev ## what every edit must pass: lint, types and the quick tests, in some three minutes
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target lint quick

quick: setup-dev ## the quick tests alone
	$(BIN)/python -m pytest $(WORKERS) -m "not slow and not browser"

test: setup-dev debian-packages ## every check and every test
	$(MAKE) --no-print-directory --jobs 2 lint suite

suite: setup-dev ## the tests alone
	$(BIN)/python -m pytest $(WORKERS) -ra

lint: setup-dev ## ruff (notebooks too), formatting, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lab: setup ## JupyterLab on the notebooks, on this machine only, with a token
	$(BIN)/python -m jupyterlab --ip=127.0.0.1 --ServerApp.root_dir=notebooks $$([ "$$(id -u)" != 0 ] || echo --allow-root)

messages: setup ## bring the catalogues of the paper's languages up to date; says how many messages lack a translation
	$(BIN)/python -m dedupelab.publish.language.messages

# The packages that are compared with are none of the project's dependencies, so they have an environment of their own.
bench: setup-dev $(BENCH)/locked ## measure search, scan and quality of the matches beside other tools (an hour; PHOTOS=folder for other photographs)
	for name in join scan quality; do $(BENCH)/bin/python benchmarks/$$name.py $(if $(PHOTOS),$$([ $$name = join ] || echo --photos $(PHOTOS))) || exit 1; done

coverage: setup ## do the intervals hold: 500 simulated studies of each kind (an hour; what is done is not done again), the sample 100 times
	$(BIN)/python benchmarks/review_coverage.py --table dedupelab/publish/chapters/coverage.json
	test -f $(STUDY)/study.toml || $(BIN)/dedupelab sample $(STUDY)
	$(BIN)/python benchmarks/reviewed_sample.py $(STUDY)

FILES := 100000

fuzz: setup ## scan damaged files, good ones among them (100,000 in ten minutes; FILES=, SEED=): no crash, no hang, nothing lost
	$(BIN)/python tests/campaigns/fuzz.py --files $(FILES) --seed $(or $(SEED),1)

kill: setup ## kill a whole report at 50 random moments: the next one must give the same tables (half an hour; SEED=)
	$(BIN)/python tests/campaigns/kill.py --times 50 --seed $(or $(SEED),1)

replay: setup ## replay the newest run of the sample (RUN= for another) in an environment of older numpy, pandas, networkx and others
	test -n "$(RUN)" || test -e reports/sample/latest || $(MAKE) report
	$(BIN)/python tests/campaigns/replay.py $(or $(RUN),reports/sample/latest)

memory: setup ## scan a thousand pictures of twelve megapixels with two workers: less than 600 MB (some three minutes)
	$(BIN)/python tests/campaigns/memory.py

cron: setup debian-packages ## let cron itself run what `dedupelab schedule` prints: some two minutes, as root where no cron is at work
	$(BIN)/python tests/campaigns/cron.py

pictures: setup-dev debian-packages ## make the README's pictures anew from the reviewed sample (some ten minutes)
	$(BIN)/python tests/campaigns/pictures.py

REQUESTS := 50000

serve-load: setup-dev ## the gate over HTTP at 20 uploads a second (REQUESTS=, RATE=): no error, no growth of memory (three quarters of an hour)
	$(BIN)/python tests/campaigns/serve_load.py --requests $(REQUESTS) --rate $(or $(RATE),20)

# Everything is pinned in the two files, so nothing is resolved: imagededup would draw in torch, which it does not need here.
$(BENCH)/locked: requirements-dev.lock benchmarks/requirements.lock pyproject.toml | $(VENV)/bin/python
	[ -x $(BENCH)/bin/python ] || $(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip -qq --disable-pip-version-check --no-input install --no-deps --require-hashes -r requirements-dev.lock -r benchmarks/requirements.lock
	$(BENCH)/bin/python -m pip -qq --disable-pip-version-check --no-input install --no-deps --no-build-isolation --editable .
	touch $@

COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
  --no-header --no-annotate

lock: ## resolve the dependencies of pyproject.toml and benchmarks/requirements.in anew and write the lock files (needs uv)
	command -v uv >/dev/null || { echo "expected the program uv, got none; remedy: $(PYTHON) -m pip install uv" >&2; exit 1; }
	$(COMPILE) --all-extras --group dev pyproject.toml -o requirements-dev.lock
	$(COMPILE) --constraint requirements-dev.lock --extra sample --group build pyproject.toml -o requirements.lock
	$(COMPILE) --override benchmarks/overrides.txt benchmarks/requirements.in -o benchmarks/requirements.lock

clean: ## remove the environment, caches and build results; studies and reports stay
	rm -rf $(VENV) .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup: $(VENV)/project ## .venv with what a report needs, by hash

setup-dev: setup $(VENV)/requirements-dev.lock ## every extra and the tools of the tests as well

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "expected Python 3.11 or later, got " + sys.version.split()[0] + "; remedy: make PYTHON=path/to/python3.11")'
	echo "making $(VENV): once, takes a few minutes" >&2
	$(PYTHON) -m venv $(VENV)

# The stamp holds the lock file that was installed: a checkout that only touches the file installs nothing. The file is whole, so
# nothing is resolved (what pyproject.toml overrides would be missed). pip would compile on one core, and the packages' own tests too.
$(VENV)/%.lock: %.lock | $(VENV)/bin/python
	cmp -s $< $@ || $(PIP) install --no-compile --no-deps --require-hashes -r $<
	$(BIN)/python -m compileall -qq -j 0 -x /tests/ $(VENV)/lib || true
	cp $< $@

$(VENV)/requirements-dev.lock: | $(VENV)/requirements.lock

# Editable: a change to a module or a notebook counts at once. The wheel is built and tried by tests/test_package.py.
$(VENV)/project: pyproject.toml $(VENV)/requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

# Only where make may install Debian packages; elsewhere the tests that need an absent program say so and are skipped,
# except where CI is set: there they fail.
debian-packages: | $(VENV)/bin/python
	missing=$$(sed '/^#/d' tests/debian-packages.txt | while read -r package program; do \
	  command -v "$$program" >/dev/null || test -e "$$program" || echo "$$package"; done); \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing" $$missing >&2; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing; } \
	    >$(VENV)/apt.log 2>&1 && exit 0; \
	  tail -n 5 $(VENV)/apt.log >&2; \
	fi; \
	echo "missing Debian packages:" $$missing "(tests that need them are skipped; remedy: install them)" >&2; \
	[ -z "$$CI" ]
