# SPDX-License-Identifier: GPL-2.0
# How unit/ and reader/ compile, plainly, with sanitizers, and for a fuzzer; both
# include this from a folder beside it.

CFLAGS ?= -O2 -g
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
WARNINGS := -Wall -Wextra -Wshadow -Werror
BUILD ?= build
TOOLS := ../../tools
TOOLS_HEADERS := $(wildcard $(TOOLS)/*.h $(TOOLS)/*/*.h)
INCLUDES := -I$(TOOLS) -I../../module
MODULE_HEADERS := $(wildcard ../../module/*.h ../../module/*/*.h)

# Not pointer-overflow: to it NULL + 0 is one, which is how an empty list ends.
FUZZ_FLAGS := -std=gnu11 -D_GNU_SOURCE -O1 -g -fno-omit-frame-pointer \
	-fsanitize=fuzzer,address,undefined -fno-sanitize=pointer-overflow \
	-fno-sanitize-recover=all
# libFuzzer's names are not of the style of the others.
FUZZ_NAMES := -Dfuzz_begin=LLVMFuzzerInitialize \
	-Dfuzz_one=LLVMFuzzerTestOneInput \
	-Dfuzz_mutate=LLVMFuzzerCustomMutator -Dfuzz_change=LLVMFuzzerMutate
CLANG ?= clang
SECONDS ?= 600
