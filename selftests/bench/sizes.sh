#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# sizes.sh [--csv] [KERNEL...] - how large is kvmhot.ko, and what lies in which
# cache line of what the hot path writes?  KERNEL: 6.1, 6.12 (both)
#
# --csv prints rows kind,name,value,unit.
set -euo pipefail
export LC_ALL=C
here=$(realpath "$(dirname "$0")")
top=$(realpath "$here/../..")
structs="kvmhot_vcpu kvmhot_cell"

# sections FILE: the bytes of code and of data that stay once it is loaded
sections()
{
	readelf -SW "$1" | sed -n 's/^ *\[ *[0-9]*\] //p' | awk '
		$1 ~ /init|exit|modinfo|__versions/ { next }
		{ size = $5; flags = $7 }
		flags ~ /A/ && flags ~ /X/ { code = code " + 0x" size; next }
		flags ~ /A/ && flags ~ /W/ { data = data " + 0x" size; next }
		flags ~ /A/ { constant = constant " + 0x" size }
		END { print "0" code "\n0" data "\n0" constant }' |
		while read -r sum; do
			echo $((sum))
		done
}

# hot_objects: those that must not be traced
hot_objects()
{
	printf '%s\n' 'print: ; @echo $(hot)' | make -s -f "$top/Kbuild" -f - print CONFIG_KRETPROBES=y CONFIG_PREEMPT_NOTIFIERS=y
}

# layout STRUCT FILE: rows LINE OFFSET SIZE MEMBER, a row for each cache line that
# a member is in; the first is "size" SIZE
layout()
{
	pahole -C "$1" "$2" | awk '
		/^\t\/\* size: / { print "size", $3 + 0 }
		!/^\t+}/ && match($0, /\/\* +[0-9]+(: *[0-9]+)? +[0-9]+ \*\//) {
			n = split(substr($0, RSTART, RLENGTH), at, /[: ]+/)
			offset = at[2]; size = at[n - 1]
			name = substr($0, 1, RSTART - 1)
			sub(/ __attribute__.*/, "", name); sub(/[:;].*/, "", name)
			sub(/\).*/, "", name); sub(/.*[ \t*]/, "", name)
			for (l = int(offset / 64); l * 64 < offset + size; l++)
				print l, offset, size, name
		}'
}

# row KIND NAME VALUE UNIT
row()
{
	if [ "$csv" ]; then
		echo "$1,$2,$3,$4"
	else
		printf '  %-44s %8d %s\n' "$2" "$3" "$4"
	fi
}

print_layout()
{
	local rows
	rows=$(layout "$2" "$3")
	[ "$rows" ] || { echo "sizes.sh: no debug data of struct $2 in $3" >&2; return 1; }
	row struct "$1 struct $2" "${rows##*size }" bytes
	if [ "$csv" ]; then
		awk -v name="$1 struct $2" '$1 != "size" {
			print "line," name " " $4 "," $1 ",cacheline" }' <<< "$rows"
		return
	fi
	# Arrays over many lines would hide the others.
	awk '
		# a line like the one before only makes that longer
		function add() {
			if (members == range) { to = line; return }
			out()
			range = members; from = to = line
		}
		function out() {
			if (range != "")
				printf "    line %5s:%s\n", (from < to) ? from "-" to : from, range
		}
		BEGIN { line = -1 }
		$1 == "size" { next }
		$1 != line { if (line >= 0) add(); line = $1; members = "" }
		{ members = members " " $4 }
		END { add(); out() }' <<< "$rows" |
		fold -s -w 96 | sed '/^    line/!s/^/                /'
}

csv=
[ "${1:-}" != --csv ] || { csv=1; shift; }
[ $# -gt 0 ] || set -- 6.1 6.12
for kernel; do
	files=$("$top/selftests/check/build.sh" "$kernel")
	[ "$csv" ] || echo "kvmhot.ko for $kernel"
	{ read -r code; read -r data; read -r constant; } < <(sections "$files/kvmhot.ko")
	row size "$kernel code" "$code" bytes
	row size "$kernel data" "$data" bytes
	row size "$kernel constants and tables" "$constant" bytes
	sum=0
	for object in $(hot_objects); do
		read -r code < <(sections "$top/build/$kernel/$object")
		row size "$kernel code of $(basename "$object")" "$code" bytes
		sum=$((sum + code))
	done
	row size "$kernel code of the hot path" "$sum" bytes
	for struct in $structs; do
		print_layout "$kernel" "$struct" "$files/kvmhot.ko"
	done
done
