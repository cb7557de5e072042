# `make` lists the targets. Everything runs in .venv, which `setup` makes and then uses again.
#   PYTHON=python3.12 make setup    another interpreter
#   make demo MODEL=smollm2-135m    other weights for the demo
#   make test WORKERS=0             every test in one process
#   make bench-road PARTS=import    one part of the bench
#   make bench-loop BASE_URL=http://127.0.0.1:8000/v1   another model; MODEL=NAME where it serves several

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
export PYTHONUNBUFFERED := 1

BIN := .venv/bin
PY := $(BIN)/python
MODEL ?= qwen2.5-coder-1.5b
SMALL_MODEL := smollm2-135m
PARTS ?= all
WORKERS ?= 2
export PYTHON TORCH

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' \
		| awk -F '\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'

.PHONY: setup
setup: ## Make .venv with all that the other targets need
	@.ci/setup

# ---- use

.PHONY: demo
demo: setup ## Index the example papers and ask three questions
	@$(PY) examples/papers/make_papers.py examples/papers/pdf
	@MODEL=$(MODEL) FALLBACK=$(SMALL_MODEL) .ci/weights
	@$(BIN)/r1agent index add examples/papers/pdf --index indexes/examples
	@$(PY) examples/demo.py

# ---- quality

.PHONY: test
test: setup ## Run every test, offline, on the CPU
	@MODEL=$(SMALL_MODEL) .ci/weights
	@HF_HUB_OFFLINE=1 $(PY) -m pytest -m "not gpu and not vllm" -n $(WORKERS) --dist loadfile $(PYTEST)

.PHONY: test-vllm
test-vllm: setup ## Serve small models with vLLM on the CPU, and run the tests that ask them
	@MODEL=$(SMALL_MODEL) .ci/test-vllm $(PYTEST)

.PHONY: test-gpu
test-gpu: setup ## Run the tests that need a CUDA card
	@.ci/test-gpu

.PHONY: test-faiss-gpu
test-faiss-gpu: setup ## Test GPU settings of FAISS against its GPU wheel, without a card
	@.ci/test-faiss-gpu

.PHONY: lint
lint: setup ## Check format, style, types and layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: check
check: lint test ## Run lint and test: what a change must pass

# ---- benches

.PHONY: bench
bench: bench-road bench-index bench-sandbox bench-loop bench-serve bench-batch bench-eval bench-terminal ## Run every bench

.PHONY: bench-road
bench-road: setup ## Measure start-up beside paper-qa, the demo, and quotes
	@.ci/setup-paperqa
	@if [ "$(PARTS)" = all ] || [[ "$(PARTS)" == *demo* ]] || [[ "$(PARTS)" == *quotes* ]]; then \
		MODEL=$(MODEL) .ci/weights; fi
	@$(PY) benchmarks/road.py --parts $(PARTS) $(if $(LIMIT),--limit $(LIMIT))
	@$(PY) benchmarks/report.py

.PHONY: bench-index
bench-index: setup ## Measure the index: reading, quality, speed, killed builds (an hour)
	@if [ "$(PARTS)" = all ] || [[ "$(PARTS)" == *ingest* ]]; then .ci/setup-paperqa; fi
	@$(PY) benchmarks/index.py --parts $(PARTS)
	@$(PY) benchmarks/report.py

.PHONY: bench-sandbox
bench-sandbox: setup ## Attack the sandbox, deceive the judge, time both (as root, 20 minutes)
	@$(PY) benchmarks/sandbox.py --parts $(PARTS) $(if $(LIMIT),--limit $(LIMIT))
	@$(PY) benchmarks/report.py

.PHONY: bench-loop
bench-loop: setup ## Ask 36 questions, with and without parts of the loop; test the gate (2 hours)
	@$(PY) examples/papers/make_papers.py examples/papers/pdf
	@if [ -z "$(BASE_URL)" ]; then MODEL=$(MODEL) .ci/weights; fi
	@if [ -z "$(BASE_URL)" ] && [[ ",$(PARTS)," =~ ,(all|qa|scifact|injections), ]]; then \
		MODEL=$(MODEL) .ci/setup-vllm; fi
	@$(PY) benchmarks/loop.py --parts $(PARTS) $(if $(LIMIT),--limit $(LIMIT)) \
		$(if $(BASE_URL),--base-url $(BASE_URL)) $(if $(filter file,$(origin MODEL)),,--model $(MODEL)) \
		$(if $(ARMS),--arms $(ARMS)) $(if $(EVERY),--every $(EVERY)) $(if $(FRESH),--fresh)
	@$(PY) benchmarks/report.py

.PHONY: bench-serve
bench-serve: setup ## Compare a batch with bare requests, kill its server, check commands (90 minutes)
	@$(PY) examples/papers/make_papers.py examples/papers/pdf
	@if [[ ",$(PARTS)," =~ ,(all|kills|throughput), ]]; then MODEL=$(SMALL_MODEL) .ci/setup-vllm; fi
	@if [ -z "$(BASE_URL)" ] && [[ ",$(PARTS)," =~ ,(all|prefix|throughput), ]]; then \
		MODEL=$(MODEL) .ci/setup-vllm; fi
	@$(PY) benchmarks/serve.py --parts $(PARTS) $(if $(LIMIT),--limit $(LIMIT)) \
		$(if $(BASE_URL),--base-url $(BASE_URL)) $(if $(filter file,$(origin MODEL)),,--model $(MODEL))
	@$(PY) benchmarks/report.py

.PHONY: bench-batch
bench-batch: setup ## Compare batches with bare requests, kill them, spread them over nodes (90 minutes)
	@$(PY) examples/papers/make_papers.py examples/papers/pdf
	@if [ -z "$(BASE_URL)" ] && [[ ",$(PARTS)," =~ ,(all|throughput), ]]; then \
		MODEL=$(if $(filter file,$(origin MODEL)),$(SMALL_MODEL),$(MODEL)) .ci/setup-vllm; fi
	@$(PY) benchmarks/batch.py --parts $(PARTS) $(if $(LIMIT),--limit $(LIMIT)) \
		$(if $(BASE_URL),--base-url $(BASE_URL)) $(if $(filter file,$(origin MODEL)),,--model $(MODEL))
	@$(PY) benchmarks/report.py

.PHONY: bench-eval
bench-eval: setup ## Compare one prompt with the loop on mathematics and code, kill evaluations (2 hours)
	@if [ -z "$(BASE_URL)" ] && [[ ",$(PARTS)," =~ ,(all|gsm8k|humaneval), ]]; then \
		MODEL=$(MODEL) .ci/setup-vllm; fi
	@if [ -z "$(BASE_URL)" ] && [[ ",$(PARTS)," =~ ,(all|resume), ]]; then MODEL=$(SMALL_MODEL) .ci/setup-vllm; fi
	@$(PY) benchmarks/eval.py --parts $(PARTS) $(if $(LIMIT),--limit $(LIMIT)) \
		$(if $(BASE_URL),--base-url $(BASE_URL)) $(if $(filter file,$(origin MODEL)),,--model $(MODEL))
	@$(PY) benchmarks/report.py

.PHONY: bench-terminal
bench-terminal: setup ## Measure the terminal of `ask`: first change, stillness, lag of the answer (3 minutes)
	@$(PY) examples/papers/make_papers.py examples/papers/pdf
	@$(PY) benchmarks/terminal.py --parts $(PARTS) $(if $(LIMIT),--limit $(LIMIT))
	@$(PY) benchmarks/report.py

.PHONY: benchmarks-md
benchmarks-md: setup ## Write BENCHMARKS.md from benchmarks/*.json
	@$(PY) benchmarks/report.py

.PHONY: chromium
chromium: setup ## Get a headless Chromium (70 MB) for the tests of the trace page and the pictures
	@.ci/setup-chromium

.PHONY: pictures
pictures: chromium ## Draw the pictures of docs/ from the recorded run; RUN=JOURNAL records another
	@$(PY) .ci/pictures.py $(RUN)

# ---- tidy

.PHONY: clean
clean: ## Remove caches, builds and the example index; keep .venv and weights
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .benchmarks
	rm -rf build dist indexes/examples examples/papers/pdf
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +

.PHONY: clean-venv
clean-venv: ## Remove every .venv
	rm -rf .venv .venv-*
