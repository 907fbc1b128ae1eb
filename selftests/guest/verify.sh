#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Does kvmhot-guest make exactly the VM exits that it says?  Compares its
# --expect with what the kernel's tracepoint kvm:kvm_exit counts by reason, for
# each kind alone and for all of them together.  Needs root, tracefs and a host
# where no other VM runs.
#
# usage: [-g guest] [-n N] [-v vcpus] [-r repeat] [kind ...]
#
# One line per kind; exits 1 if any differs.

guest=./kvmhot-guest
n=100
vcpus=1
repeat=1
tracing=/sys/kernel/tracing
event=$tracing/events/kvm/kvm_exit

while getopts g:n:v:r: option; do
	case $option in
	g) guest=$OPTARG ;;
	n) n=$OPTARG ;;
	v) vcpus=$OPTARG ;;
	r) repeat=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))

tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

[ -d $event ] || { echo "no $event"; exit 2; }
"$guest" --reasons > "$tmp/reasons" || exit 2

# The kernel's histogram as "REASON count"
kernel_counts() {
	awk '
	FNR == NR { name[$1] = $2; next }
	/^[{] exit_reason:/ { gsub(/[{},]/, " "); $0 = $0
		reason = ($2 in name) ? name[$2] : "reason_" $2
		print reason, $4 }
	/Dropped:/ && $2 { print "DROPPED", $2 }
	' "$tmp/reasons" $event/hist
}

# Differences between what is expected of each vCPU and what the kernel saw
differences() {
	awk -v vcpus="$vcpus" '
	FNR == NR { expected[$1] = $2; next }
	{ seen[$1] = $2 }
	END {
		for (r in expected) {
			if (expected[r] == "*")
				continue
			if (seen[r] + 0 != expected[r] * vcpus)
				printf " %s %d, expected %d;", r, seen[r], \
					expected[r] * vcpus
		}
		for (r in seen)
			if (!(r in expected))
				printf " %s %d, unexpected;", r, seen[r]
	}' "$tmp/expected" "$tmp/seen"
}

# verify NAME KIND=N ...
verify() {
	name=$1
	shift
	"$guest" --repeat "$repeat" --expect "$@" > "$tmp/expected" || return 1
	echo 'hist:keys=exit_reason' > $event/trigger || return 1
	"$guest" --vcpus "$vcpus" --repeat "$repeat" "$@" > "$tmp/report" 2>&1
	status=$?
	kernel_counts > "$tmp/seen"
	echo '!hist:keys=exit_reason' > $event/trigger

	why=$(differences)
	[ $status = 0 ] || why="$why guest exits $status;"
	if [ -n "$why" ]; then
		echo "FAIL $name:$why"
		[ $status = 0 ] || cat "$tmp/report"
		return 1
	fi
	echo "ok $name: $(sort "$tmp/seen" | tr '\n' ' ')" \
		"$(grep '^result' "$tmp/report")"
}

if [ $# = 0 ]; then
	# shellcheck disable=SC2046 # a list of words
	set -- $("$guest" --list | awk '!/^(setup|round|\*)\t/ { print $1 }')
fi
failed=0
all=
for kind; do
	verify "$kind" "$kind=$n" || failed=1
	all="$all $kind=$n"
done
# shellcheck disable=SC2086 # a list of words
verify all $all || failed=1
exit $failed
