# Needs nothing but make, git and Python 3.11 or newer; everything else goes into $(VENV).

VENV ?= .venv
PIP = $(VENV)/bin/python -m pip --disable-pip-version-check
# The first that really runs (a version manager's shims may stand for a version that is not there).
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	"$$python" -c "$(PROBE)" >/dev/null 2>&1 && echo "$$python" && break; done)
PROBE = import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup demo test check fix screenshots chaos bench fuzz texts ci

help: ## Print this list
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 10

setup: $(VENV)/demo.stamp $(VENV)/test.stamp $(VENV)/lint.stamp ## Make the virtual environment for all of the below

demo: $(VENV)/demo.stamp ## Show it all at work on http://localhost:8000 (PORT=...); Ctrl-C stops it
	@exec $(VENV)/bin/python -m helpdesk_demo

test: $(VENV)/test.stamp ## Run the tests, but for the longest (ARGS=--exhaustive runs those too)
	@exec $(VENV)/bin/python -m pytest --numprocesses=auto $(ARGS)

check: $(VENV)/test.stamp $(VENV)/lint.stamp ## Lint, format, types, migrations, system checks; changes nothing
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/python manage.py makemigrations --check --dry-run
	$(VENV)/bin/python manage.py check --fail-level WARNING

fix: $(VENV)/lint.stamp ## Format, and mend what can be mended by itself
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format

screenshots: $(VENV)/test.stamp ## Play the demo's story in a browser and renew the pictures of docs/images from it
	$(VENV)/bin/python -m pytest --exhaustive tests/demo/test_story.py
	cp screenshots/demo-4-beside-light.png docs/images/conversation.png
	cp screenshots/demo-6-event-light.png docs/images/event.png
	cp screenshots/demo-7-overview-light.png docs/images/overview.png
	cp screenshots/demo-9-traffic-light.png docs/images/traffic.png

chaos: $(VENV)/test.stamp ## Break everything around it and count what is lost (CHAOS_SECONDS, CHAOS_SEED, CHAOS_BROKER)
	@exec $(VENV)/bin/python -m chaos

bench: $(VENV)/test.stamp ## Measure what all costs, beside what others do, into docs/performance.md (ARGS="saves --quick")
	@exec $(VENV)/bin/python -m benchmarks $(ARGS)

texts: $(VENV)/texts.stamp ## Have the real editors write tests/texts/corpus and docs/texts.md anew (ARGS=quill)
	$(VENV)/bin/python -m tests.texts.write_corpus $(ARGS)
	$(VENV)/bin/python -m tests.texts.write_table

fuzz: $(VENV)/fuzz.stamp ## Hold both dialects' OpenAPI against Fin's door (FUZZ_CASES for each, default 1800)
	@exec $(VENV)/bin/python -m pytest -p no:schemathesis --numprocesses=0 -s -q tests/security/fuzz.py

ci: ## All that must pass before a release; wants PostgreSQL, MariaDB, Redis and RabbitMQ
	@exec .ci/run

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { printf >&2 '%s\n' \
		"Found no Python 3.11 or newer that has its venv module." \
		"On Debian and Ubuntu: apt install python3-venv. Or name one: make PYTHON=/path/to/python3"; \
		exit 1; }
	"$(PYTHON)" -m venv $(VENV)

# One stamp for each extra of pyproject.toml. Wheels only: a newcomer has no compiler.
$(VENV)/%.stamp: pyproject.toml | $(VENV)/bin/python
	$(PIP) install --quiet --only-binary :all: --editable '.[$*]'
	@touch $@
