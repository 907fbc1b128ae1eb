#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What a context switch of threads that run no vCPU pays for kvmhot, in instructions,
# which the emulated host's TSC counts; also while many vCPUs' threads are switched out.
# needs: stock (counts instructions) seconds=15

. ./lib.sh

# Instructions for each switch: of the tracepoint, and of ours.
most=45

# added: by what there is now
added()
{
	echo $((($(./kvmhot-pingpong) - without) / 2))
}

emulated || skip_all "only the emulated host counts instructions"

tap_begin
# A second after the last event on the host perf has no part in switches any more.
sleep 2
without=$(./kvmhot-pingpong)
load
none=$(added)
true_that "no VM: a switch pays $none instructions of $((without / 2))" \
	"$none" -gt 0 -a "$none" -le $most
guest_start vm --vcpus 30 --rest 60000 cpuid=1
guest_go vm
until_true '[ "$(status vcpus)" = 30 ]'
dir=$(vm_of vm)
until_true '[ "$(awk "\$3 == \"all\" && \$14 > 0" "$dir/stages" | wc -l)" = 30 ]'
away=$(added)
true_that "30 vCPUs whose VMM sleeps: $away, nearly as many" \
	"$away" -le $((none + 10)) -a "$away" -ge $((none - 10))
kill -9 "$(cat "$TMP/vm.pid")"
until_true '[ "$(header "$dir/exits" state)" = ended ]'
rm "$TMP/vm.pid"
rmmod kvmhot
after=$(added)
true_that "without kvmhot it is as it was before ($after)" "$after" -ge -5 -a "$after" -le 5
tap_end
