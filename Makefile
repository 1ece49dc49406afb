SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT ?= $(shell git rev-parse HEAD 2>/dev/null)
FUZZTIME ?= 60s
ARGS ?=

.PHONY: help run build test race e2e nightly fuzz bench scale check ci

help: ## list the targets
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: ## serve on :8081 with the data in concord.db; ARGS="--listen :9000" adds flags
	go run ./cmd/concord serve $(ARGS)

build: ## build the static binary bin/concord
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)" -o bin/concord ./cmd/concord

test: ## run all tests that need Go alone
	go test ./...

race: ## run them with the race detector (needs a C compiler)
	go test -race ./...

e2e: ## run the real clients and the hostile ones against the real binary
	bash e2e/run.sh

nightly: ## take away power, disk, bits and patience from the server, in the sizes of a night, and fuzz; ends with a summary
	bash e2e/torture/run.sh

fuzz: ## fuzz every target for FUZZTIME (60s)
	bash .ci/fuzz $(FUZZTIME)

bench: ## run the benchmarks of the packages
	go test -run '^$$' -bench . -benchmem ./...

scale: ## compare what requests cost in registries of up to a million schemas (some minutes)
	go run -tags e2e ./e2e/scale -at 1000,100000,1000000

check: ## format, vet, staticcheck, and the tests: what to run before a commit
	bash .ci/lint
	go test ./...

ci: ## run everything that the pipeline runs
	bash .ci/run
