# errand: `make run` and `make test` are all that a newcomer needs.
.DEFAULT_GOAL := help
.PHONY: help run test test-deep check bench bench-voice setup schemas

help: ## Say what there is to type
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Set up what is missing, build, start the runtime and the demo shops
	@scripts/setup.sh run
	@scripts/run.sh

test: ## Set up the test tools and run all tests
	@scripts/setup.sh test
	@scripts/test.sh

test-deep: ## The same with long random runs (tens of minutes)
	@scripts/setup.sh test
	@ERRAND_DEEP=1 PROPTEST_CASES=4096 scripts/test.sh

check: ## Format, lints, arrows between crates, error pages, schemas, policies, agents
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo xtask check

bench: ## Measure; the last line is one JSON object
	@cargo xtask bench

bench-voice: ## Measure voice: words, interruptions, first sound, cost; plots in target/bench-voice
	@scripts/setup.sh test
	@cargo xtask bench-voice

setup: ## Only set up: what run and test need
	@scripts/setup.sh test

schemas: ## Write the schemas from the types
	cargo xtask schemas
