# Every task of the project by its name; `make` alone lists them.

ICI := .venv/bin/ici
PYTHON := .venv/bin/python
HOST ?= 127.0.0.1
PORT ?= 8000
TOUR ?= $(PYTHON) -m tests.tour --url http://$(if $(findstring :,$(HOST)),[$(HOST)],$(HOST)):$(PORT)
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help setup setup-run setup-bench setup-clients run tour test cases check clients format migration lock bench-nearby bench-claims bench-deciding bench-ledger bench-permissions bench-presence bench-layers bench-overload bench-passes bench-readers bench-relevance bench-shops bench-till wheel clean

help: ## list the tasks
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 16

setup: ## install everything that running, testing and checking need
	@deploy/setup.sh test

setup-run:
	@deploy/setup.sh run

setup-bench: ## install what the benches need besides (wrk, asyncpg, FastAPI)
	@deploy/setup.sh bench

setup-clients: ## install what needs Node: the generators of clients, the reference of opening hours
	@deploy/setup.sh clients

run: setup-run ## start the database, migrate, load the demo brand, serve (HOST=… PORT=…)
	@exec $(ICI) run --host $(HOST) --port $(PORT)

tour: setup ## play the main job against the running server and explain each step; Apple and Google stand in here
	@$(TOUR)

# What Python compiled once is kept for the next run, and for the servers that tests start, wherever that is not usual.
test: export PYTHONDONTWRITEBYTECODE =
test: setup ## run the tests (ARGS=… for pytest, WORKERS=… processes; ARGS=--hypothesis-profile=full tries more, =explore other things each time)
	$(PYTHON) -m pytest -n $(WORKERS) $(ARGS)

cases: setup ## try the small inputs of public bug reports one by one (CASES=folder)
	$(PYTHON) -m tests.cases $(if $(CASES),--folder $(CASES))

check: setup ## format, lint, types, who imports whom, migrations against models
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(ICI) migrations check

clients: setup setup-clients ## make a client in Python and in TypeScript of the document, check their programs and run them
	$(PYTHON) -m tests.clients

format: setup ## format the code and mend what ruff can mend
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

migration: setup ## write a migration from the models (M="what it does"); read it before you commit it
	$(ICI) migrations write "$(M)"

lock: setup ## write the lock files of Python again from pyproject.toml (UPGRADE=1 takes newer versions)
	deploy/lock.sh

bench-nearby: setup-bench ## measure nearby offers against the limit of the machine (ARGS=… for its sizes)
	$(PYTHON) -m bench.nearby $(ARGS)

bench-claims: setup-bench ## measure 64 clients claiming one offer, limited against unlimited
	$(PYTHON) -m bench.claims $(ARGS)

bench-deciding: setup-bench ## measure an order by scores, its share inside nearby offers, and what learning costs
	$(PYTHON) -m bench.deciding $(ARGS)

bench-presence: setup-bench ## measure fences, beacons, sightings with their answers, and bundles
	$(PYTHON) -m bench.presence $(ARGS)

bench-permissions: setup-bench ## measure withdrawals under fire, the ledger, its seals, and the gate of nearby offers
	$(PYTHON) -m bench.permissions $(ARGS)

bench-ledger: setup-bench ## measure earning, purchases imported, long ledgers and expiry, and prove the ledger
	$(PYTHON) -m bench.ledger $(ARGS)

bench-layers: setup-bench ## measure what each layer of nearby offers costs (after bench-nearby ARGS=--keep)
	$(PYTHON) -m bench.layers $(ARGS)

bench-overload: setup-bench ## measure what crowds are served beside an attacker of each kind (ARGS=--quick: a small one)
	$(PYTHON) -m bench.overload $(ARGS)

bench-passes: setup-bench ## measure passes: signed, told of, changed all at once, verified offline (ARGS="--only signing")
	$(PYTHON) -m bench.passes $(ARGS)

bench-readers: setup-bench ## measure what the worst file or body within its size costs (ARGS="--only cards")
	$(PYTHON) -m bench.readers $(ARGS)

bench-relevance: setup-bench ## measure the order of categories and coupons on public baskets (ARGS="--origins 21 29 37")
	$(PYTHON) -m bench.relevance $(ARGS)

bench-shops: setup-bench ## measure an import of 200,000 shops (ARGS="--before PATH": another checkout beside it)
	$(PYTHON) -m bench.shops $(ARGS)

bench-till: setup-bench ## measure scans, quotes, sales, permissions beside an empty request (ARGS=--quick: a small one)
	$(PYTHON) -m bench.till $(ARGS)

wheel: setup ## prove that the package runs without the checkout: installed, migrated, founded, served, signed in
	deploy/prove_wheel.sh

clean: ## remove what can be made again; the database in var/ stays (`ici erase` removes it)
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info tests/clients/node_modules tests/oracle/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
