#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Each allocation fails in turn, wherever it is: of insmod, of what is written and of
# what is read.  All is had or nothing, with an errno for who asked.
# needs: only=k1 alone seconds=150

. ./lib_faults.sh

# Those of insmod that are looked at one by one; of the kernel's own every tenth.
OWN=200

# hooks_now: which there are
hooks_now()
{
	awk -F '\t' '$1 == "hook" { print $2, $4, $5 }' $KVMHOT/status
}

# state_now: of all that can be switched
state_now()
{
	cat $KVMHOT/enabled $KVMHOT/detail $KVMHOT/events
	awk -F '\t' '$1 == "armed" || $1 == "event" { print $1, $2, $3 == "failed" }' $KVMHOT/status
	hooks_now
}

# each_fails BEFORE ACTION...: again and again after BEFORE, the first allocation
# failing, then the second, until there is none that could.  Each time it is done, or
# refused for want of memory and all is as it was.  In $nth is how many can fail.
each_fails()
{
	before=$1
	shift
	nth=0 left=0 bad=
	sh -c "$before"
	state_now > "$TMP/before"
	until [ "$left" -gt 0 ]; do
		nth=$((nth + 1))
		other_kprobe
		sh -c "$before"
		# shellcheck disable=SC2046 # two words
		set -- $(./kvmhot-failnth $nth "$@") "$@"
		error=$1 left=$2
		shift 2
		state_now > "$TMP/now"
		case $error in
		0) cmp -s "$TMP/now" "$TMP/wanted" || bad="$bad; $nth: done, but not all" ;;
		"$ENOMEM") cmp -s "$TMP/now" "$TMP/before" || bad="$bad; $nth: refused, but changed" ;;
		*) bad="$bad; $nth: errno $error" ;;
		esac
	done
	nth=$((nth - 1))
}

# switching FILE TEXT BEFORE: what is written there is all done, or nothing
switching()
{
	sh -c "$3"
	echo "$2" > $KVMHOT/"$1"
	state_now > "$TMP/wanted"
	each_fails "$3" write $KVMHOT/"$1" "$2"
	equal "$1: $2: all or nothing, whichever of $nth allocations fails" "$bad" ""
}

# loading PARAMETERS: of insmod, whose last allocations are those of kvmhot's start
loading()
{
	# shellcheck disable=SC2046 # two words
	set -- "$1" $(./kvmhot-failnth 1000000 insmod ./kvmhot.ko "$1")
	equal "insmod: counted" "$2" 0
	rmmod kvmhot
	all=$((1000000 - $3)) nth=1 bad=
	while [ $nth -le $all ]; do
		# shellcheck disable=SC2046 # two words
		set -- "$1" $(./kvmhot-failnth $nth insmod ./kvmhot.ko "$1")
		if [ "$2" = 0 ]; then
			rmmod kvmhot
		elif [ "$2" != $ENOMEM ]; then
			bad="$bad; $nth: errno $2"
		elif [ -d /sys/module/kvmhot ]; then
			bad="$bad; $nth: refused, but there"
		fi
		nth=$((nth + (nth < all - OWN ? 10 : 1)))
	done
	equal "insmod $1: loaded or refused, whichever of $all allocations fails" "$bad" ""
}

tap_begin
all_may_fail
loading "events=task-clock,context-switches detail=1 maxactive=1"

load events=none maxactive=1
guest_start vm --forever --rest 20 --rest-each cpuid=50 out=5 hlt=2 ept_read=3
guest_go vm
dir=$(vm_of vm)
until_true '[ "$(column_sum "$dir/exits" 4)" -gt 100 ]'
switching events task-clock,context-switches "echo none > $KVMHOT/events"
switching events none "echo task-clock,context-switches > $KVMHOT/events"
switching detail 1 "echo 0 > $KVMHOT/detail"
switching detail 0 "echo 1 > $KVMHOT/detail"
switching enabled 0 "echo 1 > $KVMHOT/enabled"
switching enabled 1 "echo 0 > $KVMHOT/enabled"
for file in "$dir"/reset $KVMHOT/reset; do
	state_now > "$TMP/wanted"
	each_fails : write "$file" "$([ "$file" = $KVMHOT/reset ] && echo all || echo 1)"
	equal "${file##*/kvmhot/}: done or refused, whichever of $nth allocations fails" "$bad" ""
done
bad=
for file in "$dir"/* "$KVMHOT"/*; do
	[ -f "$file" ] || continue
	state_now > "$TMP/wanted"
	each_fails : read "$file"
	[ -z "$bad" ] || echo "#   ${file##*/kvmhot/}$bad"
done
equal "files: read or refused" "$bad" ""
guest_stop vm
guest_end vm
tap $? "the guest is content"
echo all > $KVMHOT/reset
no_other_kprobes
tap_end
