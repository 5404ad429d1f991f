# `make run` starts the Studio, `make test` runs every test. Each target makes what it needs.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
VENV_OPENAGENTS ?= .venv-openagents
export OPENAGENTS_PYTHON ?= $(VENV_OPENAGENTS)/bin/python
VENV_OPENAGENTS_093 ?= .venv-openagents-0.9.3
export OPENAGENTS_093_PYTHON ?= $(VENV_OPENAGENTS_093)/bin/python
# Environments of other libraries than ours, one for each tests/environments/NAME.lock.
VENVS ?= .venvs
LINES := openai-1.68 openai-2.54 openai-3 anthropic-0.49 anthropic-2 google-genai-1.5 google-genai-3 \
	botocore llama-index crewai
TEST_CLIENTS := -m pytest -c tests/clients.ini
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check

# Removes an environment that make made; anything else of that name is somebody's, and is refused.
define remove_environment
	@if [ -e "$(1)" ] && [ ! -f "$(1)/.made-by-make" ]; then \
		echo "'$(1)' exists and was not made by this Makefile; expected a folder of its own; remove it yourself, or choose another name."; \
		exit 1; \
	fi
	@if [ -e "$(1)" ]; then rm -rf -- "$(1)"; fi
endef

# $(1): the environment, $(2): its list of packages. Stamped when it is whole, so an interrupted
# installation is begun anew.
define make_environment
	@test -n "$(PYTHON)" || { echo "No python3 is in the PATH; expected Python 3.11 or newer."; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is $$("$(PYTHON)" --version); expected Python 3.11 or newer; for example make PYTHON=python3.12."; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make virtual environments; on Debian: apt-get install python3-venv."; exit 1; }
	$(call remove_environment,$(1))
	@echo "Installing $(2) into $(1) (once)."
	@mkdir -p "$(1)" && touch "$(1)/.made-by-make"
	@"$(PYTHON)" -m venv "$(1)"
	@"$(1)/bin/python" $(PIP_INSTALL) -r "$(2)"
	@touch "$(1)/.stamp"
endef

# $(1): what the environment is to hold besides. Whoever only runs the Studio does not wait for it.
define add_packages
	@echo "Installing $(1) into $(VENV) (once)."
	@"$(VENV)/bin/python" $(PIP_INSTALL) -r "$(1)"
	@touch "$@"
endef

define NEWLINE


endef

.PHONY: help run demo test test-matrix check format bench browser lock openagents clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.stamp: requirements.lock
	$(call make_environment,$(VENV),requirements.lock)

$(VENV)/.demo: requirements-demo.lock $(VENV)/.stamp
	$(call add_packages,requirements-demo.lock)

$(VENV)/.dev: requirements-dev.lock $(VENV)/.stamp
	$(call add_packages,requirements-dev.lock)

$(VENV_OPENAGENTS)/.stamp: requirements-openagents.lock
	$(call make_environment,$(VENV_OPENAGENTS),requirements-openagents.lock)

run: $(VENV)/.stamp ## Start the Studio: web server and worker, until Ctrl-C
	@exec "$(VENV)/bin/python" manage.py studio

$(VENV_OPENAGENTS_093)/.stamp: requirements-openagents-0.9.3.lock
	$(call make_environment,$(VENV_OPENAGENTS_093),requirements-openagents-0.9.3.lock)

$(VENVS)/%/.stamp: tests/environments/%.lock
	$(call make_environment,$(VENVS)/$*,$<)

demo: $(VENV)/.demo ## The same with agents at work, in a workspace of its own
	@exec "$(VENV)/bin/python" -m demo

test: $(VENV)/.dev $(VENV_OPENAGENTS)/.stamp $(VENV_OPENAGENTS_093)/.stamp $(VENVS)/frameworks/.stamp ## Run every test
	@"$(VENVS)/frameworks/bin/python" $(TEST_CLIENTS) tests/frameworks tests/clients/test_instrument_providers.py
	@"$(VENV)/bin/python" -m pytest

test-matrix: $(LINES:%=$(VENVS)/%/.stamp) ## Watch the older and newer lines of the providers' clients
	@failed=; for line in $(LINES); do echo "== $$line"; \
		"$(VENVS)/$$line/bin/python" $(TEST_CLIENTS) tests/clients tests/frameworks || failed="$$failed $$line"; \
	done; test -z "$$failed" || { echo "Not as it should be with:$$failed"; exit 1; }

check: $(VENV)/.dev ## Lint, formatting, types, migrations
	@"$(VENV)/bin/ruff" check .
	@"$(VENV)/bin/ruff" format --check .
	@"$(VENV)/bin/mypy"
	@# Without a database there is no history that could be inconsistent, which Django warns of.
	@"$(VENV)/bin/python" -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

format: $(VENV)/.dev ## Format the code and mend what can be mended
	@"$(VENV)/bin/ruff" check --fix .
	@"$(VENV)/bin/ruff" format .

bench: $(VENV)/.dev $(VENVS)/opentelemetry/.stamp ## Print the benchmarks beside their targets
	@VENVS="$(VENVS)" "$(VENV)/bin/python" -m benchmarks

browser: $(VENV)/.dev ## Run the journeys in a headless browser only
	@"$(VENV)/bin/python" -m pytest tests/browser

openagents: $(VENV_OPENAGENTS)/.stamp $(VENV_OPENAGENTS_093)/.stamp ## Make the environments with unmodified OpenAgents clients

lock: ## Choose the versions of every package anew
	@"$(PYTHON)" -m venv .venv-lock
	@.venv-lock/bin/python $(PIP_INSTALL) pip-tools
	@.venv-lock/bin/pip-compile $(LOCK_OPTIONS) --extra studio --extra dev -o requirements-dev.lock pyproject.toml
	@# What the Studio and the demo run with is what was tested.
	@.venv-lock/bin/pip-compile $(LOCK_OPTIONS) -c requirements-dev.lock --extra studio -o requirements.lock pyproject.toml
	@.venv-lock/bin/pip-compile $(LOCK_OPTIONS) -c requirements-dev.lock --extra studio --extra openai --extra anthropic -o requirements-demo.lock pyproject.toml
	@printf 'openagents==0.8.0\nmcp<2\n' | .venv-lock/bin/pip-compile $(LOCK_OPTIONS) -o requirements-openagents.lock -
	@printf 'openagents==0.9.3\nmcp<2\nopenai\n' | .venv-lock/bin/pip-compile $(LOCK_OPTIONS) -o requirements-openagents-0.9.3.lock -
	@for wish in tests/environments/*.in; do .venv-lock/bin/pip-compile $(LOCK_OPTIONS) -o "$${wish%.in}.lock" "$$wish"; done
	@rm -rf .venv-lock

LOCK_OPTIONS := --quiet --upgrade --strip-extras --no-header --no-annotate --no-emit-options

clean: ## Remove the environments and caches; never the workspace
	$(call remove_environment,$(VENV))
	$(call remove_environment,$(VENV_OPENAGENTS))
	$(call remove_environment,$(VENV_OPENAGENTS_093))
	$(foreach name,$(basename $(notdir $(wildcard tests/environments/*.lock))),$(call remove_environment,$(VENVS)/$(name))$(NEWLINE))
	@rm -rf .venv-lock .mypy_cache .ruff_cache .pytest_cache .hypothesis
