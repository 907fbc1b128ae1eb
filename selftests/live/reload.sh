#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kvmhot is switched, and KVM's modules come and go, in each order: the files say
# what is, nothing is hooked before all can be, and in the end all counts are right.
# needs: seconds=45

. ./lib_pmu.sh

# What should be: is it enabled, with detail, and which modules are there?
on=1 detail=0 there=all

# step WORD: one of them changes
step()
{
	case $1 in
	off) on=0 && echo 0 > $KVMHOT/enabled ;;
	on) on=1 && echo 1 > $KVMHOT/enabled ;;
	detail) detail=$((1 - detail)) && echo $detail > $KVMHOT/detail ;;
	-intel) there=kvm && rmmod kvm_intel ;;
	-kvm) there=none && unloadkvm ;;
	+kvm) there=kvm && loadkvm_only ;;
	+all) there=all && loadkvm ;;
	esac
}

# probed: KVM's functions with a kprobe of anybody's, as the kernel has them
probed()
{
	awk '$4 ~ /^kvm(_intel)?$/ { sub(/[+].*/, "", $3); print $3 }' \
		/sys/kernel/debug/kprobes/list | sort | uniq -c |
		awk '{ print $2 "*" $1 }' | tr '\n' ' '
}

# hook_states: those of detail apart, and the one that is there without it only
hook_states()
{
	awk -F '\t' '$1 != "hook" || $2 == "kvm_arch_vcpu_destroy" { next }
		{ kind = "always" }
		$2 == "vmx_handle_exit" && $4 == "kprobe" { kind = "plain" }
		$2 ~ /^(vmx_handle_exit|handle_ept_violation|kvm_vcpu_ioctl)$/ &&
			$4 == "kretprobe" { kind = "with detail" }
		{ print kind ": " $5 }' $KVMHOT/status | sort -u
}

# expected: files enabled, detail and armed, states of the hooks, what is probed
expected()
{
	case $on-$there in
	0-*) state=off armed=0 ;;
	1-all) state=armed armed=1 ;;
	*) state=waiting armed=0 ;;
	esac
	echo "$on $detail $armed"
	echo "always: $state"
	case $detail in
	0) printf '%s\n' "plain: $state" "with detail: off" "$probed_plain" ;;
	1) printf '%s\n' "plain: off" "with detail: $state" "$probed_detail" ;;
	esac | if [ $armed = 1 ]; then cat; else sed '$s/.*//'; fi
}

# look: is it so?
look()
{
	echo "$(cat $KVMHOT/enabled) $(cat $KVMHOT/detail) $(status armed)"
	hook_states
	probed
	echo
}

# steps WORD...: after each of them all is as it should be, and in the end a guest
# is counted
steps()
{
	log_mark
	bad=
	for word; do
		step "$word" || bad="$bad; $word failed"
		expected | tr '\n' ' ' > "$TMP/want"
		look | tr '\n' ' ' > "$TMP/have"
		cmp -s "$TMP/want" "$TMP/have" ||
			bad="$bad; $word: $(cat "$TMP/have") not $(cat "$TMP/want")"
	done
	equal "$from $*: the files say what is" "$bad" ""
	equal "$from $*: the log has nothing" "$(log_since)" ""
	[ $on-$there = 1-all ] || return
	./kvmhot-guest --rest 20 cpuid=20 out=10 > "$TMP/vm.out" || bail "guest"
	until_true '[ "$(status vms)" = 0 ]'
	cat $KVMHOT/vms/*/exits > "$TMP/exits"
	cat $KVMHOT/vms/*/pmu > "$TMP/pmu"
	same_as_guest "$from $*: counts" vm "$TMP/exits"
	equal "$from $*: lost, dropped" "$(of CPUID 7) $(status dropped)" "0 0"
	[ "$(cat $KVMHOT/events)" = none ] ||
		true_that "$from $*: events are counted" "$(counted msr/0/ exits)" -gt 10
	echo all > $KVMHOT/reset
}

tap_begin
load
probed_plain=$(probed)
true_that "KVM's functions are probed" "$(echo "$probed_plain" | wc -w)" -ge 5
echo 1 > $KVMHOT/detail
probed_detail=$(probed)
equal "with detail two of them twice" "$(echo "$probed_detail" | tr ' ' '\n' | grep '[*]2' | xargs)" \
	"handle_ept_violation*2 kvm_vcpu_ioctl*2"
rmmod kvmhot
equal "and not any more" "$(probed)" ""
for detail in 0 1; do
	from="detail=$detail," on=1 there=all
	load detail=$detail
	[ $detail = 0 ] || count msr/0/
	steps -intel +all
	steps -kvm +kvm +all
	steps off -intel on +all
	steps off -kvm +all on
	steps -intel off +all on
	steps -kvm off +kvm on +all
	steps -intel detail +all detail
	rmmod kvmhot
done

# With VMs that are kept count of, their end must be seen; after that nothing.
load
guest_start vm --forever cpuid=100 out=10
guest_go vm
vm_of vm > /dev/null
echo 0 > $KVMHOT/enabled
equal "disabled under a VM: only its end is probed" "$(probed)" "kvm_arch_vcpu_destroy*1 "
guest_stop vm
guest_end vm
tap $? "disabled under a VM: the guest is content"
until_true '[ "$(hook kvm_arch_vcpu_destroy 5)" = off ]'
equal "its end was seen: nothing is probed" "$(status vms) $(probed)" "0 "
tap_end
