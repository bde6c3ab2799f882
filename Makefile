SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -euc
MAKEFLAGS += --warn-undefined-variables
.DEFAULT_GOAL := build

LINTER_VERSION := v2.15.0
LINTER := bin/golangci-lint-$(LINTER_VERSION)
FUZZTIME ?= 30s
SEEDS ?= 100000
MESSAGES ?= 100000
KILLS ?= 300
STATES ?= 10000
SCALE ?= 0.1

.PHONY: build
build: ## the binary, bin/udpchat
	CGO_ENABLED=0 go build -trimpath -o bin/udpchat ./cmd/udpchat

.PHONY: man
man: build ## the manual pages, in bin/man/man1 (man -M bin/man udpchat)
	bin/udpchat man -into bin/man/man1

.PHONY: demo
demo: build ## chat as x with y and z; without a terminal: play the three transcripts and compare
	go run ./cmd/internal/demo bin/udpchat

.PHONY: test
test: ## all tests
	go test -shuffle=on ./...

.PHONY: race
race: ## all tests under the race detector
	go test -race -shuffle=on ./...

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME
	@go list -f '{{.Dir}}' ./... | while read -r dir; do \
		{ grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$$dir"/*_test.go || true; } | cut -c6- | while read -r target; do \
			echo "$$target in $${dir#$(CURDIR)/}"; \
			go test "$$dir" -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME); \
		done; \
	done

.PHONY: fuzz-brief
fuzz-brief: FUZZTIME := 2000x
fuzz-brief: fuzz ## every fuzz target for 2,000 inputs

.PHONY: soak
soak: ## the simulator on SEEDS seeds
	go test ./cmd/internal/sim -run 'TestSeeds$$' -seeds $(SEEDS) -v -timeout 0

.PHONY: chaos
chaos: ## real processes in network namespaces, as root: MESSAGES messages, KILLS kills
	go test ./cmd/internal/chaos -run 'TestChaos$$' -messages $(MESSAGES) -kills $(KILLS) -v -timeout 0

.PHONY: powerloss
powerloss: ## STATES power losses of the real store
	go test ./store/bolt/crashtest -count 1 -run Promised -states $(STATES) -v -timeout 0

.PHONY: screenshots
screenshots: build ## the pictures of docs/pictures, from a real conversation in tmux
	go run ./cmd/internal/screenshots bin/udpchat docs/pictures

.PHONY: bench
bench: ## every benchmark
	go test -run '^$$' -bench . -benchmem ./...

.PHONY: measure
measure: build ## every workload of docs/performance.md, and the bare limits: SCALE of the work
	CGO_ENABLED=0 go build -trimpath -o bin/udpchat-bench ./cmd/udpchat-bench
	@for w in limits w1 w1d w2 w2d w3 w4 w5 w6 w7; do echo "$$w"; bin/udpchat-bench -scale $(SCALE) "$$w"; done

.PHONY: lint
lint: $(LINTER) ## the linter, with the arrows between packages
	$(LINTER) run ./...

$(LINTER):
	GOBIN=$(CURDIR)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINTER_VERSION)
	mv bin/golangci-lint $@

.PHONY: tidy
tidy: ## fails when go.mod or go.sum are not tidy
	go mod tidy -diff

.PHONY: cross
cross: ## build and vet for the other systems
	@for target in linux/arm64 linux/arm darwin/arm64 windows/amd64; do \
		echo "build $$target"; \
		CGO_ENABLED=0 GOOS=$${target%/*} GOARCH=$${target#*/} go build -o /dev/null ./cmd/udpchat; \
	done
	GOOS=windows GOARCH=amd64 go vet ./...
	GOOS=darwin GOARCH=arm64 go vet ./...

.PHONY: check
check: tidy lint cross test race fuzz-brief demo ## what CI runs

.PHONY: help
help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13
