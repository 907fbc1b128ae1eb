# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Runs KVM clients that others wrote, KVM's own selftests, without kvmhot and with
# it, and compares: what they say, the counts, and the stages.

. ./lib.sh

NESTED_EVENT=$TRACING/events/kvm/kvm_nested_vmexit
TRIGGER=hist:keys=exit_reason
client_numbers='' client_races=''
trap 'echo "!$TRIGGER" > $NESTED_EVENT/trigger 2>/dev/null; cleanup' EXIT

# run_client HOW ARGUMENT...: its words to $TMP/HOW, without numbers of threads, and
# with client_numbers=vary without any number; then its exit status
run_client()
{
	how=$1
	shift
	mask='s/\b(pid|tid)([=: ]+)[0-9]+/\1\2N/g'
	[ -z "$client_numbers" ] || mask='s/\b0x[0-9a-f]+|[0-9]+(\.[0-9]+)?/N/g'
	"./clients/$name" "$@" < /dev/null > "$TMP/said" 2>&1
	rc=$?
	sed -E "$mask" "$TMP/said" > "$TMP/$how"
	echo "exit status $rc" >> "$TMP/$how"
}

# nested_counts: of kvm:kvm_nested_vmexit, "REASON COUNT"
nested_counts()
{
	awk '/^[{] exit_reason:/ { gsub(/[{},]/, " "); $0 = $0; print $2, $4 }' \
		$NESTED_EVENT/hist | sort
}

# level2: the same of kvmhot, from $TMP/exits
level2()
{
	awk -F '\t' '/^# vcpu\t/ { sub(/^# /, "")
			for (i = 1; i <= NF; i++) at[$i] = i }
		/^[^#]/ && $at["level"] == 2 { sum[$2] += $4 }
		END { for (r in sum) if (sum[r]) print r, sum[r] }' "$TMP/exits" | sort
}

# all_vms FILE: of every VM, ended ones all of them
all_vms()
{
	for vm in "$KVMHOT"/vms/*; do
		[ ! -e "$vm/$1" ] || cat "$vm/$1"
	done > "$TMP/$1"
}

# count_client: by kvm_exit and kvm_nested_vmexit; and stop that
count_client()
{
	count_exits
	echo "$TRIGGER" > $NESTED_EVENT/trigger
}

count_client_end()
{
	kernel_counts > "$TMP/kernel"
	nested_counts > "$TMP/kernel2"
	count_exits_end
	echo "!$TRIGGER" > $NESTED_EVENT/trigger
}

# ended STATUS: how a client ended, in words
ended()
{
	case $1 in
	0) echo "passes" ;;
	"$KSFT_SKIP") echo "skips" ;;
	*) echo "fails with exit status $1" ;;
	esac
}

# first_words: of a client that does not pass, without its own "SKIP" and backtrace
first_words()
{
	grep -v '^exit status\|^sh: addr2line\|^ *[0-9][0-9]*[[:space:]]' "$TMP/without" |
		sed 's/^1\.\.0 # SKIP[ -]*//' | head -n 4 | cut -c 1-150 | tr -s '\n ' ' '
}

# A client that does not pass without kvmhot is named in the end.  With
# client_races=yes its own threads race, and decide how it ends.
judge_result()
{
	if [ -n "$client_races" ]; then
		tap 0 "$name: the same result # SKIP $name races: without kvmhot it $(ended "$client_rc"), with it $(ended "$rc")"
		return
	fi
	why=
	[ "$client_rc" = 0 ] || why=" # SKIP $name $(ended "$client_rc"), without kvmhot too: $(first_words)"
	same "$name: the same result$why" "$TMP/with" "$TMP/without"
}

judge_counts()
{
	column_by_reason "$TMP/exits" 4 > "$TMP/is"
	same "$name: every reason as kvm:kvm_exit has it" "$TMP/is" "$TMP/kernel"
	level2 > "$TMP/is"
	same "$name: level 2 as kvm:kvm_nested_vmexit has it" "$TMP/is" "$TMP/kernel2"
	equal "$name: all of them are timed" "$(sum exits timed)" "$(sum exits exits)"
}

judge_stages()
{
	equal "$name: stages of each vCPU add up to its time" \
		"$(not_conserved < "$TMP/stages")" "0 $(grep -vc '^#' "$TMP/vcpus")"
	equal "$name: stages of the exits are their cost" \
		"$(awk -F '\t' '/^[^#]/ && $2 != "-" { sum += $7 + $8 + $9 + $10 }
			END { printf "%.0f\n", sum }' "$TMP/stages")" \
		"$(sum exits cycles)"
}

judge_losses()
{
	for key in dropped dropped_spans lost misfits tsc_back forgotten_vms vms_hidden; do
		echo "$key $(status $key)"
	done > "$TMP/is"
	awk -F '\t' '$1 == "hook" { print "missed by", $2, $7 }' $KVMHOT/status >> "$TMP/is"
	awk '{ $NF = 0; print }' "$TMP/is" > "$TMP/expected"
	same "$name: nothing is lost" "$TMP/is" "$TMP/expected"
}

# judge NAME STATUS COMMAND...: it ran without kvmhot, and ended with that exit status;
# run COMMAND with kvmhot, and compare
judge()
{
	name=$1 client_rc=$2
	shift 2
	load max_ended=4096
	count_client
	"$@"
	until_true '[ "$(status vms)" = 0 ]'
	count_client_end
	for file in exits stages vcpus; do
		all_vms $file
	done
	echo "# $name: $(sum exits exits) exits, $(sum vcpus level2) of level 2," \
		"$(grep -vc '^#' "$TMP/vcpus") vCPUs of $(status vms_ended) VMs"
	judge_result
	judge_counts
	judge_stages
	judge_losses
	rmmod kvmhot
	tap $? "$name: kvmhot can go"
}

# client NAME [ARGUMENT...]: one of KVM's selftests
client()
{
	name=$1
	shift
	run_client without "$@"
	judge "$name" $rc run_client with "$@"
}

# reload_kvm [PARAMETER=VALUE...]: kvm_intel with these, or as it was
reload_kvm()
{
	unloadkvm || bail "unloadkvm"
	loadkvm "$@" || bail "loadkvm $*"
}

# own_clients TEST: each that it says at its head, by "clients=", that it needs
own_clients()
{
	sed -n 's/^# needs: .*clients=\([^ ]*\).*/\1/p' "$1" | tr ',' '\n' > "$TMP/own"
	while read -r name; do
		client "$name"
	done < "$TMP/own"
}
