#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# build.sh VERSION [KDIR] - build what the tests need for one kernel, and print
# the folder: kvmhot.ko, a PMU, kvmhot and kvmhot-guest (both static), the test scripts.
set -euo pipefail
top=$(realpath "$(dirname "$0")/..")
version=${1:?a kernel version, as of selftests/host/run --kernel}
out=$top/build/$version
kdir=${2:-$("$top/selftests/host/kernel.sh" headers "$version")}

# A copy, so that the objects of several kernels do not meet.
mkdir -p "$out/module" "$out/pmu"
rm -rf "$out/files"
mkdir "$out/files"
cp -u --preserve=timestamps "$top/Kbuild" "$out/"
cp -u --preserve=timestamps "$top"/module/*.[ch] "$out/module/"
cp -u --preserve=timestamps "$top"/selftests/pmu/{Kbuild,*.c} "$out/pmu/"
jobs=-j$(nproc)
make -s "$jobs" -C "$kdir" M="$out" ${W:+W=$W} modules >&2
make -s "$jobs" -C "$kdir" M="$out/pmu" ${W:+W=$W} modules >&2
# The same with counts of 32 bits that come round soon, for the test carry.
mkdir -p "$out/carry/module"
cp -u --preserve=timestamps "$out/Kbuild" "$out/carry/"
cp -u --preserve=timestamps "$out"/module/*.[ch] "$out/carry/module/"
make -s "$jobs" -C "$kdir" M="$out/carry" KCFLAGS=-DKVMHOT_COUNT_START=-1000U modules >&2

make -s -C "$top/tools" OUT="$top/build/tools" LDFLAGS=-static >&2
make -s -C "$top/selftests/guest" GUEST_OUT="$top/build" "$top/build/kvmhot-guest" >&2
cp "$out/kvmhot.ko" "$out/pmu/kvmhot_test_pmu.ko" "$top/build/tools/kvmhot" "$top/build/kvmhot-guest" "$top"/selftests/tests/*.sh "$out/files/"
cp "$out/carry/kvmhot.ko" "$out/files/kvmhot_carry.ko"
cp -r "$top"/selftests/tests/{top,added.expected} "$out/files/"
echo "$out/files"
