# Everything from a fresh clone: each target does its own set-up, and does it once.
#
#   make run      open the page            (ARGS="--port 0 --no-open" goes to `pentrace serve`)
#   make test     all tests                (ARGS="-k serve" goes to pytest)
#   make check    style, types, imports
#   make bench    the figures of benchmarks/
#   make docs     rewrite docs/cli.md
#   make atlas    rebuild the atlas of the default checkpoint (needs IAM-OnDB; ARGS="--no-effects" for less)
#   make text-atlas   the same of the checkpoint that knows text
#   make model    train the default checkpoint again, in $(RUN)/ (needs IAM-OnDB; resumes after a stop)
#   make clean    delete what was built and installed here

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
NPM := $(BIN)/python hatch_build.py npm
ARGS ?=

.PHONY: run test check bench docs atlas text-atlas model clean page chromium
.DELETE_ON_ERROR:

run: $(VENV)/run.stamp page
	@$(BIN)/pentrace serve $(ARGS)

test: $(VENV)/dev.stamp page chromium
	$(NPM) run test --workspaces --if-present
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(NPM) run types --workspaces --if-present
	$(NPM) run lint --workspaces --if-present
	$(BIN)/lint-imports

bench: $(VENV)/dev.stamp page chromium
	$(BIN)/python -m benchmarks $(ARGS)

docs: $(VENV)/run.stamp
	$(BIN)/python -m pentrace.cli.reference docs/cli.md

DATA := $(or $(PENTRACE_SHARED_DATA),../shared/data)

# Fitted on train, measured on val1, of which the default checkpoint has seen no line.
atlas: $(VENV)/dev.stamp page
	$(BIN)/pentrace atlas src/pentrace/weights/default.safetensors $(DATA)/iam-ondb-train.parquet \
	  --held-out $(DATA)/iam-ondb-val1.parquet --terms "IAM-OnDB: non-commercial research" \
	  -o src/pentrace/weights/default.atlas.safetensors $(ARGS)

text-atlas: $(VENV)/dev.stamp page
	$(BIN)/pentrace atlas src/pentrace/weights/text.safetensors $(DATA)/iam-ondb-train.parquet \
	  --held-out $(DATA)/iam-ondb-val1.parquet --terms "IAM-OnDB: non-commercial research" --lines 150 \
	  -o src/pentrace/weights/text.atlas.safetensors $(ARGS)

# It starts from the default checkpoint before it. The last four are its teachers; they are in the history of the repository.
BEFORE := dcfbde5
TEACHERS := e339ecd 0f05a23 422ab4d $(BEFORE)
RUN := runs
CONFIG := configs/default.toml
go_on = $(if $(wildcard $(1)/state.safetensors),--resume)

model: $(VENV)/dev.stamp $(TEACHERS:%=$(RUN)/%.safetensors)
	$(BIN)/pentrace train $(DATA)/iam-ondb-train.parquet $(DATA)/iam-ondb-val2.parquet \
	  --val $(DATA)/iam-ondb-val1.parquet -o $(RUN)/model --config $(CONFIG) --name "pentrace default" \
	  --from $(RUN)/$(BEFORE).safetensors $(TEACHERS:%=--teacher $(RUN)/%.safetensors) $(call go_on,$(RUN)/model)

$(RUN)/%.safetensors:
	@git cat-file -e $*:src/pentrace/weights/default.safetensors 2>/dev/null || { \
	  echo "make model: this clone lacks the commits with the teachers: run 'git fetch --unshallow'" >&2; exit 1; }
	@mkdir -p $(RUN)
	git show $*:src/pentrace/weights/default.safetensors > $@.part
	@mv $@.part $@

clean:
	rm -rf $(VENV) node_modules engine/node_modules web/node_modules src/pentrace/static dist

# The engine and the page, where they are missing or older than their sources.
page: $(VENV)/run.stamp
	@$(BIN)/python hatch_build.py

$(VENV)/run.stamp: pyproject.toml constraints.txt src/pentrace/__init__.py | $(BIN)/python
	$(INSTALL) hatchling
	$(INSTALL) --no-build-isolation -e .
	@touch $@

# With PyTorch, for training and its tests.
$(VENV)/dev.stamp: $(VENV)/run.stamp
	$(INSTALL) --no-build-isolation -e '.[atlas,dev,judge,plot,trace,train]'
	@touch $@

$(BIN)/python:
	@python=$$(.ci/need python) && "$$python" -m venv $(VENV)

chromium:
	@.ci/need chromium >/dev/null
