#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Four vCPUs that have to share two CPUs, and resets, and detail switched on and
# off: whenever the files are read, the stages of each vCPU add up to its time.
# needs: cpus=2 seconds=50

. ./lib.sh

readings=6

# read_resets: until that many were of another reset than the one before
read_resets()
{
	i=0 since=
	while [ $i -lt $readings ]; do
		cat "$dir/stages" > "$TMP/stages"
		cat "$TMP/stages"
		[ "$(stage 0 20)" = "$since" ] || i=$((i + 1))
		since=$(stage 0 20)
	done
}

tap_begin
load
count_exits common_pid
guest_start vm --vcpus 4 --forever cpuid=500 out=50 ept_write=20 hlt=1
guest_go vm
dir=$(vm_of vm)
until_true '[ "$(wc -l < "$dir/vcpus")" = 6 ]'
equal "$readings readings of four vCPUs add up" \
	"$(read_much "$dir/stages" $readings | not_conserved)" "0 $((4 * readings))"

( while sleep 0.2; do
	echo 1 > "$dir/reset"
done ) &
echo $! > "$TMP/resets.pid"
read_resets > "$TMP/readings"
equal "readings over $readings resets add up" \
	"$(not_conserved < "$TMP/readings")" \
	"0 $(grep -c '	all	' "$TMP/readings")"
kill "$(cat "$TMP/resets.pid")"
rm "$TMP/resets.pid"

echo all > $KVMHOT/reset
i=0
while [ $i -lt 6 ]; do
	echo $((i % 2)) > $KVMHOT/detail
	cat "$dir/stages"
	i=$((i + 1))
done > "$TMP/readings"
equal "readings while detail is switched add up" \
	"$(not_conserved < "$TMP/readings")" "0 24"
cat "$dir/stages" > "$TMP/stages"
for vcpu in 0 1 2 3; do
	# A host of one's own may have CPUs enough.
	! emulated ||
		true_that "vCPU $vcpu: was preempted" "$(stage $vcpu 16)" -gt 0
	true_that "vCPU $vcpu: reenter was told" "$(stage $vcpu 9)" -gt 0
	equal "vCPU $vcpu: nothing is unknown" "$(stage $vcpu 18)" 0
done
equal "nothing is lost" "$(status lost)" 0
equal "no span is dropped" "$(status dropped_spans)" 0
guest_stop vm
equal "all exits, as kvm:kvm_exit has them" "$(status exits)" "$(hits)"
equal "and as KVM itself has them" \
	"$(awk -F '\t' '$1 == "vm" { print $3 }' $KVMHOT/status)" \
	"$(awk -F '\t' '$1 == "vm" { print $4 }' $KVMHOT/status)"
count_exits_end common_pid
guest_end vm
tap $? "the guest is content"
tap_end
