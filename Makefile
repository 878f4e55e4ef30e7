# Needs Python 3.11, 3.12 or 3.13, and make. Everything else goes into the folder .venv beside this file.
.DEFAULT_GOAL := help
.PHONY: help install lab test test-jax lint check doctor lock gpu clean

PYTHONS := python3.13 python3.12 python3.11 python3 python
PYTHON := $(PYTHONS)
BIN := .venv/bin
# JAX is the second backend. These tests run on it as a whole; it compiles every operation anew, so all would take long.
# `make test` compares the rest with it in processes of their own: every loss with its gradient, the shipped weights.
JAX_TESTS := tests/test_backend.py tests/metrics/test_streaming.py tests/losses/test_keras_losses.py tests/losses/test_adversarial.py tests/models/test_layers.py tests/models/test_spectral.py

# Two processes, where there are two cores: more would take memory that a laptop lacks. Each takes whole files, in their
# order, since a chapter's cells and what a file has loaded once belong together.
BOTH_CORES := -n auto --maxprocesses 2 --dist loadfile --no-loadscope-reorder

# What stands in the reader's environment must not lead elsewhere. Of pip's and uv's settings only those hold that say
# where packages come from; other Pythons, and what LAB and TESTS may mean elsewhere, are forgotten. PIP_USER outdoes a
# pip.conf that asks for --user, which an environment refuses.
SOURCES := PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_NO_INDEX PIP_FIND_LINKS PIP_TRUSTED_HOST PIP_CERT PIP_CLIENT_CERT \
	PIP_PROXY PIP_KEYRING_PROVIDER PIP_CACHE_DIR PIP_NO_CACHE_DIR PIP_CONFIG_FILE PIP_TIMEOUT PIP_DEFAULT_TIMEOUT \
	PIP_RETRIES PIP_USE_FEATURE PIP_USE_DEPRECATED UV_INDEX UV_INDEX_% UV_DEFAULT_INDEX UV_EXTRA_INDEX_URL \
	UV_FIND_LINKS UV_NO_INDEX UV_KEYRING_PROVIDER UV_INSECURE_HOST UV_NATIVE_TLS UV_SYSTEM_CERTS UV_HTTP_% \
	UV_REQUEST_TIMEOUT UV_CONCURRENT_% UV_CACHE_DIR UV_NO_CACHE UV_LINK_MODE UV_CONFIG_FILE UV_NO_CONFIG UV_OFFLINE
unexport $(filter-out $(SOURCES),$(filter PIP_% UV_%,$(.VARIABLES)))
unexport PYTHONHOME PYTHONPATH PYTHONOPTIMIZE PYTHONPLATLIBDIR PYTHONSTARTUP VIRTUAL_ENV CONDA_PREFIX
export PIP_USER := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1
LAB :=
TESTS :=

# Does this Python fit? It must also start: a name in PATH may be an empty shell of a version manager.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
# Set up again when the folder was moved or its Python is gone
$(shell { $(BIN)/python -I -c "$(FITS)" && [ "$$(cat .venv/installed)" = "$$(pwd -P)" ]; } >/dev/null 2>&1 || rm -f .venv/installed)

help: ## list what can be asked for
	@echo "make WHAT, where WHAT is one of"
	@sed -n 's/^\([a-z-]*\):.*## /\1: /p' Makefile | awk -F': ' '{printf "  %-10s %s\n", $$1, $$2}'

lab: .venv/installed ## set up once, then open JupyterLab on chapter 00
	@exec $(BIN)/python -m course_lib lab $(LAB)

test: .venv/installed ## set up once, then run every test and every chapter
	@echo "Running the library's tests, then every chapter, comparing what it prints and draws with what is stored."
	@$(BIN)/python -m pytest $(BOTH_CORES) $(TESTS)

test-jax: .venv/installed-dev ## run the tests of what computes in Keras on JAX
	@echo "Running the tests of the backend seam, of losses, metrics and layers on JAX."
	@KERAS_BACKEND=jax $(BIN)/python -m pytest $(JAX_TESTS)

lint: .venv/installed-ruff ## check the style of code and notebooks, and the format of code
	@echo "Checking style and format with ruff."
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "Format it with: $(BIN)/ruff format ."; exit 1; }

check: .venv/installed ## list every numbered equation with the cell that verifies it
	@$(BIN)/python -m course_lib check

doctor: .venv/installed ## say whether this machine is ready, and what to do if not
	@$(BIN)/python -m course_lib doctor

install: .venv/installed ## only set up

gpu: .venv/installed ## exchange TensorFlow for the one that uses an NVIDIA GPU (Linux, about 3 GB)
	@echo "Exchanging tensorflow-cpu for tensorflow with CUDA."
	@$(BIN)/python -m pip uninstall --quiet --yes tensorflow-cpu
	@$(BIN)/python -m pip install --no-build-isolation -e ".[gpu]"

lock: .venv/installed-dev ## pin the packages anew, after a change in requirements*.in (needs a network)
	@echo "Pinning requirements.in and requirements-dev.in."
	@for name in requirements requirements-dev; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
			$$name.in -o $$name.lock || exit 1; done

clean: ## remove .venv and what tools left behind; your notebooks and progress stay
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up: each step leaves a file behind, so that it is done again only when a lock has changed --------------------

.venv/installed: requirements.lock requirements-dev.lock pyproject.toml $(wildcard jupyter/*/*/*.py jupyter/*/*/*/*/*.json)
	@if ! { [ -w . ] && { [ ! -e .venv ] || [ -w .venv ]; }; }; then \
		echo "This folder cannot be written to, and the course needs to make .venv in it. Copy it to a place of your own:"; \
		pwd; exit 1; fi
	@if ! $(BIN)/python -c "$(FITS)" 2>/dev/null; then \
		for candidate in $(PYTHON); do \
			if $$candidate -c "$(FITS)" >/dev/null 2>&1; then python=$$candidate; break; fi; done; \
		if [ -z "$$python" ]; then \
			echo "This course needs Python 3.11, 3.12 or 3.13, and none of $(PYTHON) is one."; \
			echo "Install one (from your system's package manager or python.org), or name yours: make $(MAKECMDGOALS) PYTHON=/path/to/python"; \
			exit 1; fi; \
		case "$$(pwd -P)" in *:*) \
			echo "The name of this folder holds a colon, and Python cannot make an environment there. Rename or move it:"; \
			pwd -P; exit 1;; esac; \
		echo "Making .venv with $$($$python --version)."; \
		$$python -m venv --clear .venv || { \
			echo "$$python cannot make a virtual environment; the lines above say why."; \
			echo "If ensurepip is what it lacks, on Debian and Ubuntu: apt install python3-venv"; exit 1; }; fi
	@$(call pinned,uv); $(BIN)/python -m pip install --quiet --require-hashes -r .venv/uv.txt \
		|| echo "Without uv: pip does the same, more slowly."
	@echo "Installing the packages of requirements.lock: about a minute, the first time."
	@$(call install,-r requirements.lock)
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@pwd -P > $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	@echo "Installing what contributors need: requirements-dev.lock."
	@$(call install,-r requirements-dev.lock)
	@touch $@

.venv/installed-ruff: .venv/installed requirements-dev.lock
	@$(call pinned,ruff); $(call install,-r .venv/ruff.txt)
	@touch $@

# the lines of one package, with its hashes, out of requirements-dev.lock
pinned = awk '/^[^ ]/ {wanted = index($$0, "$(1)==") == 1} wanted' requirements-dev.lock > .venv/$(1).txt
# uv where it runs and finds the packages, else pip
install = { $(BIN)/uv --version >/dev/null 2>&1 && $(BIN)/uv pip install --python $(BIN)/python --quiet --compile-bytecode \
		--require-hashes $(1); } || { \
	if $(BIN)/uv --version >/dev/null 2>&1; then echo "uv could not; pip tries the same."; fi; \
	$(BIN)/python -m pip install --quiet --require-hashes $(1) || { \
		echo "The packages could not be installed; the lines above say why. The first time this needs a network."; exit 1; }; }
