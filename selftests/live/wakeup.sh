#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# sched_switch asks the worker for memory, with the run queue's lock held: the first
# exit of a reason is one in which the thread sleeps, so that its cell is made when
# it is switched out.  Each round has used up a few lines more of the vCPU's memory,
# so that in some of them this one crosses the mark.  If the probe wakes the worker
# itself, the host stands still.
# needs: seconds=15

. ./lib.sh

tap_begin
load detail=1
for more in 0 1 2; do
	list=
	for kind in cpuid invd wbinvd xsetbv cr0 dr monitor mwait rdpmc vmclear \
		invept ud vmcall msr_read mmio_read out; do
		list="$list $kind=2"
		# Other ioctls take lines, too.
		# shellcheck disable=SC2086 # a list of words
		./kvmhot-guest --uffd 1 --poke $more $list wall=1 > "$TMP/out" 2>&1
		rc=$?
		[ $rc = 0 ] || { sed 's/^/#   /' "$TMP/out"; break; }
	done
	tap "$rc" "a first exit that sleeps, after$list, $more other ioctls"
done
until_true '[ "$(status vms)" = 0 ]'
awk -F '\t' '!/^#/ && $3 == "MSR_WRITE" { n += $4; slept += $12 > 0 }
	END { print n + 0, slept + 0 }' $KVMHOT/vms/*/exits > "$TMP/slept"
equal "they were seen, and slept" "$(cat "$TMP/slept")" "48 48"
true_that "vCPUs were given more memory than they had at first" \
	"$(awk -F '\t' '!/^#/ { print $15 }' $KVMHOT/vms/*/vcpus | sort -un | wc -l)" -gt 1
equal "nothing was dropped" "$(status dropped)" 0
tap_end
