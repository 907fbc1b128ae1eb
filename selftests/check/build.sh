#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# build.sh VERSION [KDIR] - build what the tests need for one kernel, and print
# the folder: kvmhot.ko, modules for the tests, kvmhot and the guests (static), the test scripts.
set -euo pipefail
top=$(realpath "$(dirname "$0")/../..")
version=${1:?a kernel version, as of selftests/emulator/run --kernel}
out=$top/build/$version
kdir=${2:-$("$top/selftests/emulator/kernel.sh" headers "$version")}

mkdir -p "$top/build"
# On what it is made for, there is nothing to warn of.
[ $# -gt 1 ] || export W=1
"$top/selftests/check/modules.sh" "$out" "$kdir" >&2
exec 9> "$top/build/lock"
flock 9
make -s -C "$top/tools" OUT="$top/build/tools" LDFLAGS=-static >&2
make -s -C "$top/selftests/guest" GUEST_OUT="$top/build" guest-all >&2
rm -rf "$out/files"
mkdir "$out/files"
cp "$out/kvmhot.ko" "$out"/pmu/kvmhot_test_{pmu,return,rival,tsc}.ko "$top/build/tools/kvmhot" "$top"/build/kvmhot-{guest,vms,race,failnth,pingpong} "$top"/selftests/live/*.sh "$out/files/"
for name in carry misfit; do cp "$out/$name/kvmhot.ko" "$out/files/kvmhot_$name.ko"; done
cp -r "$top"/selftests/live/{top,added.expected} "$out/files/"
echo "$out/files"
