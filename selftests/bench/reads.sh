#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# reads.sh [--csv] [KERNEL...] - what vCPUs take of memory, and what it costs, in
# instructions, to read kvmhot's files and to reset it.  KERNEL: 6.1, 6.12 (6.1)
#
# On the emulated host, where a tick of the TSC is an instruction, and where all
# figures are the same each time.  --csv prints rows kind,name,value,unit.
set -euo pipefail
here=$(realpath "$(dirname "$0")")
top=$(realpath "$here/../..")

csv=
[ "${1:-}" != --csv ] || { csv=1; shift; }
[ $# -gt 0 ] || set -- 6.1
for kernel; do
	files=$("$top/selftests/check/build.sh" "$kernel")
	gcc -O2 -Wall -static -o "$files/reads" "$here/reads.c"
	cp "$here/reads-inside.sh" "$files/"
	"$top/selftests/emulator/run" --kernel "$kernel" --mem 1024 --timeout 1800 --files "$files" -- \
		sh ./reads-inside.sh | awk -F , -v kernel="$kernel" -v csv="$csv" '
		NF != 4 { print > "/dev/stderr"; next }
		csv { print $1 "," kernel " " $2 "," $3 "," $4; next }
		!($1 in rows) { kinds[++n] = $1 }
		{ rows[$1] = rows[$1] sprintf("  %-52s %12d %s\n", $2, $3, $4) }
		END { for (i = 1; i <= n; i++) printf "%s, %s\n%s", kernel, kinds[i], rows[kinds[i]] }'
done
