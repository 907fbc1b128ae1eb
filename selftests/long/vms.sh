#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# VMs are made and end, one after the other: memory stays as it is, whether ended ones
# are kept or forgotten, and each exit is counted.
#
# Memory is compared between a quarter of the way and the end, by what kvmhot says,
# by each cache of the kernel, and by pages.  A leak of one object for every second
# VM is found.
# needs: cpus=2 share=12

# shellcheck source-path=SCRIPTDIR/../live
. ./lib.sh
. ./lib_long.sh

nominal=$(scaled 10000)
batch=50
made=0 wrong=0 seen=0

# make_batch: VMs, and what kvmhot and KVM's tracepoint have of them
make_batch()
{
	./kvmhot-vms --in-turn --vms $batch --vcpus 2 --exits 3 || wrong=$((wrong + 1))
	made=$((made + batch))
	until_true '[ "$(status vms)" = 0 ]'
	if [ "$(status exits)" != "$(hits)" ] || [ "$(status dropped)" != 0 ]; then
		wrong=$((wrong + 1))
		echo "# after $made VMs: $(status exits) exits, dropped $(status dropped), kvm:kvm_exit has $(hits)"
	fi
	seen=$(hits)
	# shellcheck disable=SC2034 # over has it
	did="$made VMs"
}

# make_until PERCENT NUMBER: of the budget, or so many VMs
make_until()
{
	until over "$1" || [ $made -ge "$2" ]; do
		make_batch
	done
}

tap_begin
load max_ended=8
count_exits
begin=$(status memory_bytes)
make_batch
make_until 25 $((nominal / 4))
first=$made
entries=$(find $KVMHOT | wc -l)
held=$(status memory_bytes)
memory_mark "$TMP/first"
[ $made -lt "$nominal" ] && make_batch
make_until 95 "$nominal"
memory_mark "$TMP/last"
grown "$TMP/first" "$TMP/last" $((made - first)) > "$TMP/grown"
equal "each batch: all exits are accounted for" $wrong 0
equal "from VM $first to VM $made: nothing of the kernel's has grown" "$(cat "$TMP/grown")" ""
# Of ended ones that are kept some met an interrupt, and have a row more.
true_that "nor what kvmhot holds ($held, $(status memory_bytes))" "$(status memory_bytes)" -le $((held + held / 20))
equal "nor its directory" "$(find $KVMHOT | wc -l)" "$entries"
last=$(status memory_bytes)
equal "VMs are either kept or forgotten" $(($(status vms_ended) + $(status forgotten_vms))) $made
echo all > $KVMHOT/reset
equal "after a reset memory is as it was at first" "$(status memory_bytes)" "$begin"
count_exits_end
figure "$made of $nominal VMs, $seen exits; memory of kvmhot $held bytes at VM $first, $last at the last; grown: $(grep -c . "$TMP/grown") of $(grep -c . "$TMP/first") figures of the kernel; $wrong batches wrong"
tap_end
