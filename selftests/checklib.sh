# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For check.sh: run something that prints TAP, show it, count it.

begin()
{
	out=$(mktemp -d)
	trap 'rm -rf "$out"' EXIT
	# The children first, for they clean up after themselves.
	trap 'kill $(jobs -p) 2>/dev/null; wait; exit 130' INT TERM
	SECONDS=0
}

say()
{
	printf '# [%3d s] %s\n' $SECONDS "$*"
}

# run_tap NAME COMMAND...: output into $out/NAME.tap
# No plan, a plan that was not kept or a bad exit status is a failure, too.
run_tap()
{
	local name=$1 tap status planned
	shift
	tap=$out/$name.tap
	"$@" > "$tap" 2>&1
	status=$?
	planned=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$tap" | awk '{ n += $1 } END { print n + 0 }')
	if [ "$planned" != "$(grep -cE '^(not )?ok ' "$tap")" ]; then
		echo "not ok - $name: planned $planned tests (exit status $status)" >> "$tap"
	elif [ $status != 0 ] && [ $status != 4 ] && ! grep -q '^not ok' "$tap"; then
		echo "not ok - $name: exit status $status" >> "$tap"
	elif [ "$planned" = 0 ] && ! grep -q '^1\.\.0 # SKIP' "$tap"; then
		echo "not ok - $name: no test at all" >> "$tap"
	fi
}

# show_tap NAME: one line if all is well, unless asked for this test; else all
show_tap()
{
	local tap=$out/$1.tap what
	what="$(grep -c '^ok' "$tap") passed$(sed -n 's/^1\.\.0 # SKIP/, skipped:/p' "$tap")"
	! grep -q '^not ok' "$tap" || what=FAILED
	say "$1: $what"
	if [ "$what" = FAILED ] || [ -n "${TESTS:-}" ]; then
		sed 's/^/    /' "$tap"
	fi
}

finish()
{
	local passed failed skipped
	cat "$out"/*.tap > "$out/all"
	skipped=$(grep -cE '^(ok .*# SKIP|1\.\.0 # SKIP)' "$out/all")
	passed=$(grep -E '^ok ' "$out/all" | grep -vc '# SKIP')
	failed=$(grep -c '^not ok' "$out/all")
	say "done"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}
