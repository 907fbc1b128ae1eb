#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A VMM makes VM after VM, each with the file descriptors of the one before: KVM
# gives them all the same name.  Those that ended keep their figures, under names
# of their own.
# needs: kernel=6.12 seconds=10

. ./lib.sh

# names: of the VMs in vms/, without the part that is the same in all of them
names()
{
	basename -a "$KVMHOT"/vms/* | sed 's/^[0-9]*-[a-z0-9]*//' | sort -t . -k 2n |
		tr '\n' ' '
}

tap_begin
guest_program=./kvmhot-vms
load max_ended=8
count_exits
guest_start vm --in-turn --vms 6 --exits 50
until_true '[ "$(status vms) $(status vms_ended)" = "1 5" ]'
equal "six VMs have a name each" "$(names)" " .1 .2 .3 .4 .5 "
first=$(echo "$KVMHOT"/vms/*.1)
dir=${first%.1}
equal "the one that runs has KVM's" "$(header "$dir/exits" state)" running
equal "the others have ended" "$(cat "$dir".*/vcpus | grep -c 'state=ended')" 5
for n in .1 .2 .3 .4 .5 ''; do
	equal "its files say so: $n" "$(header "$dir$n/exits" vm)" \
		"$(basename "$dir")$n"
	header "$dir$n/exits" since
done > "$TMP/since"
grep '^ok\|^not\|^#' "$TMP/since"
grep -v '^ok\|^not\|^#' "$TMP/since" > "$TMP/order"
sort -n "$TMP/order" > "$TMP/sorted"
same "the numbers are in order of time" "$TMP/order" "$TMP/sorted"
guest_go vm
guest_done vm
equal "all exits are in the files" \
	"$(cat "$KVMHOT"/vms/*/exits | awk -F '\t' '!/^#/ { sum += $4 } END { print sum }')" \
	"$(hits)"
count_exits_end
for n in .1 .2 .3 .4 .5 ''; do
	column_sum "$dir$n/exits" 4
done | sort -u > "$TMP/sums"
true_that "each has its own ($(tr '\n' ' ' < "$TMP/sums"))" "$(head -n 1 "$TMP/sums")" -ge 52
equal "nothing is forgotten" "$(status forgotten_vms) $(status forgotten_exits)" "0 0"
./kvmhot vms > "$TMP/out"
equal "the reader knows all of them" "$(grep -c "$(basename "$dir")" "$TMP/out")" 6
./kvmhot report -p "$(basename "$dir").3" > "$TMP/out"
tap $? "the reader takes the name of an ended one"
basename "$dir".3 > $KVMHOT/reset
tap $? "so does reset"
equal "only that one is gone" "$(names)" " .1 .2 .4 .5 "
guest_end vm
tap $? "the VMM is content"
rmmod kvmhot

# Where there is no place for all of them, check says for which one.
load max_ended=2
./kvmhot-vms --in-turn --vms 5
until_true '[ "$(status vms) $(status vms_ended) $(status forgotten_vms)" = "0 2 3" ]'
equal "max_ended=2: it was for that that three had to go" \
	"$(status forgotten_max_ended) $(status forgotten_max_vms)" "3 0"
equal "max_ended=2: the last two are there" "$(names)" " .4 "
./kvmhot check > "$TMP/out"
grep -q 'for 3 of them: .*max_ended=4 (now 2)' "$TMP/out"
tap $? "max_ended=2: check advises that"
rmmod kvmhot
load max_vms=2
./kvmhot-vms --in-turn --vms 5
until_true '[ "$(status vms) $(status vms_ended) $(status forgotten_vms)" = "0 2 3" ]'
equal "max_vms=2: it was for that that three had to go" \
	"$(status forgotten_max_ended) $(status forgotten_max_vms)" "0 3"
./kvmhot check > "$TMP/out"
grep -q 'for 3 of them: .*max_vms=4 (now 2)' "$TMP/out"
tap $? "max_vms=2: check advises that"
tap_end
