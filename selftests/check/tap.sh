# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For check.sh: run what prints TAP, several at a time, show it, count it.

begin()
{
	out=$(mktemp -d)
	trap 'rm -rf "$out"' EXIT
	trap 'stop; exit 130' INT TERM HUP
	# Each job in a process group of its own, so that all of it can be ended.
	set -m
	: > "$out/jobs"
	SECONDS=0
}

# End the jobs, and wait: the emulated hosts clean up after themselves.
stop()
{
	local job
	for job in $(jobs -p); do
		kill -TERM -- "-$job" 2>/dev/null
	done
	wait
}

say()
{
	printf '# [%3d s] %s\n' $SECONDS "$*"
}

# expect NAME: there must be results of that name in the end
expect()
{
	echo "$1" >> "$out/expected"
}

# fail NAME: a result that is no test's
fail()
{
	echo "not ok - $1" > "$out/$1.tap"
	say "$1: FAILED"
}

# run_tap NAME COMMAND...: results into $out/NAME.tap, when it is complete
run_tap()
{
	local name=$1
	shift
	"$@" > "$out/$name.partial" 2>&1
	end_tap "$name" $?
}

# end_tap NAME STATUS: what $out/NAME.partial has is all
# No plan, a plan that was not kept or a bad exit status is a failure, too.
end_tap()
{
	local name=$1 status=$2 tap=$out/$1.partial planned
	planned=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$tap" | awk '{ n += $1 } END { print n + 0 }')
	if [ "$planned" != "$(grep -cE '^(not )?ok ' "$tap")" ]; then
		echo "not ok - $name: planned $planned tests (exit status $status)" >> "$tap"
	elif [ "$planned" = 0 ]; then
		[ "$status" = 4 ] && grep -q '^1\.\.0 # SKIP' "$tap" ||
			echo "not ok - $name: no test at all (exit status $status)" >> "$tap"
	elif [ "$status" != 0 ] && ! grep -q '^not ok' "$tap"; then
		echo "not ok - $name: exit status $status" >> "$tap"
	fi
	mv "$tap" "$out/$name.tap"
}

# count FILE...: "PASSED FAILED SKIPPED"
count()
{
	cat "$@" | awk '/^not ok/ { failed++; next }
		/^ok .*# SKIP|^1\.\.0 # SKIP/ { skipped++; next }
		/^ok / { passed++ }
		END { print passed + 0, failed + 0, skipped + 0 }'
}

# show_tap NAME: one line if all is well, unless asked for this test; else all
show_tap()
{
	local tap=$out/$1.tap passed failed skipped what
	read -r passed failed skipped <<< "$(count "$tap")"
	what="$passed passed"
	[ "$skipped" = 0 ] || what+=", $skipped skipped: $(sed -n 's/.*# SKIP//p' "$tap" | tr '\n' ' ')"
	[ "$failed" = 0 ] || what="$failed FAILED"
	say "$1: $what"
	if [ "$failed" != 0 ] || [ -n "${TESTS:-}" ]; then
		sed 's/^/    /' "$tap"
	fi
}

# job WEIGHT NAME NEEDS COMMAND...: for run_jobs, which starts the heaviest
# first, once the jobs of the list NEEDS are done; once for each name
job()
{
	local weight=$1 name=$2 needs=$3
	shift 3
	! grep -qF $'\t'"$name"$'\t' "$out/jobs" || return 0
	printf '%s\t%s\t%s\t%s\n' "$weight" "$name" "${needs:--}" "${*@Q}" >> "$out/jobs"
}

# ready NEEDS: are they done?
ready()
{
	local need
	for need in $1; do
		[ "$need" = - ] || [ -e "$out/done.$need" ] || return
	done
}

# do_job NAME COMMAND: when it fails, what needs it is not done; what was
# expected of that is missing in the end, which is a failure
do_job()
{
	eval "$2" < /dev/null && : > "$out/done.$1"
}

# next_job: start the first that is ready
next_job()
{
	local i weight name needs command
	for i in "${!todo[@]}"; do
		IFS=$'\t' read -r weight name needs command <<< "${todo[i]}"
		ready "$needs" || continue
		unset "todo[i]"
		do_job "$name" "$command" &
		return 0
	done
	return 1
}

# Until no job is left, or all that are left need one that failed.
run_jobs()
{
	local todo running=0
	mapfile -t todo < <(sort -s -k 1,1nr "$out/jobs")
	while :; do
		if [ $running -lt "${JOBS:-2}" ] && next_job; then
			running=$((running + 1))
			continue
		fi
		[ $running -gt 0 ] || break
		wait -n
		running=$((running - 1))
	done
}

finish()
{
	local name passed failed skipped
	while read -r name; do
		[ -e "$out/$name.tap" ] || fail "$name"
	done < "$out/expected"
	read -r passed failed skipped <<< "$(count "$out"/*.tap)"
	say "done"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}
