#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# modules.sh OUT KDIR [MAKE_ARGUMENT...] - build kvmhot.ko and the tests' modules, in the folder OUT.
#
# What make says is a failure, warnings as well.  With W=1 in the environment
# there are more of them.
set -euo pipefail
top=$(realpath "$(dirname "$0")/../..")
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
		rm -f "$folder"/*.ko
		find "$folder" -name '*.o' -delete
		return 1
	fi
}

mkdir -p "$out/pmu"
exec 9> "$out/lock"
flock 9

# copy FROM TO FILE...: with the folders that they are in
copy()
{
	(cd "$1" && cp -u --preserve=timestamps --parents -t "$2" "${@:3}")
}

# A copy, so that the objects of several kernels do not meet.
mapfile -t sources < <(cd "$top" && find Kbuild module -name Kbuild -o -name '*.[ch]' | sort)
if ! printf '%s\n' "${sources[@]}" | cmp -s - "$out/sources"; then
	# Nothing is to find a header that has gone.
	rm -rf "$out"/{module,carry,misfit}
	printf '%s\n' "${sources[@]}" > "$out/sources"
fi
copy "$top" "$out" "${sources[@]}"
cp -u --preserve=timestamps "$top"/selftests/pmu/{Kbuild,*.c} "$out/pmu/"
modules "$out" "$@"
modules "$out/pmu" "$@"
[ $# = 0 ] || exit 0

# variant NAME WORD FLAG: with FLAG, for the test NAME.  What has WORD is compiled anew;
# kbuild takes over the rest, if it finds that it was compiled with the same command.
variant()
{
	local file built commands flags=()
	mapfile -t built < <(cd "$out" && find Kbuild module -name Kbuild -o -name '*.[cho]')
	mapfile -t commands < <(cd "$out" && find module -name '.*.o.cmd')
	mkdir -p "$out/$1"
	copy "$out" "$out/$1" "${built[@]}" "${commands[@]}"
	(cd "$out/$1" && sed -i "s#$out/\\($1/\\)*#$out/$1/#g" "${commands[@]}")
	while read -r file; do
		flags+=("CFLAGS_${file%.c}.o=$3")
	done < <(cd "$out" && grep -lrw --include='*.c' "$2" module)
	modules "$out/$1" "${flags[@]}"
}

# Counts that do not fit into 32 bits soon.
variant carry 'KVMHOT_COUNT_TOP\|kvmhot_hist_add_to\|kvmhot_hist_add\|kvmhot_cell_add' -DKVMHOT_COUNT_TOP=1000U
# kvm_exit as if this kernel were an older one.
variant misfit KVMHOT_KVM_EXIT_PROBE -DKVMHOT_COMPAT_EXIT_REASON=1
