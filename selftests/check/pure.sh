# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For check.sh and test.sh: tests of pure code, which run anywhere.  Their Makefiles
# name the parts: "test-parts" for test.sh, and "parts", which are these and others
# that take longer, for check.sh.

# Of both.
: "${here:?}"

# pure FOLDER PART
pure()
{
	run_tap "$1-$2" make -s -C "$here/$1" "check-$2"
	show_tap "$1-$2"
}

# pure_jobs test-parts|parts
pure_jobs()
{
	local folder part seconds
	for folder in unit reader; do
		job 700 "$folder-build" "" make -s -C "$here/$folder" "${1%parts}build"
		while read -r part seconds; do
			expect "$folder-$part"
			job "$seconds" "$folder-$part" "$folder-build" pure "$folder" "$part"
		done <<< "$(make -s -C "$here/$folder" "$1")"
	done
}
