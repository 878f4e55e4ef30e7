# Needs Python 3.11, 3.12 or 3.13, and make. Everything else goes into the folder .venv beside this file.
.DEFAULT_GOAL := help
.PHONY: help install lab test test-jax lint check doctor lock gpu clean

PYTHONS := python3.13 python3.12 python3.11 python3 python
PYTHON := $(PYTHONS)
BIN := .venv/bin
# JAX is the second backend. These tests run on it as a whole; it compiles every operation anew, so all would take long.
# `make test` compares the rest with it in processes of their own: every loss with its gradient, the shipped weights.
JAX_TESTS := tests/test_backend.py tests/metrics/test_streaming.py tests/losses/test_loss_classes.py tests/losses/test_adversarial.py tests/models/test_layers.py tests/models/test_spectral.py

# Does this Python fit? It must also start: a name in PATH may be an empty shell of a version manager.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
# Set up again when the folder was moved or its Python is gone
$(shell { $(BIN)/python -c "$(FITS)" && [ "$$(cat .venv/installed)" = "$(CURDIR)" ]; } >/dev/null 2>&1 || rm -f .venv/installed)

help: ## list what can be asked for
	@echo "make WHAT, where WHAT is one of"
	@sed -n 's/^\([a-z-]*\):.*## /\1: /p' Makefile | awk -F': ' '{printf "  %-10s %s\n", $$1, $$2}'

lab: .venv/installed ## set up once, then open JupyterLab on chapter 00
	@browser="--no-browser"; \
	if [ "$$(uname)" = Darwin ] || [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then browser=""; \
	else echo "There is no display here: open the address below, with its token, in a browser."; fi; \
	root=""; if [ "$$(id -u)" = 0 ]; then root="--allow-root"; fi; \
	echo "Opening JupyterLab on chapters/00_start_here.ipynb. Ctrl+C twice ends it."; \
	exec $(BIN)/python -m jupyterlab --log-level=WARN --LabApp.default_url=/lab/tree/chapters/00_start_here.ipynb \
		--LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate \
		$$browser $$root $(LAB)

test: .venv/installed ## set up once, then run every test and every chapter
	@echo "Running the library's tests, then every chapter, comparing what it prints and draws with what is stored."
	@$(BIN)/python -m pytest $(TESTS)

test-jax: .venv/installed-dev ## run the tests of what computes in Keras on JAX
	@echo "Running the tests of the backend seam, of losses, metrics and layers on JAX."
	@KERAS_BACKEND=jax $(BIN)/python -m pytest $(JAX_TESTS)

lint: .venv/installed-ruff ## check the style of code and notebooks
	@echo "Checking style with ruff."
	@$(BIN)/ruff check .

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

.venv/installed: requirements.lock requirements-dev.lock pyproject.toml
	@if ! $(BIN)/python -c "$(FITS)" 2>/dev/null; then \
		for candidate in $(PYTHON); do \
			if $$candidate -c "$(FITS)" >/dev/null 2>&1; then python=$$candidate; break; fi; done; \
		if [ -z "$$python" ]; then \
			echo "This course needs Python 3.11, 3.12 or 3.13, and none of $(PYTHON) is one."; \
			echo "Install one (from your system's package manager or python.org), or name yours: make $(MAKECMDGOALS) PYTHON=/path/to/python"; \
			exit 1; fi; \
		echo "Making .venv with $$($$python --version)."; \
		$$python -m venv --clear .venv || { \
			echo "$$python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv"; exit 1; }; fi
	@$(call pinned,uv); $(BIN)/python -m pip install --quiet --require-hashes -r .venv/uv.txt \
		|| echo "Without uv: pip does the same, more slowly."
	@echo "Installing the packages of requirements.lock: about a minute, the first time."
	@$(call install,-r requirements.lock)
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@echo "$(CURDIR)" > $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	@echo "Installing what contributors need: requirements-dev.lock."
	@$(call install,-r requirements-dev.lock)
	@touch $@

.venv/installed-ruff: .venv/installed requirements-dev.lock
	@$(call pinned,ruff); $(call install,-r .venv/ruff.txt)
	@touch $@

# the lines of one package, with its hashes, out of requirements-dev.lock
pinned = awk '/^[^ ]/ {wanted = index($$0, "$(1)==") == 1} wanted' requirements-dev.lock > .venv/$(1).txt
# uv where it runs, else pip
install = if $(BIN)/uv --version >/dev/null 2>&1; then \
		VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes $(1); \
	else $(BIN)/python -m pip install --quiet --require-hashes $(1); fi
