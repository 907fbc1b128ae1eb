#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# build.sh VERSION [KDIR] - build what the tests need for one kernel, and print
# the folder: kvmhot.ko, modules for the tests, kvmhot and the guests (static), the test scripts.
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
# variant NAME FLAG: kvmhot_NAME.ko, for the test of that name
variant() {
	grep -qsE "^# kernels: (.* )?${version/./\\.}( |\$)" "$top/selftests/tests/$1.sh" || return 0
	mkdir -p "$out/$1/module"
	cp -u --preserve=timestamps "$out/Kbuild" "$out/$1/"
	cp -u --preserve=timestamps "$out"/module/*.[ch] "$out/$1/module/"
	make -s "$jobs" -C "$kdir" M="$out/$1" KCFLAGS="$2" modules >&2
	cp "$out/$1/kvmhot.ko" "$out/files/kvmhot_$1.ko"
}
# Counts of 32 bits that come round soon.
variant carry -DKVMHOT_COUNT_START=-1000U
# kvm_exit as if this kernel were an older one.
variant misfit -DKVMHOT_COMPAT_EXIT_REASON=1

make -s -C "$top/tools" OUT="$top/build/tools" LDFLAGS=-static >&2
make -s -C "$top/selftests/guest" GUEST_OUT="$top/build" guest-all >&2
cp "$out/kvmhot.ko" "$out"/pmu/kvmhot_test_{pmu,tsc}.ko "$top/build/tools/kvmhot" "$top"/build/kvmhot-{guest,vms,race} "$top"/selftests/tests/*.sh "$out/files/"
cp -r "$top"/selftests/tests/{top,added.expected} "$out/files/"
echo "$out/files"
