# What there is to do with this project; CONTRIBUTING.md says more.
# PYTHON=python3.13 make setup picks an interpreter. T=path and ARGS=... narrow the tests.

.PHONY: help setup demo test test-sqlite test-pythons check bench faults year messages lock

help:
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup: ## install everything into .venv (quick when nothing changed)
	@scripts/setup.sh

demo: setup ## start Homestretch with a made-up clinic, http://localhost:8000/ unless PORT is set
	@DEMO=1 .venv/bin/python manage.py demo

test: setup ## all tests on PostgreSQL and Redis, then in the browser
	@.venv/bin/python scripts/run_tests.py

test-sqlite: setup ## the unit tests on SQLite, without any server
	@.venv/bin/python scripts/run_tests.py --sqlite

test-pythons: setup ## the unit tests on every Python 3.11 to 3.13 of this machine
	@scripts/test-pythons.sh

check: setup ## style, types, import directions, migrations, templates, deployment
	@scripts/check.sh

bench: setup ## how fast it is, beside the bare thing it is made of (B="planning sending" narrows it)
	@.venv/bin/python scripts/run_bench.py $(B)

faults: setup ## the fault tests in their long form, with a table of what they saw (SEED=number repeats a run)
	@FAULTS=long T="$${T:-tests/faults}" .venv/bin/python scripts/run_tests.py

year: setup ## the numbers of adherence and outcomes over a made-up year, beside a slow computation (SEED=number: another year)
	@YEAR=long T="$${T:-tests/year/test_year.py}" .venv/bin/python scripts/run_tests.py

messages: setup ## gather new texts of the interface into locale/it (needs gettext)
	@DEMO=1 .venv/bin/python manage.py makemessages --locale it --no-location --no-obsolete \
		--ignore='.venv*' --ignore=tests --ignore=var --ignore=static --ignore=staticfiles

lock: setup ## work out requirements.lock again from pyproject.toml
	@.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
		pyproject.toml --extra dev -o requirements.lock
