# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# For the parts of check-long.sh, which run on an emulated host: what lib.sh has, a
# clock, and whether memory grows.
#
#	BUDGET		CPU seconds of the emulator that the part may take
#	MINUTES		of all parts together: 60 is what figures are named for
#	SEED		of what goes by chance

# Of lib.sh, which comes before.
: "${KVMHOT:?}" "${TMP:?}"
: "${BUDGET:=60}" "${MINUTES:=1}" "${SEED:=1}"

# spent: CPU time of the emulator so far, in hundredths of a second
spent()
{
	dd if=/dev/sda bs=512 skip=1 count=1 iflag=direct 2> /dev/null > "$TMP/spent"
	awk '{ n = $1 + 0; exit } END { print n + 0 }' "$TMP/spent"
}

long_began=$(spent) long_told=0

# over [PERCENT]: is that much of the budget used up?  From time to time says how
# far it is, with what $did holds.
over()
{
	long_spent=$(($(spent) - long_began))
	if [ $((long_spent - long_told)) -gt $((BUDGET * 10)) ]; then
		long_told=$long_spent
		echo "# progress $((long_spent / 100)) of $BUDGET s: $did"
	fi
	[ $long_spent -ge $((BUDGET * ${1:-100})) ]
}

# scaled NUMBER: of what an hour should do, what MINUTES should
scaled()
{
	long_scaled=$(($1 * MINUTES / 60))
	[ $long_scaled -gt 0 ] || long_scaled=1
	echo $long_scaled
}

# figure TEXT: for the summary
figure()
{
	echo "# figure $*"
}

# memory_mark FILE: what the kernel holds: objects by cache, and kilobytes
memory_mark()
{
	# What is freed later, by a worker or after a grace period, is idle time here.
	sleep 2
	echo 2 > /proc/sys/vm/drop_caches
	for shrink in /sys/kernel/slab/*/shrink; do
		echo 1 > "$shrink" 2> /dev/null
	done
	# The files that this opened
	sleep 1
	{
		awk 'NR > 2 { print "objects", $1, $2 }' /proc/slabinfo
		awk '/^(SUnreclaim|Percpu|VmallocUsed|PageTables|KernelStack):/ { print "kB", $1, $2 }' /proc/meminfo
		awk '/^MemFree:/ { print "kB", "MemUsed", -$2 }' /proc/meminfo
		echo "inodes debugfs $(find /sys/kernel/debug/kvmhot /sys/kernel/debug/kvm 2> /dev/null | wc -l)"
	} > "$1"
}

# grown BEFORE AFTER NUMBER: what has grown by half an object, or by half a kilobyte,
# for each of NUMBER things that were done.  With some slabs, or a megabyte, for what
# comes and goes by itself: so what leaks once each time is found from about 600 on.
grown()
{
	awk -v nr="$3" '
		FNR == NR { was[$1, $2] = $3; next }
		($1, $2) in was {
			by = $3 - was[$1, $2]
			slack = $1 == "inodes" ? 0 : $1 == "kB" ? 1024 : 256
			if (by > nr / 2 + slack) print $2, "+" by, $1 }' "$1" "$2"
	# The greatest of all, to be seen without a failure
	awk 'FNR == NR { was[$1, $2] = $3; next }
		($1, $2) in was && $3 > was[$1, $2] { print $3 - was[$1, $2], $1, $2 }' "$1" "$2" |
		sort -rn | sed -n '1,4s/^/# grown: /p' >&2
}

# shellcheck disable=SC2034 # over has it
did=
