#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kvmhot check finds what stands in kvmhot's way, and names what helps.  What the
# kernel will not do at will is put before it as files, over its own.
# needs: kernel=6.12 stock (the reader is the same everywhere) seconds=95

. ./lib.sh

SECURITYFS=/sys/kernel/security
KPROBES=/sys/kernel/debug/kprobes
FTRACE=/proc/sys/kernel/ftrace_enabled
mounts=

restore()
{
	for mount in $mounts; do
		umount "$mount" 2> /dev/null
	done
	[ -e "$KPROBES" ] || mount -t debugfs debugfs /sys/kernel/debug
	echo 1 > "$KPROBES/enabled"
	echo 1 > "$FTRACE"
	cleanup
}
trap restore EXIT

# cover FILE: what stdin has takes its place
cover()
{
	cover_file=$TMP/cover.$(basename "$1")
	cat > "$cover_file"
	mount --bind "$cover_file" "$1" || bail "mount --bind over $1"
	mounts="$1 $mounts"
}

uncover()
{
	umount "$1" || bail "umount $1"
}

# check STATUS NAME [OPTION]: its exit status; what it says is in $TMP/out
check()
{
	check_status=$1 check_name=$2
	shift 2
	./kvmhot check "$@" > "$TMP/out" 2> "$TMP/err"
	equal "$check_name: exit status" $? "$check_status"
}

# says NAME PATTERN: a finding
says()
{
	grep -q "^$2" "$TMP/out"
	says_rc=$?
	tap $says_rc "$1: says so"
	[ $says_rc = 0 ] || sed 's/^/#   /' "$TMP/out" "$TMP/err"
}

# remedy PATTERN: what is below the finding
remedy()
{
	sed -n "/^$1/ { n; s/^ *remedy: //p }" "$TMP/out"
}

# per_exit: instructions of a CPUID exit, as in added.sh
ticks()
{
	./kvmhot-guest --rest 50 --tsc --repeat 25 "cpuid=$1" | awk '/ tsc / { print $4 }'
}
per_exit()
{
	echo $((($(ticks 200) - $(ticks 100)) / 100))
}

# added: what check says that kvmhot adds
added()
{
	sed -n 's/^ok  *cost .* it adds \([0-9]*\).*/\1/p' "$TMP/out"
}

# near IS EXPECTED: within 15 %
near()
{
	[ $((($1 - $2) * 100)) -le $(($2 * 15)) ] &&
		[ $((($2 - $1) * 100)) -le $(($2 * 15)) ]
}

tap_begin

# Not loaded
check 1 "not loaded"
says "not loaded" "PROBLEM *module *kvmhot is not loaded"
equal "not loaded: all symbols are found" \
	"$(grep -c '^ok *symbol' "$TMP/out") $(grep -c '^PROBLEM *symbol' "$TMP/out")" "10 0"
equal "not loaded: nothing on stderr" "$(cat "$TMP/err")" ""
tail -n 1 "$TMP/out" | grep -q '^1 problem'
tap $? "not loaded: that is the only problem"
{
	for symbol in register_kprobe pre_handler_kretprobe tracepoint_probe_register \
		__traceiter_sched_switch; do
		printf '0 t %s\n' $symbol
	done
	for symbol in kvm_vcpu_ioctl kvm_vcpu_halt kvm_arch_vcpu_destroy \
		__traceiter_kvm_exit __traceiter_kvm_entry \
		__traceiter_kvm_userspace_exit __traceiter_kvm_vcpu_wakeup; do
		printf '0 t %s\t[kvm]\n' $symbol
	done
	printf '0 t %s\t[kvm_intel]\n' vmx_handle_exit handle_ept_violation.isra.0
} > "$TMP/symbols"
cover /proc/kallsyms < "$TMP/symbols"
printf '0x1-0x2\tkvm_vcpu_ioctl [kvm]\n' | cover $KPROBES/blacklist
check 1 "another build of the kernel"
says "a symbol's other name" \
	"PROBLEM *symbol *handle_ept_violation: not in kvm_intel, only handle_ept_violation.isra.0"
says "a symbol that no probe may be on" "PROBLEM *symbol *kvm_vcpu_ioctl of kvm: on the list"
uncover $KPROBES/blacklist
uncover /proc/kallsyms
emulated && without=$(per_exit)

# A sound host
load
check 0 "a sound host"
equal "a sound host: all hooks are fine" "$(grep -c '^ok *hook' "$TMP/out")" \
	"$(grep -c '^hook[[:space:]]' $KVMHOT/status)"
equal "a sound host: nothing on stderr" "$(cat "$TMP/err")" ""
says "a sound host: the cost" "ok *cost *CPUID exit: [0-9]* cycles, with kvmhot [0-9]*: it adds [0-9]"
says "a sound host: the calibration" "ok *cost *calibrated: probes take [1-9][0-9]* cycles per usual exit (p99 [1-9]"
equal "a sound host: both figures are explained" "$(grep -c '^ *means: ' "$TMP/out")" 4
equal "no VM of its own is left" "$(status vms) $(status vms_ended)" "0 0"
equal "kvmhot is enabled as before" "$(cat $KVMHOT/enabled)" 1
if emulated; then
	own=$(added)
	other=$(($(per_exit) - without))
	echo "# kvmhot adds $other instructions to a CPUID exit; check says $own"
	near "$own" $other
	tap $? "the cost is what the guest says"
	echo msr/0/ > $KVMHOT/events
	echo 1 > $KVMHOT/detail
	check 0 "with detail and an event"
	says "with detail and an event" "ok *cost .*, with detail and 1 event"
	other=$(($(per_exit) - without))
	echo "# with both kvmhot adds $other; check says $(added)"
	near "$(added)" $other
	tap $? "with detail and an event: the cost is what the guest says"
	echo 0 > $KVMHOT/detail
	echo none > $KVMHOT/events
fi

# It puts kvmhot back, whenever a signal comes.
echo all > $KVMHOT/reset
bad=0 stops=0
for signal in INT/0.15 TERM/0.3 HUP/0.2 QUIT/0.25; do
	./kvmhot check > "$TMP/out" 2>&1 &
	pid=$!
	sleep ${signal#*/}
	kill -"${signal%/*}" $pid 2> /dev/null
	wait $pid
	[ $? != 1 ] || stops=$((stops + 1))
	[ "$(cat $KVMHOT/enabled) $(status vms) $(status vms_ended)" = "1 0 0" ] ||
		bad=$((bad + 1))
done
equal "signals: kvmhot is enabled, and no VM left" $bad 0
true_that "signals: some came in time" $stops -gt 0

# While a VM runs
echo all > $KVMHOT/reset
guest_start vm --forever cpuid=100 out=10
guest_go vm
dir=$(vm_of vm)
check 0 "a VM runs"
says "a VM runs: the cost is not measured" "note *cost *not measured while VMs run (1)"
says "a VM runs: coverage" "ok *coverage *100 %"
equal "a VM runs: no exit is lost" "$(status lost) $(status dropped)" "0 0"
remedy "note *cost" | grep -q '^kvmhot check --cost'
tap $? "a VM runs: says how to measure it"
check 0 "--cost" --cost
says "--cost: the cost" "ok *cost *CPUID exit"
if emulated; then
	echo "# while a VM runs: $(added)"
	near "$(added)" "$own"
	tap $? "--cost: it is the same"
fi
equal "--cost: counting goes on" "$(cat $KVMHOT/enabled) $(status armed) $(status vms)" "1 1 1"
./kvmhot check > "$TMP/out"
rc=$?
lack=$(awk -F '\t' -v id="$(basename "$dir")" \
	'$1 == "vm" && $2 == id { print $4 - $3 }' $KVMHOT/status)
true_that "--cost: the VM's exits meanwhile are missing" "$lack" -gt 1
equal "coverage: exit status" $rc 3
says "coverage" "PROBLEM *coverage *$(basename "$dir"): [0-9.]* %: KVM counted [0-9]* exits"
guest_stop vm
guest_end vm
tap $? "the guest is content"
rmmod kvmhot

# Switched off
load
echo 0 > $KVMHOT/enabled
check 1 "not enabled"
says "not enabled" "PROBLEM *enabled *kvmhot is not enabled"
equal "not enabled: nothing else is wrong" "$(grep -c ^PROBLEM "$TMP/out")" 1
eval "$(remedy "PROBLEM *enabled")"
check 0 "not enabled: the remedy works"
echo 0 > $KPROBES/enabled
check 3 "kprobes are off"
says "kprobes are off" "PROBLEM *kernel *kprobes are switched off"
eval "$(remedy "PROBLEM *kernel" | sed 's/;.*//')"
check 0 "kprobes are off: the remedy works"
echo 0 > $FTRACE
check 3 "ftrace is off"
says "ftrace is off" "PROBLEM *kernel *kernel.ftrace_enabled=0"
eval "$(remedy "PROBLEM *kernel" | sed 's/;.*//')" > /dev/null
check 0 "ftrace is off: the remedy works"

# KVM gone, and other than usual
unloadkvm
check 1 "no KVM"
says "no KVM" "PROBLEM *kvm *kvm and kvm_intel are not loaded"
says "no KVM: hooks wait" "note *hook *kvm_vcpu_ioctl (kprobe of kvm) waits for kvm_intel"
loadkvm ept=0 2> /dev/null
check 0 "ept=0"
says "ept=0" "note *kvm *kvm_intel has ept=N"
unloadkvm
loadkvm
check 0 "KVM again"

# debugfs
if emulated; then
	umount /sys/kernel/debug || bail "umount of debugfs"
	check 1 "debugfs unmounted"
	says "debugfs unmounted" "PROBLEM *debugfs *not mounted at /sys/kernel/debug"
	eval "$(remedy "PROBLEM *debugfs")"
	check 0 "debugfs unmounted: the remedy works"
fi

# What the module says
status_says()
{
	sed "$1" $KVMHOT/status > "$TMP/status"
	cover $KVMHOT/status < "$TMP/status"
}
status_says '/^hook\thandle_ept_violation/ { s/\tarmed\t/\tmissing\t/; s/\t0\tEPT/\t-16\tEPT/ }'
check 3 "a hook is missing"
says "a hook is missing" \
	"PROBLEM *hook *handle_ept_violation (kprobe) is missing, EBUSY: EPT violations are not told apart"
uncover $KVMHOT/status
status_says '/^hook\tkvm_vcpu_ioctl\tkvm\tkprobe/ s/\tarmed\t/\tmissing\t/; s/^armed\t1/armed\t0/'
check 1 "a hook that is required is missing"
uncover $KVMHOT/status
status_says '/^hook\tsched_switch/ { s/\tarmed\t/\tmissing\t/; s/\t0\ttime/\t-12\ttime/ }; s/^armed\t1/armed\t0/'
check 1 "a hook has found no memory"
says "a hook has found no memory" "PROBLEM *hook *sched_switch (tracepoint) is missing, ENOMEM"
uncover $KVMHOT/status
status_says 's/^tsc_stable\t1/tsc_stable\t0/; s/^dropped\t0/dropped\t7/'
check 3 "losses"
says "losses: dropped" "PROBLEM *losses *dropped since load: 7 exits"
says "losses: an unstable TSC" "PROBLEM *tsc *the kernel found it unstable"
uncover $KVMHOT/status
{
	sed 's/^dropped\t0/dropped\t7/' $KVMHOT/status
	printf 'vmm\t%s\t0\t1\t9\t99999\t0\t%s\t1\t%s\n' 41 2 some 42 5 'greedy vmm'
} > "$TMP/status"
cover $KVMHOT/status < "$TMP/status"
check 3 "losses by VMMs that have their share"
grep -q 'VMM 42 (greedy vmm): it had its share, and dropped 5' "$TMP/out"
tap $? "losses: whose they are"
uncover $KVMHOT/status
status_says 's/^vms_hidden\t0/vms_hidden\t2/'
check 3 "VMs without a directory"
says "VMs without a directory" "PROBLEM *losses *2 VMs are counted, but cannot be read"
uncover $KVMHOT/status
status_says '/^own_/d'
check 0 "a module that has not timed its probes"
says "a module that has not timed its probes" "unknown *cost *not calibrated"
uncover $KVMHOT/status
status_says 's/^vms\t.*/vms\tnone/'
check 1 "a damaged status"
says "a damaged status" "PROBLEM *module .*status cannot be read"
uncover $KVMHOT/status
sed '1s/abi 2/abi 3/' $KVMHOT/version > "$TMP/version"
cover $KVMHOT/version < "$TMP/version"
check 1 "another ABI"
says "another ABI" "PROBLEM *module *its files have abi 3, this kvmhot reads only 2"
uncover $KVMHOT/version
printf 'jiffies\033[31m\n' | cover /sys/devices/system/clocksource/clocksource0/current_clocksource
check 0 "another clocksource"
says "another clocksource" "note *tsc *the kernel's clocksource is jiffies?\[31m, not the TSC"
uncover /sys/devices/system/clocksource/clocksource0/current_clocksource

# Lockdown
mounted=
[ -e $SECURITYFS/lockdown ] || {
	check 0 "no securityfs"
	says "no securityfs" "unknown *lockdown *securityfs is not mounted"
	eval "$(remedy "unknown *lockdown")"
	mounted=1
	mounts="$mounts $SECURITYFS"
}
echo 'none [integrity] confidentiality' | cover $SECURITYFS/lockdown
check 0 "locked down"
says "locked down" "note *lockdown *integrity; .*: kvmhot must be signed"
uncover $SECURITYFS/lockdown
[ -z "$mounted" ] || umount $SECURITYFS
rmmod kvmhot

# Returns that are missed, as in missed.sh
load maxactive=1 detail=1
guest_start asleep --vcpus 2 --forever hlt=100
guest_go asleep
until_true '[ "$(status vcpus)" = 2 ]'
guest_start vm out=300 cpuid=300
guest_go vm
guest_done vm
check 3 "returns were missed"
says "returns were missed" "PROBLEM *hook *kvm_vcpu_ioctl (kretprobe): missed [1-9]"
says "returns were missed: the bound" "note *bounds .*(maxactive): 3 of 1"
remedy "PROBLEM *hook *kvm_vcpu_ioctl (kretprobe)" | grep -q 'insmod kvmhot.ko maxactive=6'
tap $? "returns were missed: the remedy says how many are needed"
guest_end vm
tap $? "the guest that missed them is content"
guest_stop asleep
guest_end asleep
tap $? "the other one, too"
tap_end
