#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# profile.sh - where the instructions go that watching adds to a VM exit
#
#   profile.sh [--csv | --doc | --list] [--kernels "6.1 6.12"] [--kinds "cpuid ..."] [--modes "default ..."]
#
# One iteration of a guest's loop, from an instruction of the guest to the same
# one again, is traced by the emulator, without kvmhot and with it, and counted
# by function.  --csv prints rows kind,name,value,unit; --list each instruction
# that was put in; --doc the file PROFILE:
#
#   selftests/bench/profile.sh --doc > selftests/bench/PROFILE
#
# Modes: default, detail, event (msr/0/), events (and task-clock), and, with
# handlers that do nothing, floor-tracepoint, floor-ftrace, floor-kprobe,
# floor-optimised, floor-kretprobe, floor-both (kprobe and kretprobe on one function).
set -euo pipefail
here=$(realpath "$(dirname "$0")")
top=$(realpath "$here/../..")

usage() { sed -n '/^# profile.sh/,/^set /s/^# \{0,1\}//p' "$0"; }

format='' kernels='' kinds='' modes=''
while [ $# -gt 0 ]; do
	case $1 in
	--csv | --doc | --list) format=$1 ;;
	--kernels) kernels=$2 && shift ;;
	--kinds) kinds=$2 && shift ;;
	--modes) modes=$2 && shift ;;
	*) usage && exit 2 ;;
	esac
	shift
done
if [ "$format" = --doc ]; then
	: "${kernels:=6.1 6.12}"
	floor=" floor-tracepoint floor-ftrace floor-optimised floor-kprobe floor-kretprobe floor-both"
fi
: "${kernels:=6.1}" "${kinds:=cpuid ept_write out}" "${modes:=default detail event${floor:-}}"

# trace KERNEL OUT: what profile.py reads
trace()
{
	local files kdir floor=$top/build/$1/floor
	files=$("$top/selftests/check/build.sh" "$1")
	kdir=$("$top/selftests/emulator/kernel.sh" headers "$1")
	mkdir -p "$floor"
	cp -u --preserve=timestamps "$here"/floor/{Kbuild,*.c} "$floor/"
	make -s -C "$kdir" M="$floor" modules >&2
	rm -rf "$2"
	mkdir -p "$2"
	cp "$floor/kvmhot_floor.ko" "$here/profile-inside.sh" "$files/"
	cp "$files/kvmhot-guest" "$2/"
	"$top/selftests/emulator/run" --kernel "$1" --files "$files" --out "$2" --trace "$2/trace" \
		--timeout 1800 -- sh ./profile-inside.sh "$kinds" "none $modes" >&2
}

dirs=()
for kernel in $kernels; do
	dirs+=("$top/build/profile/$kernel")
	trace "$kernel" "${dirs[-1]}"
done
"$here/profile.py" ${format:+"$format"} "${dirs[@]}"
