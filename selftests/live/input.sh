#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Bad input is refused with the right errno and a word in the log, and changes
# nothing.
# needs: kernel=6.12 seconds=15

. ./lib.sh

# Everything that a bad write could change.
state()
{
	for f in "$KVMHOT"/vms/*/exits; do
		echo "$f"
		awk -F '\t' '!/^#/ { print $1, $2, $18 - $4 }' "$f"
	done
	status generation
	status enabled
	status detail
}

# refuse FILE MESSAGE ERROR LOG: write MESSAGE (for printf), have ERROR
refuse()
{
	state > "$TMP/before"
	log_mark
	# shellcheck disable=SC2059 # it is a format
	printf "$2" 2>/dev/null > "$TMP/word"
	# Of nothing dd makes no write; so it is a blank line.
	[ -s "$TMP/word" ] || echo > "$TMP/word"
	dd if="$TMP/word" of="$1" bs=4096 2> "$TMP/error"
	grep -q "$3" "$TMP/error"
	tap $? "$(basename "$1") <- '$2': $3"
	log_since | grep -q "$4"
	tap $? "$(basename "$1") <- '$2': the log names what is accepted"
	state > "$TMP/after"
	same "$(basename "$1") <- '$2': nothing changed" "$TMP/after" \
		"$TMP/before"
}

# refuse_parameter NAME=VALUE
refuse_parameter()
{
	log_mark
	insmod ./kvmhot.ko "$1" 2> "$TMP/error"
	true_that "$1: not loaded" $? -ne 0
	grep -q 'Invalid' "$TMP/error"
	tap $? "$1: invalid"
	dmesg | sed "1,/$log_id/d" | grep -q "${1%%=*}"
	tap $? "$1: the log names it"
	[ ! -e /sys/module/kvmhot ] && [ ! -e $KVMHOT ]
	tap $? "$1: nothing is left"
}

tap_begin
for parameter in max_vms=0 max_vms=1000000 max_vms=some max_share=0 max_share=101 max_vcpus=0 \
		max_memory_kb=1 max_ended=65537 maxactive=70000; do
	refuse_parameter "$parameter"
done

load
# The log has one line each: the limit of its rate is ten in five seconds, for each
# of the three kinds of files.
guest_start vm cpuid=10
guest_go vm
guest_done vm
dir=$(vm_of vm)
invalid='Invalid argument'
accepted="accepted are 'all' and the names in vms/"
for word in 1 0 ALL '1-1\n' 'all all' 'a\0l' '\n' ' ' \
		12345678901234567890123456789012345678901234567890; do
	refuse $KVMHOT/reset "$word" "$invalid" "$accepted"
done
for word in 0 2 no all maybe 1abc 'yes please' ''; do
	refuse "$dir/reset" "$word" "$invalid" 'accepted are 1, y, yes, on'
done
for word in 2 maybe '-' 1abc 10; do
	refuse $KVMHOT/enabled "$word" "$invalid" 'accepted are 1, y, yes, on'
done
for word in 2 maybe '-' '' 'on off'; do
	refuse $KVMHOT/detail "$word" "$invalid" 'accepted are 1, y, yes, on'
done

# Modes, as a kernel that is locked down wants them.
equal "modes of files that can be read only" \
	"$(cd $KVMHOT && find . -type f ! -name reset ! -name enabled \
		! -name detail ! -name events -exec stat -c '%a' {} + |
		sort | uniq -c | tr -s ' ')" " 12 400"
equal "modes of the others" "$(cd $KVMHOT && stat -c '%a %n' reset enabled \
	detail events "vms/$(basename "$dir")/reset" | tr '\n' ' ')" \
	"200 reset 600 enabled 600 detail 600 events \
200 vms/$(basename "$dir")/reset "

# What must be accepted, and do what it says.  Columns: 4 exits, 18 total.
for word in all "$(basename "$dir")" ' all ' "$(basename "$dir") "; do
	generation=$(status generation)
	printf '%s\n' "$word" | cat > $KVMHOT/reset
	case $word in
	*all*) generation=$((generation + 1)) ;;
	esac
	equal "reset <- '$word': resets" \
		"$(column_sum "$dir/exits" 4) $(status generation)" \
		"0 $generation"
done
since=$(header "$dir/exits" since)
for word in 1 y yes on Y; do
	printf '%s' "$word" | cat > "$dir/reset"
	true_that "reset of a VM <- '$word': resets" \
		"$(header "$dir/exits" since)" -gt "$since"
	since=$(header "$dir/exits" since)
done
for word in n y no yes off on 0 1; do
	printf '%s' "$word" | cat > $KVMHOT/enabled
	case $word in
	n*|off|0) equal "enabled <- '$word'" "$(cat $KVMHOT/enabled)" 0 ;;
	*) equal "enabled <- '$word'" "$(cat $KVMHOT/enabled)" 1 ;;
	esac
done
for word in 1 0 on off Y n; do
	printf '%s' "$word" | cat > $KVMHOT/detail
	case $word in
	n|off|0) equal "detail <- '$word'" "$(cat $KVMHOT/detail) \
$(hook vmx_handle_exit 5 kretprobe)" "0 off" ;;
	*) equal "detail <- '$word'" "$(cat $KVMHOT/detail) \
$(hook vmx_handle_exit 5 kretprobe)" "1 armed" ;;
	esac
done
guest_end vm
tap $? "the guest is content"
tap_end
