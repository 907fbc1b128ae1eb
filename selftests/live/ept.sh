#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# EPT violations by what the guest did and found, against kvm:kvm_page_fault,
# whose error_code is the exit qualification of the processor; all that is counted of
# them, against their reason's.
# needs: seconds=15

. ./lib.sh

TRIGGER=hist:keys=error_code
KPROBES=/sys/kernel/debug/kprobes/enabled

restore()
{
	echo 1 > "$KPROBES"
	cleanup
}
trap restore EXIT

# "ACCESS PRESENT COUNT", from the qualifications
faults()
{
	awk 'function has(bit) { return int(code / bit) % 2 }
		/^[{] error_code:/ { gsub(/[{},]/, " "); code = $2
			access = has(2) ? "write" : has(4) ? "fetch" :
				has(1) ? "read" : "none"
			present = has(8) || has(16) || has(32) || has(64)
			sum[access " " present] += $4 }
		END { for (a in sum) print a, sum[a] }' $FAULT_EVENT/hist | sort
}

calls()
{
	awk -F '\t' '!/^#/ { sum[$2 " " $3] += $5 }
		END { for (a in sum) print a, sum[a] }' "$TMP/ept" | sort
}

# faulting ARGUMENT...: a guest, counted by the kernel, too
faulting()
{
	echo "$TRIGGER" > $FAULT_EVENT/trigger
	measure "$@"
	faults > "$TMP/kernel"
	kernel_faults=$(hits $FAULT_EVENT)
	echo "!$TRIGGER" > $FAULT_EVENT/trigger
}

# check NAME: in any case
check()
{
	calls > "$TMP/is"
	same "$1: access and present: as kvm:kvm_page_fault" \
		"$TMP/is" "$TMP/kernel"
	equal "$1: all violations" "$(sum ept timed)" "$kernel_faults"
	equal "$1: as many as exits" "$(sum ept timed)" \
		"$(sum exits exits name=EPT_VIOLATION)"
	for column in guest irq handle reenter enter user ept; do
		echo "$column $(sum ept $column) $(sum stages $column name=EPT_VIOLATION)"
	done > "$TMP/by_stage"
	equal "$1: each stage is their reason's" "$(awk '$2 != $3' "$TMP/by_stage")" ""
	equal "$1: cycles, too" "$(sum ept cycles)" \
		"$(sum exits cycles name=EPT_VIOLATION)"
	equal "$1: buckets add up" "$(not_added_up ept)" "0 rows"
}

# handler NAME CALLS: what is known of handle_ept_violation itself
handler()
{
	equal "$1: returns from the handler" "$(sum vcpus ept)" "$2"
	cycles=$(sum ept ept)
	true_that "$1: they are a part of handle ($cycles)" "$cycles" -ge "$2" \
		-a "$cycles" -le "$(sum stages handle name=EPT_VIOLATION)"
	equal "$1: as long as the vCPUs have" "$(sum vcpus ept_cycles)" "$cycles"
}

# more ACCESS PRESENT COUNT NAME: than there were for the guest's setup alone
more()
{
	is=$(sum ept timed access="$1" present="$2")
	was=$(awk -v a="$1" -v p="$2" '$1 == a && $2 == p { print $3 }' \
		"$TMP/setup")
	equal "$4: $1, present $2" "$((is - ${was:-0}))" "$3"
}

tap_begin
load
faulting cpuid=1
check "setup"
handler "setup" 0
cp "$TMP/is" "$TMP/setup"

faulting ept_read=101
check "ept_read"
more read 0 101 ept_read
more write 0 0 ept_read
faulting ept_write=103
check "ept_write"
more write 0 103 ept_write
more read 0 0 ept_write
faulting ept_fetch=107
check "ept_fetch"
more fetch 0 107 ept_fetch
more read 0 0 ept_fetch
# A read of the zero page, a write to it, and that once more.
faulting ept_cow=23
check "ept_cow"
more read 0 23 ept_cow
more write 1 23 ept_cow
more write 0 23 ept_cow
faulting --repeat 3 --vcpus 2 ept_read=31 ept_write=37 ept_fetch=41
check "two vCPUs"

echo 1 > $KVMHOT/detail
faulting --repeat 2 ept_read=31 ept_write=37 out=5
check "detail"
handler "detail" "$kernel_faults"
# With events an exit is added up by other code; long enough for them to be there.
echo msr/0/ > $KVMHOT/events
faulting --repeat 100 ept_read=31 ept_write=37 out=5
check "detail, an event"
handler "detail, an event" "$kernel_faults"
true_that "detail, an event: counted" "$(sum pmu exits name=EPT_VIOLATION)" -gt 1000
echo none > $KVMHOT/events
echo 0 > $KVMHOT/detail
faulting ept_write=37
check "detail no more"
handler "detail no more" 0

# The handler's hook is not hit, nor is any other kprobe.
echo 0 > $KPROBES
faulting ept_write=37
echo 1 > $KPROBES
equal "no kprobes: all are counted" "$(sum exits exits name=EPT_VIOLATION)" \
	"$kernel_faults"
unseen=$(sum ept timed access=unseen present=-)
true_that "no kprobes: no class is known ($unseen)" "$unseen" -ge 37
equal "no kprobes: nothing else" "$(sum ept timed)" "$unseen"

# MMIO is a misconfiguration, not a violation.
faulting mmio_read=50 mmio_write=50
check "MMIO"
equal "MMIO: no more violations than for cpuid" "$(sum ept timed)" \
	"$(awk '{ sum += $3 } END { print sum }' "$TMP/setup")"
equal "MMIO: misconfigurations" "$(sum exits exits name=EPT_MISCONFIG)" 100
equal "MMIO: none of their time" "$(sum stages ept name=EPT_MISCONFIG)" 0
tap_end
