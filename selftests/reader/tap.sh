# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
# Results as TAP, for the scripts here: each has a folder $dir.

nr=0
failed=0

# ok NAME STATUS: one line; what there is in out and err if it is not ok
ok()
{
	nr=$((nr + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $nr $1"
		return
	fi
	failed=$((failed + 1))
	# shellcheck disable=SC2154
	cat "$dir/out" "$dir/err" 2>/dev/null | head -n 60 | sed 's/^/# /'
	echo "not ok $nr $1"
}

# tap_end: the plan, and whether all went well; for the end of the script
tap_end()
{
	echo "1..$nr"
	[ $nr -gt 0 ] && [ $failed -eq 0 ]
}
