# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# For the tests that run on a VT-x host, as root, in a directory with
# kvmhot.ko, kvmhot and kvmhot-guest: TAP, and the things that they all do.

export LC_ALL=C
KVMHOT=/sys/kernel/debug/kvmhot
TRACING=/sys/kernel/tracing
EXIT_EVENT=$TRACING/events/kvm/kvm_exit
FAULT_EVENT=$TRACING/events/kvm/kvm_page_fault
USER_EVENT=$TRACING/events/kvm/kvm_userspace_exit
KSFT_FAIL=1 KSFT_SKIP=4
nr=0 nr_failed=0

if [ ! -e /dev/kvm ] || [ ! -d /sys/module/kvm_intel ]; then
	echo "1..0 # SKIP no KVM on Intel here"
	exit $KSFT_SKIP
fi

TMP=$(mktemp -d) || exit $KSFT_FAIL

cleanup()
{
	# shellcheck disable=SC2046 # a list of pids
	kill -KILL $(cat "$TMP"/*.pid 2>/dev/null) 2>/dev/null
	wait
	for event in $EXIT_EVENT $USER_EVENT $FAULT_EVENT "$TRACING"/events/kprobes/*; do
		[ -e "$event/trigger" ] || continue
		sed -n 's/^\(hist:keys=[a-z_,]*\):.*/!\1/p' "$event/trigger" |
			while read -r trigger; do
				echo "$trigger" > "$event/trigger"
			done
	done
	[ ! -e $TRACING/events/kprobes/kvmhot_slow ] ||
		echo '-:kvmhot_slow' >> $TRACING/kprobe_events
	rmmod kvmhot 2>/dev/null
	rmmod kvmhot_test_pmu 2>/dev/null
	rmmod kvmhot_test_return 2>/dev/null
	rm -rf "$TMP"
}
trap cleanup EXIT
# Not every shell runs the above when a signal ends it.
trap 'exit 143' INT TERM HUP

tap_begin()
{
	echo "TAP version 13"
}

# tap STATUS NAME: STATUS is that of the command that was the test
tap()
{
	nr=$((nr + 1))
	if [ "$1" = 0 ]; then
		echo "ok $nr $2"
	else
		echo "not ok $nr $2"
		nr_failed=$((nr_failed + 1))
	fi
}

# same NAME FILE FILE: are they equal?  What was expected comes second.
same()
{
	diff "$2" "$3" > "$TMP/diff" 2>&1
	same_rc=$?
	tap $same_rc "$1"
	[ $same_rc = 0 ] || sed 's/^/#   /' "$TMP/diff"
}

# equal NAME IS EXPECTED
equal()
{
	[ "$2" = "$3" ]
	tap $? "$1"
	[ "$2" = "$3" ] || echo "#   is '$2', not '$3'"
}

# true_that NAME CONDITION...: a condition of test(1)
true_that()
{
	tap_name=$1
	shift
	[ "$@" ]
	tap_rc=$?
	tap $tap_rc "$tap_name"
	[ $tap_rc = 0 ] || echo "#   not so: $*"
}

tap_end()
{
	echo "1..$nr"
	[ $nr -gt 0 ] && [ $nr_failed = 0 ]
	exit $?
}

bail()
{
	echo "Bail out! $*"
	exit $KSFT_FAIL
}

skip_all()
{
	echo "1..0 # SKIP $*"
	exit $KSFT_SKIP
}

# loadkvm and unloadkvm load and remove all of KVM; this one only its core.
loadkvm_only()
{
	if [ -e /mod/kvm.ko ]; then
		insmod /mod/irqbypass.ko 2>/dev/null
		insmod /mod/kvm.ko
	else
		modprobe kvm
	fi
}

# emulated: is a tick of the TSC an instruction here?
emulated()
{
	[ -e /mod/kvm.ko ]
}

# A kernel that checks itself takes so many times as many instructions, and long to
# make each instance of a kretprobe.  A test with many vCPUs wants more of them.
slow=1 quicker=
# shellcheck disable=SC2034 # slow is for tests
case $(uname -r) in *-k[12]-*) slow=10 quicker=maxactive=32 ;; esac

load()
{
	# shellcheck disable=SC2086 # a word, or none
	insmod ./kvmhot.ko $quicker "$@" || bail "insmod kvmhot.ko $*"
}

# load_give: have functions return what a test wants
load_give()
{
	insmod ./kvmhot_test_return.ko || bail "insmod kvmhot_test_return.ko"
}

# give FUNCTION VALUE SKIP COUNT: of the calls that come, SKIP are let through, and
# COUNT return VALUE
give()
{
	echo "$*" > /sys/module/kvmhot_test_return/parameters/give || bail "give $*"
}

# given: how many have so far
given()
{
	cat /sys/module/kvmhot_test_return/parameters/given
}

# status KEY
status()
{
	awk -F '\t' -v key="$1" '$1 == key { print $2 }' $KVMHOT/status
}

# hook NAME COLUMN [KIND]: 5 is its state, 6 its hits, 7 what it missed
hook()
{
	awk -F '\t' -v name="$1" -v column="$2" -v kind="$3" \
		'$1 == "hook" && $2 == name && (kind == "" || $4 == kind) {
			print $column }' $KVMHOT/status
}

# missed: calls that all hooks together missed
missed()
{
	awk -F '\t' '$1 == "hook" { sum += $7 } END { print sum }' $KVMHOT/status
}

# until_true CONDITION: a command, evaluated again and again; for 15 s at most
until_true()
{
	tries=0
	until eval "$1" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || bail "waited in vain for: $1"
		sleep 0.05
	done
}

# guest_start NAME ARGUMENT...: a guest that waits to be told to go on; with
# guest_program=./kvmhot-vms before it, that program's VMs
guest_start()
{
	guest=$1
	shift
	# What one of that name said before is not its word.
	rm -f "$TMP/$guest.out"
	"${guest_program:-./kvmhot-guest}" --wait-start --wait-end "$@" \
		< /dev/null > "$TMP/$guest.out" 2>&1 &
	echo $! > "$TMP/$guest.pid"
	until_true "grep -q ^READY '$TMP/$guest.out'"
}

# guest_go NAME: enter the guest; or, when it is done, end
guest_go()
{
	kill -USR1 "$(cat "$TMP/$1.pid")"
}

# guest_stop NAME: one that runs --forever
guest_stop()
{
	kill -TERM "$(cat "$TMP/$1.pid")"
	guest_done "$1"
}

# guest_done NAME: wait until all its vCPUs are done; the VM is still there
guest_done()
{
	until_true "grep -q ^DONE '$TMP/$1.out'"
}

# guest_end NAME: its exit status says whether the guest did what it had to
guest_end()
{
	guest_go "$1"
	wait "$(cat "$TMP/$1.pid")"
	guest_rc=$?
	rm "$TMP/$1.pid"
	[ $guest_rc = 0 ] || sed 's/^/#   /' "$TMP/$1.out"
	return $guest_rc
}

# vm_of NAME: its directory, once it is there.  A guest has one VM.
vm_of()
{
	vm_pid=$(cat "$TMP/$1.pid")
	until_true "[ -e $KVMHOT/vms/$vm_pid-*/reset ]"
	echo "$KVMHOT/vms/$vm_pid"-*
}

# count_exits: have the kernel count them as well
count_exits()
{
	echo "hist:keys=${1:-exit_reason}" > $EXIT_EVENT/trigger
}

count_exits_end()
{
	echo "!hist:keys=${1:-exit_reason}" > $EXIT_EVENT/trigger
}

# hits [EVENT]: of its histogram
hits()
{
	awk '/Hits:/ { print $2 }' "${1:-$EXIT_EVENT}/hist"
}

# kernel_counts_of TID: what kernel_counts has, of one thread
kernel_counts_of()
{
	awk -v tid="$1" '/common_pid:/ { gsub(/[{},]/, " "); $0 = $0
		if ($2 == tid) print $4, $6 }' $EXIT_EVENT/hist | sort
}

# kernel_counts: of kvm:kvm_exit, "REASON COUNT", reasons as numbers
kernel_counts()
{
	awk '/^[{] exit_reason:/ { gsub(/[{},]/, " "); $0 = $0; print $2, $4 }
	     /Dropped:/ && $2 { print "dropped", $2 }' $EXIT_EVENT/hist |
		sort
}

# column_by_reason FILE COLUMN: summed over the vCPUs, "REASON SUM"
column_by_reason()
{
	awk -F '\t' -v column="$2" '!/^#/ { sum[$2] += $column }
		END { for (r in sum) if (sum[r]) print r, sum[r] }' "$1" | sort
}

# column_sum FILE COLUMN
column_sum()
{
	awk -F '\t' -v column="$2" '!/^#/ { sum += $column }
		END { printf "%.0f\n", sum }' "$1"
}

# header FILE KEY: from the first line
header()
{
	sed -n "1s/.* $2=\([^ ]*\).*/\1/p" "$1"
}

# expected_counts NAME: what the guest says it did, "REASON COUNT", by name
expected_counts()
{
	sed -n 's/^exit //p' "$TMP/$1.out" | grep -v '\*$' | sort
}

# counts_by_name FILE: of kvmhot's file exits, "REASON COUNT", by name
counts_by_name()
{
	awk -F '\t' '!/^#/ { sum[$3] += $4 }
		END { for (r in sum) if (sum[r]) print r, sum[r] }' "$1" | sort
}

# same_as_guest TEST NAME FILE: of kvmhot's file exits, is it what guest NAME
# did?  Interrupts are not the guest's doing, unless it says so.
same_as_guest()
{
	expected_counts "$2" > "$TMP/expected"
	counts_by_name "$3" | awk '
		FNR == NR { expected[$1]; next }
		$1 in expected || $1 !~ /^(EXTERNAL_INTERRUPT|EXCEPTION_NMI|INTERRUPT_WINDOW|PREEMPTION_TIMER)$/
		' "$TMP/expected" - > "$TMP/named"
	same "$1" "$TMP/named" "$TMP/expected"
}

# log_mark; log_since: what kvmhot has said in the kernel's log since
log_mark()
{
	log_id="kvmhot test $$ $nr $(cut -d ' ' -f 1 /proc/uptime)"
	echo "$log_id" > /dev/kmsg
}

log_since()
{
	dmesg | sed "1,/$log_id/d" | grep 'kvmhot: '
}

# of REASON COLUMN, in $TMP/exits: summed over the vCPUs
of()
{
	awk -F '\t' -v reason="$1" -v column="$2" \
		'$3 == reason { sum += $column } END { printf "%.0f\n", sum }' \
		"$TMP/exits"
}

# not_conserved: of files stages, those rows of vCPUs whose stages do not add up
# to the time that passed, to the last cycle, and how many were looked at.  By
# the shell's integers: a TSC may be beyond what awk has exactly.
not_conserved()
{
	awk -F '\t' '$3 == "all" { printf "%s - %s", $20, $21
		for (i = 6; i <= 18; i++) printf " + %s", $i
		print "" }' | {
		bad=0 rows=0
		while read -r difference; do
			rows=$((rows + 1))
			# shellcheck disable=SC2004 # it is not a number
			[ $(($difference)) = 0 ] || bad=$((bad + 1))
		done
		echo "$bad $rows"
	}
}

# absurd FILE: its numbers of more than 18 digits, which are less than nothing: no
# count and no time comes there within thirty years
absurd()
{
	grep -v '^#' "$1" | grep -oE '\<[0-9]{19,}\>' | sort -u | head -n 5
}

# not_added_up FILE...: rows whose buckets do not add up to their count, and
# whether there were rows in each
not_added_up()
{
	for file; do
		awk -F '\t' '
			/^# vcpu\t/ { sub(/^# /, "")
				for (i = 1; i <= NF; i++) at[$i] = i; next }
			/^#/ { next }
			{ n = split($at["buckets"], bucket, " "); sum = 0
			  for (i = 1; i <= n; i++) {
				split(bucket[i], pair, ":"); sum += pair[2] }
			  rows++
			  if (sum != $at["timed"]) bad++ }
			END { print bad + 0, (rows ? "rows" : "no rows") }
			' "$TMP/$file"
	done | sort -u
}

# select_cells FILE COLUMN [NAME=VALUE...]: of the rows whose columns have these
# values, a line each, as they stand; and with sum=1 in front their sum only
select_cells()
{
	cells_sum=
	[ "$1" != sum=1 ] || { cells_sum=1; shift; }
	cells_file=$1 cells_column=$2
	shift 2
	awk -F '\t' -v column="$cells_column" -v where="$*" -v to_sum="$cells_sum" '
		/^# vcpu\t/ { sub(/^# /, "")
			for (i = 1; i <= NF; i++) at[$i] = i
			n = split(where, term, " "); next }
		/^#/ { next }
		{ for (i = 1; i <= n; i++) { split(term[i], pair, "=")
			if ($at[pair[1]] "" != pair[2] "") next }
		  if (to_sum) sum += $at[column]
		  else print $at[column] }
		END { if (to_sum) printf "%.0f\n", sum }' "$TMP/$cells_file"
}

# sum FILE COLUMN [NAME=VALUE...]: of the rows whose columns have these values
sum()
{
	select_cells sum=1 "$@"
}

# read_much FILE TIMES
read_much()
{
	i=0
	while [ $i -lt "$2" ]; do
		cat "$1"
		i=$((i + 1))
	done
}

# tid NAME: the thread of its vCPU
tid()
{
	awk -F '\t' '!/^#/ { print $2 }' "$(vm_of "$1")/vcpus"
}

# stage VCPU COLUMN, in $TMP/stages: of the vCPU's row
stage()
{
	awk -F '\t' -v vcpu="$1" -v column="$2" \
		'$1 == vcpu && $3 == "all" { print $column }' "$TMP/stages"
}

# measure ARGUMENT...: of a VM from its first entry to its end; when the guest is
# done, but the VM still there, while_there is called, if there is such a thing
measure()
{
	guest_start vm "$@"
	guest_go vm
	guest_done vm
	dir=$(vm_of vm)
	! command -v while_there > /dev/null || while_there
	guest_end vm || bail "guest $*"
	until_true '[ "$(header "$dir/exits" state)" = ended ]'
	for file in exits hist vcpus stages user ept halt ioctl pmu; do
		cat "$dir/$file" > "$TMP/$file"
	done
}

# counts_right NAME: after all that, are they?
counts_right()
{
	measure cpuid=20 out=10
	same_as_guest "$1: counts" vm "$TMP/exits"
	equal "$1: lost, dropped" "$(of CPUID 7) $(status dropped)" "0 0"
}
