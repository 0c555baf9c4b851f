# `make help` lists what there is. The same commands run locally and in CI.
.DEFAULT_GOAL := help
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --frozen --no-sync

.PHONY: help setup run train test test-all check format clean widget transcripts manual

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.uv/bin/uv:
	@python3 -m venv .uv && .uv/bin/pip install --quiet --disable-pip-version-check uv \
	  || { echo "uv could not be installed into .uv: is the network there, and python3's venv module (Debian: apt install python3-venv)?"; exit 1; }

setup: $(if $(filter .uv/bin/uv,$(UV)),.uv/bin/uv) ## Install everything into .venv
	@$(UV) python find 3.10 >/dev/null 2>&1 || $(UV) python install 3.10 >/dev/null 2>&1 \
	  || { echo "Python 3.10 is needed and was neither found nor could it be fetched. Get it with: uv python install 3.10, pyenv install 3.10, or your system's packages."; exit 1; }
	@$(UV) sync --frozen --quiet

run: setup ## Set up, train if needed, serve on http://127.0.0.1:8000
	@$(RUN) interlude train --if-needed
	@$(RUN) interlude serve

train: setup ## Train the model anew
	@$(RUN) interlude train

test: setup ## Run the tests that need nothing more than Python
	@$(RUN) interlude train --if-needed
	@$(RUN) pytest

test-all: setup ## The tests that need Node, Chromium, PostgreSQL and Redis
	@$(RUN) interlude train --if-needed
	@scripts/test-all

check: setup ## Everything CI runs
	@scripts/test-all --prepare
	@$(RUN) ruff format --check .
	@$(RUN) ruff check .
	@$(RUN) mypy
	@$(RUN) interlude library check
	@$(RUN) rasa data validate --fail-on-warnings --domain domain.yml --config config.yml --data data
	@$(RUN) mkdocs build --quiet
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory test-all

format: setup ## Format the code
	@$(RUN) ruff format . && $(RUN) ruff check --fix .

clean: ## Remove what was built (keeps var/, where conversations live)
	rm -rf .venv .uv .cache models .rasa

widget: ## Rebuild the embeddable chat element (needs Node)
	@cd widget && npm ci --silent && npm run build

transcripts: setup ## Replay the sample conversations into docs/transcripts.md
	@printf '# Three whole sessions\n\nReplayed by `make transcripts` from `docs/samples.jsonl`, word for word; nothing here is written by hand.\n\n' > docs/transcripts.md
	@$(RUN) interlude replay docs/samples.jsonl >> docs/transcripts.md

manual: setup ## Write the generated parts of the manual and build it into site/; MEASURED=FILE takes figures of interlude bench
	@$(RUN) python scripts/manual.py $(if $(MEASURED),--measured $(MEASURED))
	@$(RUN) mkdocs build --quiet
