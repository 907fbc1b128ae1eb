#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# reads-inside.sh - the part of reads.sh that runs on the emulated host.  Prints
# rows KIND,NAME,VALUE,UNIT.

# shellcheck source=../live/lib.sh
. ./lib.sh

FILES="exits hist stages totals vcpus"

plural()
{
	if [ "$1" = 1 ]; then echo "1 $2"; else echo "$1 $2s"; fi
}

# memory ARGUMENT...: of a vCPU of a guest that did this
memory()
{
	load events=none
	guest_start vm "$@"
	guest_go vm
	guest_done vm
	dir=$(vm_of vm)
	sleep 1
	reasons=$(grep -vc '^#' "$dir/exits")
	echo "memory,a vCPU with $(plural "$reasons" reason),$(column_sum "$dir/vcpus" 15),bytes"
	guest_end vm || bail "the guest failed"
	rmmod kvmhot
}

# One with a single reason: kvmhot comes after the guest is set up, and the
# guest's round has no end.
memory_of_one()
{
	guest_start vm --rest 1000 cpuid=1000000000
	guest_go vm
	sleep 0.5
	load events=none
	sleep 2
	dir=$(vm_of vm)
	reasons=$(grep -vc '^#' "$dir/exits")
	echo "memory,a vCPU with $(plural "$reasons" reason),$(column_sum "$dir/vcpus" 15),bytes"
	kill -KILL "$(cat "$TMP/vm.pid")"
	wait
	rm "$TMP/vm.pid"
	rmmod kvmhot
}

# population VMS VCPUS: all have run, and wait
population()
{
	load events=none
	n=0
	while [ $n -lt "$1" ]; do
		guest_start "vm$n" --vcpus "$2" cpuid=20 msr_read=20
		guest_go "vm$n"
		guest_done "vm$n"
		n=$((n + 1))
	done
	until_true '[ "$(status vcpus)" = '$(($1 * $2))' ]'
	until_true '[ "$(ls $KVMHOT/vms | wc -l)" = '"$1"' ]'
	sleep 1
	name="$(plural $(($1 * $2)) vCPU) in $(plural "$1" VM)"
	[ "$(status dropped)" = 0 ] || bail "exits were dropped"
	echo "memory,$name and spare records,$(status memory_bytes),bytes"
}

population_end()
{
	for file in "$TMP"/*.pid; do
		kill -KILL "$(cat "$file")"
		rm "$file"
	done
	wait
	rmmod kvmhot
}

# reads_of: status, the files of one VM, and all there are
reads_of()
{
	dir=$(vm_of vm0)
	files=
	for file in $FILES; do
		files="$files $dir/$file"
	done
	# shellcheck disable=SC2086 # a list of words
	./reads $KVMHOT/status $files | awk -v name="$name" '{
		sub(/.*\//, ""); file = $1 == "status" ? $1 : "a VM'"'"'s " $1
		print "read," name ": " file "," $3 ",instructions"
		print "size," name ": " file "," $2 ",bytes" }'
	files=
	for file in $FILES; do
		files="$files $KVMHOT/vms/*/$file"
	done
	# shellcheck disable=SC2086 # a list of patterns
	./reads $KVMHOT/status $files | awk -v name="$name" '
		# each when it was quickest; beyond some millions none is without timer ticks
		{ ticks += $3; bytes += $2 }
		END { printf "read,%s: all files of all VMs,%.0f,instructions\n", name, ticks
		      printf "size,%s: all files of all VMs,%.0f,bytes\n", name, bytes }'
}

reset_of()
{
	./reads -w all $KVMHOT/reset | awk -v name="$name" '
		{ print "reset," name ": all," $2 ",instructions"
		  print "reset," name ": all once more," $3 ",instructions" }'
	./reads -w 1 "$dir/reset" | awk -v name="$name" '
		{ print "reset," name ": a VM once more," $3 ",instructions" }'
}

# first_exit: the first CPUID exit after a rest, in instructions; with argument
# "reset" everything is reset in each rest
first_exit()
{
	./kvmhot-guest --rest 200 --rest-each --repeat 5 --tsc mark=1 cpuid=1 mark=1 \
		> "$TMP/first" &
	while kill -0 $! 2>/dev/null; do
		[ "$1" != reset ] || echo all > $KVMHOT/reset
		sleep 0.05
	done
	wait
	awk '/ ticks / { print $4 }' "$TMP/first"
}

emulated || skip_all "only the emulated host counts instructions"
memory_of_one
memory cpuid=50 msr_read=50
memory cpuid=50 msr_read=50 vmcall=50 invd=50 wbinvd=50 cr0=50 dr=50 msr_write=50 \
	monitor=50 mwait=50
for shape in "1 1" "10 10" "10 100"; do
	# shellcheck disable=SC2086 # two words
	population $shape
	reads_of
	reset_of
	population_end
done
load events=none
without=$(first_exit)
with=$(first_exit reset)
echo "reset,first CPUID exit after no reset,$without,instructions"
echo "reset,first CPUID exit after a reset,$with,instructions"
echo "reset,added by the reset,$((with - without)),instructions"
