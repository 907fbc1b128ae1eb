#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What is in the cost of an exit, and what is not.  On the emulated host the
# TSC counts instructions.  Columns of exits: 9 cycles, 12 wait, 13 wait_cycles,
# 15 user, 16 user_cycles, 17 user_max; of vcpus: 7 runs.
# needs: stock (counts instructions) seconds=15

. ./lib.sh

# median REASON, in $TMP/hist: the bucket it is in
median()
{
	awk -F '\t' -v reason="$1" '$3 == reason {
		n = split($8, bucket, " "); sum = 0
		for (i = 1; i <= n; i++) {
			split(bucket[i], pair, ":"); sum += pair[2]
			if (sum * 2 >= $4) { print pair[1]; exit } } }' \
		"$TMP/hist"
}

# The user part of port I/O, but for the longest one: the guest's last exit is
# followed by the VMM's waiting for this test.
busy()
{
	echo $(($(of IO_INSTRUCTION 16) - $(of IO_INSTRUCTION 17)))
}

emulated || skip_all "only the emulated host counts instructions"

tap_begin
load
echo 'hist:keys=common_pid' > $USER_EVENT/trigger
measure out=1000
equal "port I/O: runs as kvm:kvm_userspace_exit has them" \
	"$(column_sum "$TMP/vcpus" 7)" \
	"$(hits $USER_EVENT)"
echo '!hist:keys=common_pid' > $USER_EVENT/trigger
measure out=1000
without=$(median IO_INSTRUCTION)
user=$(busy)
measure --burn 100000 out=1000
equal "port I/O: what the VMM burns is not in KVM's cost" \
	"$(median IO_INSTRUCTION)" "$without"
burnt=$(($(busy) - user))
true_that "port I/O: it is in the user part ($burnt)" "$burnt" -ge 100000000
# Wall time: this test, too, takes the CPU now and then.
true_that "port I/O: with little beside it" "$burnt" -lt 120000000
equal "port I/O: each exit left KVM_RUN" "$(of IO_INSTRUCTION 15)" \
	"$(of IO_INSTRUCTION 4)"
equal "CPUID never does" "$(of CPUID 15)" 0

measure hlt=50
halt_cycles=$(of HLT 20)
cycles=$(of HLT 9)
true_that "HLT: sleep ($halt_cycles) is halt, not cost ($cycles)" \
	"$halt_cycles" -gt $((cycles * 5))
equal "HLT: each of them was halted" "$(of HLT 19)" "$(of HLT 4)"

# Four vCPUs on one CPU: they take it from each other.
measure --vcpus 4 cpuid=30000
true_that "preempted: wait is told" "$(column_sum "$TMP/exits" 13)" \
	-gt 10000000
equal "preempted: nothing is lost" "$(column_sum "$TMP/exits" 7)" 0

tap_end
