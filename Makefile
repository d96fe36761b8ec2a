# The door; the house is meson.build.  `make help` lists what is behind it.
BUILD = build
SAN = build-san
JOBS = $(shell nproc)
export FUZZ_SECONDS ?= 10

all: $(BUILD)/build.ninja  ## build build/tocsin
	@tools/ui
	@ninja -C $(BUILD) -j $(JOBS)

$(BUILD)/build.ninja:
	@tools/setup --check || { echo "run tools/setup first"; exit 1; }
	CC=gcc CXX=g++ meson setup $(BUILD)

setup:  ## install what is missing
	@tools/setup

run: setup  ## build and show it living
	@$(MAKE) --no-print-directory all
	@tools/run-demo

test: setup  ## every check and test; ends with: N passed, N failed
	@tools/test-all

test-full: setup  ## also clang -O2, TSan, clang-tidy, a million mutations
	@FUZZ_SECONDS=60 REPLAY_MUTATIONS=1000000 CRASH_KILLS=100 DELIVERY_ALERTS=10000 tools/test-all --full
	@TEST_SCALE=50 TEST_TIMEOUT=600 $(BUILD)/test/test_parse_hostile mutations

bench: setup  ## the figures
	@$(MAKE) --no-print-directory all
	@ninja -C $(BUILD) bench
	@bench/run

screens: setup  ## doc/screens: each page in both themes
	@$(MAKE) --no-print-directory all
	@tools/node test/ui/screens.mjs

asan: setup  ## the tests under AddressSanitizer and UBSan
	@tools/test-all san san-suite

fuzz: setup  ## every fuzz target for FUZZ_SECONDS
	@tools/test-all san fuzz

style: setup  ## layers, names, sizes, banned calls, text layout
	@tools/test-all build style names

format:  ## lay the text out
	@tools/sources | xargs clang-format-14 -i

clean:
	rm -rf $(BUILD) $(SAN) build-clang build-tsan ui/dist

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: all setup run test test-full bench screens asan fuzz style format clean help
