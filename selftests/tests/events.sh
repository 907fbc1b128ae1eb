#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The list of events: what is accepted and what that means, what is refused and
# how that is told, when there is no PMU, and while a guest runs.
# takes: 75 s

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

# counts_as_kernel NAME: a guest, whatever the list is
counts_as_kernel()
{
	count_exits
	measure cpuid=200 out=50 hlt=3
	kernel_counts > "$TMP/kernel"
	count_exits_end
	column_by_reason "$TMP/exits" 4 > "$TMP/is"
	same "$1: exits as kvm:kvm_exit has them" "$TMP/is" "$TMP/kernel"
	same_as_guest "$1: exits as the guest did" vm "$TMP/exits"
	equal "$1: nothing is lost" "$(sum exits lost)" 0
}

# no_counts NAME WORD: refused, so there are none
no_counts()
{
	equal "$1: state, error" "$(event "$2" 3) $(event "$2" 4)" \
		"refused -$ENOENT"
	true_that "$1: status says why" -n "$(event "$2" 10)"
	counts_as_kernel "$1"
	equal "$1: no rows" "$(grep -vc '^#' "$TMP/pmu")" 0
}

tap_begin
refuse_load cycles,bogus bogus
refuse_load 'task-clock,msr/0' msr/0
refuse_load task-clock,task-clock task-clock

# By default it is auto.
log_mark
load
if hardware_pmu && ! grep -qw hypervisor /proc/cpuinfo; then
	equal "auto: a hardware PMU" "$(cat $KVMHOT/events)" \
		cycles,instructions
else
	equal "auto: no hardware PMU" "$(cat $KVMHOT/events)" none
	equal "auto: the log has nothing of it" "$(log_since | grep -c event)" 0
	counts_as_kernel auto
	equal "auto: no rows" "$(grep -vc '^#' "$TMP/pmu")" 0
fi
default=$(cat $KVMHOT/events)
count task-clock
count auto
equal "auto, when written: the same" "$(cat $KVMHOT/events)" "$default"
rmmod kvmhot

log_mark
load events=$none_such
equal "events=$none_such: loads" "$(cat $KVMHOT/events)" $none_such
log_since | grep -q "$none_such.*-$ENOENT"
tap $? "events=$none_such: the log says why not"
no_counts "no such PMU" $none_such
rmmod kvmhot
if ! hardware_pmu; then
	log_mark
	load events=cycles
	log_since | grep -q "cycles.*-$ENOENT"
	tap $? "events=cycles: the log says why not"
	no_counts "events=cycles" cycles
	rmmod kvmhot
fi

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

# Each list anew while a guest runs; enabled or not.
echo all > $KVMHOT/reset
count_exits
guest_start vm --forever cpuid=100 out=10 hlt=2
guest_go vm
dir=$(vm_of vm)
since=$(header "$dir/exits" since)
for list in task-clock msr/0/,cpu-clock none context-switches \
		msr/0/,$none_such,task-clock; do
	count "$list"
	[ "$list" != none ] || continue
	# Of the last word, which the kernel has in all of these
	until_true "[ \"\$(event ${list##*,} 8)\" = 1 ]"
	until_true '[ "$(cat "$dir/pmu" > "$TMP/pmu"
		counted '"${list##*,}"' exits)" -gt 10 ]'
	equal "$list: events in file pmu" \
		"$(pmu_rows event reason=-)" \
		"$(echo "tsc,$list" | tr , '\n' | sort | tr '\n' ' ' |
			sed 's/ $//')"
done
equal "one that the kernel refuses" "$(pmu_rows state event=$none_such) \
$(pmu_rows error event=$none_such) $(pmu_rows guest event=$none_such)" \
	"refused -$ENOENT -"
equal "it stands so in status" "$(event $none_such 3) $(event $none_such 4)" \
	"refused -$ENOENT"
equal "the others count" "$(pmu_rows state event=task-clock)" counting
equal "no reset by all that" "$(header "$dir/exits" since)" "$since"
echo 0 > $KVMHOT/enabled
equal "disabled: the list is as it was" "$(cat $KVMHOT/events)" \
	msr/0/,$none_such,task-clock
equal "disabled: status" "$(event task-clock 3) $(event task-clock 8) \
$(event $none_such 3)" "off 0 refused"
cat "$dir/pmu" > "$TMP/pmu"
equal "disabled: file pmu" "$(pmu_rows state event=task-clock)" off
# shellcheck disable=SC2034 # until_true has it
exits=$(counted task-clock exits)
echo 1 > $KVMHOT/enabled
until_true '[ "$(event task-clock 3)" = counting ]'
until_true '[ "$(cat "$dir/pmu" > "$TMP/pmu"
	counted task-clock exits)" -gt $((exits + 10)) ]'
tap $? "enabled: counts again, and what was counted stayed"
count none
equal "none: no rows" "$(grep -vc '^#' "$dir/pmu")" 0
guest_stop vm
equal "no exit is dropped" "$(status dropped)" 0
equal "no counts are dropped" "$(status dropped_counts)" 0
cat "$dir/exits" > "$TMP/exits"
true_that "exits were missed only while disabled" \
	"$(sum exits exits)" -le "$(hits)"
true_that "two are lost at most" "$(sum exits lost)" -le 2
count_exits_end
guest_end vm
tap $? "the guest is content"
tap_end
