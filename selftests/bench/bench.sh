#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bench.sh - what watching costs per VM exit: kvmhot and its peers, on the same
# loops of the same guest on the same emulated host; what 'make bench' calls
#
#   KERNELS="6.1"   of those that selftests/emulator/run knows, one table each
#   JOBS=2          emulated hosts at a time
#
# Prints tables; build/bench/KERNEL.csv has every figure of the first of them and
# more.  Those of sizes.sh and reads.sh, which have methods and --csv of their
# own, come after them; profile.sh tells where the instructions go, see PROFILE.
# Fails if an observer could not be started, if the loops without any took
# more or less afterwards than before, or if the host's kernel warned.
#
# Method
#
# Unit: instructions.  On the emulated host the TSC goes up by one with each
# instruction that is executed (a string instruction: with each element), so a
# figure is a count of instructions and not a time: caches, branch prediction,
# locks that other CPUs want and the world switch of VT-x cost nothing there.
# Boot options are those of selftests/emulator/bochs.sh (mitigations=off).
#
# Start and end: kvmhot-guest --each executes RDTSC right before and after each
# iteration of its loop, so an iteration is all that the CPU executed from
# there to there: some 15 instructions of the guest, the exit, what KVM, the
# observer, interrupts of the host and (port I/O) the VMM do, and the entry.
#
#   CPUID       one exit, handled in the kernel
#   EPT write   a write to a page that the host has, but the EPT lacks
#   port I/O    OUT to a port of the VMM: out of KVM_RUN and in again
#   MSR fast    WRMSR to x2APIC ICR, which KVM handles with interrupts off;
#               6.1 passes vmx_handle_exit all the same
#   MSR timer   WRMSR to TSC_DEADLINE, which KVM handles in the same way, and
#               enters the guest again without vmx_handle_exit: with 2 CPUs
#               only, as the TSC of 1 is too fast for VMX' preemption timer.
#               The least is given: arming and disarming it take turns
#   HLT+timer   WRMSR to TSC_DEADLINE, HLT, the host's timer, the wake-up, an
#               interrupt, WRMSR to EOI: three exits of the guest.  What would
#               be idle time, which the TSC counts as well, a thread of
#               SCHED_IDLE fills, and its own instructions are taken off
#               (kvmhot-guest --fill); the switch to it and back is in the figure
#
# Two rounds of 3000 iterations each; the first warms up, the second counts.
# "added" is the median with an observer minus the median without, the 99th
# percentile likewise (nearest rank), of the same run of the same host.
#
# Not in it: what an observer does not do in the thread of the vCPU or in the
# interrupts that it suffers, such as writing perf.data, or reading results.
#
# Repeats: the host starts from a saved state and depends on nothing outside,
# so with the same files all figures are the same again, to the last digit.
# After a change of any file or kernel, medians of 1 CPU still are, within 10: an
# EPT violation depends on the state of memory.  The percentiles and maxima
# depend on where the host's timer strikes.  With several CPUs the emulated TSC
# goes up in steps of 5: what is added there is unsure by 10.  Port I/O is
# not measured there, as its median falls on one of two paths by chance.
set -euo pipefail
here=$(realpath "$(dirname "$0")")
top=$(realpath "$here/../..")
out=$top/build/bench
kernels=${KERNELS:-6.1}
kvmhots="kvmhot kvmhot-detail kvmhot-1-event kvmhot-2-events"

case ${1:-} in
'') ;;
-h | --help) sed -n '/^# bench.sh/,/^set /s/^# \{0,1\}//p' "$0" && exit ;;
*) echo "bench.sh: what is '$1'?" >&2 && exit 2 ;;
esac

say()
{
	printf '# [%3d s] %s\n' $SECONDS "$*" >&2
}

# on_host KERNEL NAME OPTIONS SETTINGS OBSERVER...: lines of bench-inside.sh, with
# the number of CPUs in front, into NAME's file
on_host()
{
	local kernel=$1 file=$out/$1-$2 options=$3 settings=$4 cpus=1
	[[ $options != *smp* ]] || cpus=${options##* }
	shift 4
	# shellcheck disable=SC2086 # words
	if "$top/selftests/emulator/run" --kernel "$kernel" $options --files "$files" --timeout 900 -- \
		"$settings sh ./bench-inside.sh $*" > "$file.raw" 2> "$file.log"; then
		sed -n "s/^\(each\|note\)\t/&$cpus\t/p" "$file.raw" > "$file.part"
		say "$kernel: $*: done"
	else
		say "$kernel: $*: FAILED, exit status $?"
		sed 's/^/#   /' "$file.log" >&2
		tail -n 5 "$file.raw" | sed 's/^/#   /' >&2
	fi
}

# The longest first
runs()
{
	cat <<- END
		bpf|--tools peers|VCPUS=1|bpftrace-tp bpftrace-kprobe bcc-kvmexit
		perf|--tools peers|VCPUS=1|$kvmhots ftrace-hist ftrace-events perf-stat perf-kvm-stat
		cpus2|--smp 2|VCPUS='1 2 4' LOOPS='cpuid ept_write msr_icr msr_deadline'|$kvmhots
		vcpus||VCPUS='2 4'|$kvmhots
	END
}

all_runs()
{
	local jobs=0 name options settings observers
	while IFS='|' read -r name options settings observers; do
		[ $jobs -lt "${JOBS:-2}" ] || { wait -n || :; jobs=$((jobs - 1)); }
		# shellcheck disable=SC2086 # a list of words
		on_host "$1" "$name" "$options" "$settings" nothing $observers again < /dev/null &
		jobs=$((jobs + 1))
	done <<< "$(runs)"
	wait
}

trap 'trap "" INT TERM; kill -TERM 0; wait; exit 130' INT TERM
SECONDS=0
failed=0
"$top/selftests/emulator/deps.sh" emulator build
mkdir -p "$out"
for kernel in $kernels; do
	say "building for $kernel"
	# a copy, lest a 'make check' meanwhile change it
	rm -rf "$out/$kernel"-*
	files=$out/$kernel-files
	cp -r "$("$top/selftests/check/build.sh" "$kernel")" "$files"
	cp "$here/bench-inside.sh" "$files/"
	say "measuring on emulated hosts (the first boot of each takes minutes)"
	all_runs "$kernel"
	parts=()
	while IFS='|' read -r name _; do
		if [ -s "$out/$kernel-$name.part" ]; then parts+=("$out/$kernel-$name.part"); else failed=1; fi
	done <<< "$(runs)"
	[ ${#parts[@]} -gt 0 ] || continue
	awk -f "$here/csv.awk" "${parts[@]}" > "$out/$kernel.csv" || failed=1
	awk -v release="$("$top/selftests/emulator/kernel.sh" release "$kernel")" -f "$here/table.awk" \
		"$out/$kernel.csv" > "$out/$kernel.txt"
	cat "$out/$kernel.txt"
	echo
	echo "What they counted themselves:"
	awk -F '\t' '$1 == "note" && $2 == 1 && !seen[$3]++ { printf "  %-18s %s\n", $3, $4 }' "${parts[@]}"
	say "sizes, and what reading and resetting cost"
	for what in sizes reads; do
		echo
		"$here/$what.sh" "$kernel" 2> "$out/$kernel-$what.log" | tee "$out/$kernel-$what.txt" || failed=1
	done
done
say "done; ${out#"$top/"} has the figures"
exit $failed
