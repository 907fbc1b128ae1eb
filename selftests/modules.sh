#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# modules.sh OUT KDIR [MAKE_ARGUMENT...] - build kvmhot.ko and the tests' modules, in the folder OUT.
#
# What make says is a failure, warnings as well.  With W=1 in the environment
# there are more of them.
set -euo pipefail
top=$(realpath "$(dirname "$0")/..")
out=$(realpath -m "${1:?}")
kdir=${2:?}
shift 2

# modules FOLDER [MAKE_ARGUMENT...]
modules()
{
	local folder=$1
	shift
	if ! make -s -j"$(nproc)" -C "$kdir" M="$folder" ${W:+W=$W KCFLAGS=-Werror} "$@" modules > "$folder/said" 2>&1 ||
		grep -qv 'Skipping BTF generation' "$folder/said"; then
		cat "$folder/said" >&2
		# or the next run would be content with what there is
		rm -f "$folder"/*.ko "$folder"/*/*.o
		return 1
	fi
}

mkdir -p "$out/module" "$out/pmu"
exec 9> "$out/lock"
flock 9

# A copy, so that the objects of several kernels do not meet.
cp -u --preserve=timestamps "$top/Kbuild" "$out/"
cp -u --preserve=timestamps "$top"/module/*.[ch] "$out/module/"
cp -u --preserve=timestamps "$top"/selftests/pmu/{Kbuild,*.c} "$out/pmu/"
modules "$out" "$@"
modules "$out/pmu" "$@"
[ $# = 0 ] || exit 0

# variant NAME WORD FLAG: with FLAG, for the test NAME.  What has WORD is compiled anew;
# kbuild takes over the rest, if it finds that it was compiled with the same command.
variant()
{
	local file flags=()
	mkdir -p "$out/$1/module"
	cp -u --preserve=timestamps "$out/Kbuild" "$out/$1/"
	cp -u --preserve=timestamps "$out"/module/*.[cho] "$out"/module/.*.o.cmd "$out/$1/module/"
	sed -i "s#$out/\\($1/\\)*#$out/$1/#g" "$out/$1"/module/.*.o.cmd
	for file in $(cd "$out/module" && grep -lw "$2" ./*.c); do
		file=${file#./}
		flags+=("CFLAGS_module/${file%.c}.o=$3")
	done
	modules "$out/$1" "${flags[@]}"
}

# Counts that do not fit into 32 bits soon.
variant carry 'KVMHOT_COUNT_TOP\|kvmhot_group_add\|kvmhot_hist_add\|kvmhot_cell_add' -DKVMHOT_COUNT_TOP=1000U
# kvm_exit as if this kernel were an older one.
variant misfit KVMHOT_KVM_EXIT_PROBE -DKVMHOT_COMPAT_EXIT_REASON=1
