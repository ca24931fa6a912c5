# Each target brings what it needs, from nothing, and is quick when that is there already. Nothing heavy is kept in the
# checkout: see dev/lib.sh. Variables, given as in `make run PORT=8079`: PORT, HOST, FRESH=1 (run); T, JOBS (test); LOG_LEVEL
# (run, shell); SIZES, PEERS, ONLY, JSON (bench); ODOO_SRC (all).

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

run: ## PostgreSQL, Odoo 19, a demo database, the server; prints address, users and passwords
	@dev/run

shell: ## an Odoo shell on the demo database; runs a script piped into it
	@dev/shell

test: ## the whole suite; T=name or T=tests/test_x.py::Class::method for a part of it
	@dev/test $(T)

lint: ## ruff, pylint-odoo, the Odoo checks, XML and JavaScript formatting
	@dev/lint

format: ## corrects what can be corrected by itself
	@dev/lint --fix

bench: ## the benchmarks against the peers, printed as ratios
	@dev/bench-run

.DEFAULT_GOAL := help
.PHONY: help run shell test lint format bench
