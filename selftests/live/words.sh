#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The words of a list of events: what is accepted and what that means, what is
# refused and how that is told.
# needs: kernel=6.1 seconds=20

. ./lib_pmu.sh

# accept LIST READS-AS
accept()
{
	# shellcheck disable=SC2059 # it is a format
	printf "$1" > $KVMHOT/events
	equal "'$1' is accepted" "$?" 0
	equal "'$1' reads back" "$(cat $KVMHOT/events)" "$2"
	true_that "'$1' is a new list" "$(status events_number)" -gt "$number"
	number=$(status events_number)
}

# means WORD TYPE CONFIG WHERE
means()
{
	count "$1" || echo "# '$1': refused"
	equal "$1: type, config, where" \
		"$(event "$1" 5) $(event "$1" 6) $(event "$1" 7)" "$2 0x$3 $4"
}

# state: what a bad write could change; the guest is at rest
state()
{
	cat $KVMHOT/events
	sed 1d "$dir/pmu"
	sed 1d "$dir/exits"
	status events
	status events_number
}

# refuse LIST (for printf) BAD: the bad word, or what is said
refuse()
{
	# The log has ten lines in five seconds.
	nr_refused=$((nr_refused + 1))
	[ $((nr_refused % 9)) != 0 ] || sleep 5.5
	log_mark
	# shellcheck disable=SC2059 # it is a format
	printf "$1" > "$TMP/word"
	# Of nothing dd makes no write; so it is a blank line.
	[ -s "$TMP/word" ] || echo > "$TMP/word"
	dd if="$TMP/word" of=$KVMHOT/events bs=8192 2> "$TMP/error"
	grep -q 'Invalid argument' "$TMP/error"
	tap $? "'$1': EINVAL"
	log_since > "$TMP/log"
	grep -qF -- "$2" "$TMP/log"
	tap $? "'$1': the log has $2"
	equal "'$1': it is one line" "$(grep -c . "$TMP/log")" 1
	state > "$TMP/after"
	same "'$1': nothing changed" "$TMP/after" "$TMP/before"
}

# refuse_load LIST BAD
refuse_load()
{
	log_mark
	insmod ./kvmhot.ko events="$1" 2> "$TMP/error"
	true_that "events=$1: not loaded" $? -ne 0
	grep -q Invalid "$TMP/error"
	tap $? "events=$1: invalid"
	log_since | grep -qF "'$2'"
	tap $? "events=$1: the log names $2"
	[ ! -e /sys/module/kvmhot ] && [ ! -e $KVMHOT ]
	tap $? "events=$1: nothing is left"
}

tap_begin
refuse_load cycles,bogus bogus
refuse_load 'task-clock,msr/0' msr/0
refuse_load task-clock,task-clock task-clock

# What is accepted.
load events=none
equal "events=none" "$(cat $KVMHOT/events)" none
msr=$(type_of msr) number=$(status events_number)
accept task-clock task-clock
accept 'cycles,instructions\n' cycles,instructions
accept ' cpu-clock \t page-faults\n' cpu-clock,page-faults
accept 'none\n' none
accept 'cycles,instructions,cache-references,cache-misses,branch-misses,bus-cycles,ref-cycles,task-clock' \
	cycles,instructions,cache-references,cache-misses,branch-misses,bus-cycles,ref-cycles,task-clock
accept none none
# Numbers as of linux/perf_event.h.
while read -r word type config where; do
	means "$word" "$type" "$config" "$where"
done << END
cycles 0 0 host
instructions 0 1 host
cache-references 0 2 host
cache-misses 0 3 host
branch-misses 0 5 host
bus-cycles 0 6 host
ref-cycles 0 9 host
L1-dcache-load-misses 3 10000 host
LLC-load-misses 3 10002 host
dTLB-load-misses 3 10003 host
cpu-clock 1 0 all
task-clock 1 1 all
page-faults 1 2 all
context-switches 1 3 all
rc0 4 c0 host
rffffffffffffffff 4 ffffffffffffffff host
r01B1 4 1b1 host
4:193 4 c1 host
4:config=0xc1 4 c1 host
0x4:0xC1:G 4 c1 guest
1:3 1 3 all
msr/0/ $msr 0 all
msr/0x1/ $msr 1 all
msr/config=0/ $msr 0 all
msr/config=0x1/ $msr 1 all
msr/0/:H $msr 0 host
msr/0/H $msr 0 host
1:000000000000000000000000000000000000000000003 1 3 all
$msr:0 $msr 0 all
$msr:config=0x1:k $msr 1 all-kernel
cycles:H 0 0 host
cycles:G 0 0 guest
cycles:HG 0 0 all
cycles:GH 0 0 all
cycles:k 0 0 host-kernel
rc0:Gk 4 c0 guest-kernel
instructions:kHG 0 1 all-kernel
END

# What is refused, by a guest at rest that has counts.
count task-clock,msr/0/
guest_start vm --rest 200 cpuid=1000 hlt=10
guest_go vm
guest_done vm
dir=$(vm_of vm)
cat "$dir/pmu" > "$TMP/pmu"
true_that "there are counts" "$(total task-clock)" -gt 0
state > "$TMP/before"
nr_refused=0
for word in cycle CYCLES task-clock-of-mine r rxyz r12345678901234567 \
		no_such_pmu/0/ msr/0 msr// msr/x/ msr/-1/ msr/config=/ \
		/0/ msr/0/:x msr/0/: cycles: cycles:x cycles:ku cycles:h \
		task-clock:k page-faults:H 1:1:G 1 1: :1 1:0x 1:-1 -1:0 +1:0 \
		x:1 1:1:1 0x80000000:0 18446744073709551616:0 \
		0:18446744073709551616; do
	refuse "$word" "'$word'"
done
refuse 'cpu-clock,cycle' "'cycle'"
refuse 'cycle cpu-clock\n' "'cycle'"
refuse 'none,cycles' "'none'"
refuse 'auto cycles' "'auto'"
refuse 'cpu-clock,page-faults,cpu-clock' "'cpu-clock'"
refuse '1:0,1:1,1:2,1:3,1:4,1:5,1:6,1:7,1:8' "'1:8'"
refuse '' 'kvmhot: events: '
refuse ', ,' 'kvmhot: events: '
refuse 'task-clock\0,cycles' NUL
refuse 'cpu-clock\0' NUL
refuse "1:$(printf '%046d' 3)" "'1:000"
long=$(printf '%064d' 0)
refuse "$long$long$long$long$long$long$long$long" 'too long'
refuse "$(printf '%4095s' cpu-clock)" 'too long'
guest_end vm
tap $? "the guest is content"
tap_end
