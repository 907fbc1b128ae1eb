#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# profile-inside.sh KINDS MODES - the part of profile.sh that runs on the emulated
# host: each kind of exit in each mode, between two magic breakpoints.  What
# profile.py has to know goes to /out.

# 64 of them first, for caches and pools; later than --rest all is there that
# watches.
profile()
{
	ticks=$(./kvmhot-guest --rest 50 --tsc "$1=64" mark=1 "$1=9" mark=1 |
		awk '/ ticks / { print $4 }')
	[ "$ticks" ] || exit 1
	echo "$1 $2 $ticks" >> /out/labels
}

enter_mode()
{
	case $1 in
	none) return ;;
	default) insmod ./kvmhot.ko events=none ;;
	detail) insmod ./kvmhot.ko events=none detail=1 ;;
	event) insmod ./kvmhot.ko events=msr/0/ ;;
	events) insmod ./kvmhot.ko events=msr/0/,task-clock ;;
	floor-*) insmod ./kvmhot_floor.ko "what=${1#floor-}" ;;
	*) false ;;
	esac || exit 1
	# An optimised kprobe is so a while later.
	sleep 1
}

leave_mode()
{
	case $1 in
	none) ;;
	floor-*) rmmod kvmhot_floor ;;
	*) rmmod kvmhot ;;
	esac || exit 1
}

for mode in $2; do
	enter_mode "$mode"
	# Empty handlers cost the same whatever the exit is.
	case $mode in
	floor-*) kinds=${1%% *} ;;
	*) kinds=$1 ;;
	esac
	for kind in $kinds; do
		profile "$kind" "$mode"
	done
	cat /sys/kernel/debug/kprobes/list > "/out/kprobes.$mode"
	# Code only, and packed: all of it for each mode is more than the host has room for.
	grep -i " [tw] " /proc/kallsyms | gzip > "/out/kallsyms.$mode.gz"
	leave_mode "$mode"
done
