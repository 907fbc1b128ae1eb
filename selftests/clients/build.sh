#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# clients/build.sh - print a folder with KVM's own selftests, static: built once into the cache from Debian's kernel source.
. "$(dirname "$0")/../emulator/lib.sh"

# The uapi headers are the system's.  stddef.h: __DECLARE_FLEX_ARRAY, which kvm.h
# needs.  TEST_ASSERT_EQ: dirty_log_test calls ASSERT_EQ by its later name.
FLAGS="-include linux/stddef.h -DTEST_ASSERT_EQ=ASSERT_EQ"
PARTS=(scripts/subarch.include tools/build/Build.include tools/include tools/arch/x86/include tools/lib/rbtree.c
	tools/testing/selftests/{lib.mk,kselftest.h,kselftest_harness.h,rseq,kvm})

make_clients() {
	local kvm=$NEW/source/tools/testing/selftests/kvm
	mkdir "$NEW/source" "$NEW/out"
	kernel_source "$NEW/source" "${PARTS[@]}"
	LDFLAGS=-static make -s -j"$(nproc)" -C "$kvm" OUTPUT="$NEW/out" EXTRA_CFLAGS="$FLAGS" all > "$NEW/log" 2>&1 ||
		die "KVM's selftests do not build: $(grep -v warning: "$NEW/log" | tail -n 20)"
	find "$NEW/out" -type f -perm -1 -exec strip {} + -exec mv -t "$NEW" {} +
	rm -r "$NEW/source" "$NEW/out" "$NEW/log"
}

need gcc make strip tar xz
dir=$CACHE/clients/$(dpkg-query -W -f '${Version}' $LINUX_SOURCE)-$(digest "$(realpath "$0")")
once "$dir" make_clients
echo "$dir"
