#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Do the man page, --help, the completion and the program say the same?
# Needs mandoc.
#
# Usage: docs.sh [KVMHOT]	(default ../../tools/kvmhot)
set -u
export LC_ALL=C TZ=UTC0

here=$(cd "$(dirname "$0")" && pwd)
tools=$here/../../tools
kvmhot=${1:-$tools/kvmhot}
man=$tools/share/kvmhot.8
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
# shellcheck source=tap.sh
. "$here/tap.sh"

# same NAME WANT HAVE: two files of lines, neither of which is empty
same()
{
	diff -u --label "$(basename "$2")" --label "$(basename "$3")" "$2" "$3" \
		>"$dir/out" 2>&1 && [ -s "$2" ]
	ok "$1" $?
}

bail_out()
{
	echo "Bail out! $1"
	exit 1
}

command -v mandoc >/dev/null || bail_out "no mandoc"
[ -r "$man" ] || bail_out "no $man"
"$kvmhot" --version >/dev/null 2>&1 || bail_out "$kvmhot does not run"
tree=$dir/tree
sh "$here/fixtures/make.sh" "$tree" || bail_out "no fixture"
events=$dir/events
cp -r "$tree" "$events"
sh "$here/fixtures/pmu.sh" "$events" cycles=host=900 msr/0/=all=1000 ||
	bail_out "no fixture with events"

# section NAME: its lines in the man page; subsection NAME likewise
section()
{
	awk -v name="$1" '/^\.Sh / { on = $0 == ".Sh " name; next } on' "$man"
}
subsection()
{
	awk -v name="$1" '/^\.S[hs] / { on = $0 == ".Ss " name; next } on' "$man"
}

# The man page itself
mandoc -T lint -W warning "$man" >"$dir/out" 2>&1 && [ ! -s "$dir/out" ]
ok "man page: mandoc has nothing to say" $?
mandoc -T ascii "$man" 2>"$dir/out" | sed 's/.\x08//g' >"$dir/page"
grep -q '^EXAMPLES' "$dir/page" && [ ! -s "$dir/out" ] &&
	! awk 'length > 80' "$dir/page" | grep . >"$dir/out"
ok "man page: 80 columns" $?
for s in NAME SYNOPSIS DESCRIPTION TASKS VERBS OPTIONS 'INTERACTIVE COMMANDS' COLUMNS \
	'EXPORT FORMATS' FILES ENVIRONMENT 'EXIT STATUS' OVERHEAD CAVEATS \
	EXAMPLES DIAGNOSTICS 'SEE ALSO'; do
	[ -n "$(section "$s")" ] || echo "$s"
done >"$dir/out"
[ ! -s "$dir/out" ]
ok "man page: all sections" $?

# Of each task the commands that only read, on a tree that has such a VM
tasks=$dir/tasks
cp -r "$tree" "$tasks"
sed -i 's/comm=[^ ]*$/comm=web-01/' "$tasks"/vms/*/*
"$kvmhot" snap --root "$tasks" "$dir/yesterday.snap" 2>"$dir/out"
section TASKS | sed -n 's/^\.Dl # kvmhot \(vms\|tree\|diff\|report\|costs\|hist\|top\|export\)/\1/p' |
	sed 's/ > .*//' | grep -v -e --pmu >"$dir/commands"
while read -r verb words; do
	(cd "$dir" && eval "\"$kvmhot\" $verb --root \"$tasks\" $words") >"$dir/said" 2>"$dir/err"
	case $? in
	0 | 3) [ -s "$dir/said" ] || echo "$verb $words: says nothing" ;;
	*) echo "$verb $words: $(cat "$dir/err")" ;;
	esac
done <"$dir/commands" >"$dir/out"
[ ! -s "$dir/out" ] && [ "$(wc -l <"$dir/commands")" -ge 7 ]
ok "tasks: each command does something" $?

# Verbs
"$kvmhot" --help >"$dir/brief" 2>"$dir/err"
[ "$(wc -l <"$dir/brief")" -le 24 ] && ! awk 'length > 80' "$dir/brief" | grep .
ok "--help: 24 rows of 80 columns" $?
"$kvmhot" --help --all >"$dir/help" 2>"$dir/err"
sed -n 's/^  kvmhot \([a-z]*\).*/\1/p' "$dir/brief" >"$dir/verbs.brief"
sed -n 's/^  kvmhot \([a-z]*\).*/\1/p' "$dir/help" >"$dir/verbs.all"
same "verbs: --help with --all and without" "$dir/verbs.all" "$dir/verbs.brief"
sed -n 's/^  kvmhot \([a-z]*\).*/\1/p' "$dir/help" | sort >"$dir/verbs"
section VERBS | awk '$1 == ".It" { it = 1; next } it && $1 == ".Cm" { print $2 }
	{ it = 0 }' | sort >"$dir/verbs.man"
same "verbs: --help and the man page" "$dir/verbs" "$dir/verbs.man"
verbs=$(cat "$dir/verbs")

# options FILE: of a --help, 'SHORT LONG ARGUMENT' each, - where there is none.
# They end with the first empty line behind the first of them.
options()
{
	awk '/^  +-/ {
		seen = 1
		short = "-"
		i = 1
		if ($1 ~ /,$/) { short = substr($1, 1, length($1) - 1); i = 2 }
		print short, $i, (substr($0, index($0, $i) + length($i), 2) ~ /^ [A-Z]/ ? "ARGUMENT" : "-")
		next
	}
	seen && /^$/ { exit }' "$1"
}
options "$dir/help" >"$dir/all"
section OPTIONS | awk '$1 == ".It" {
	short = long = argument = "-"
	for (i = 2; i <= NF; i++) {
		if ($i == "Ar" && $(i - 2) == "Fl")
			argument = "ARGUMENT"
		if ($i != "Fl")
			continue
		if ($(i + 1) ~ /^-/)
			long = "-" $(i + 1)
		else
			short = "-" $(i + 1)
	}
	print short, long, argument
}' >"$dir/all.man"
sort "$dir/all" >"$dir/options"
sort "$dir/all.man" >"$dir/options.man"
same "options: --help and OPTIONS of the man page" "$dir/options" "$dir/options.man"

# The long names of each verb's own
for verb in $verbs; do
	"$kvmhot" "$verb" --help >"$dir/out" 2>"$dir/err"
	[ "$(wc -l <"$dir/out")" -le 24 ]
	ok "$verb: --help has 24 rows at most" $?
	"$kvmhot" "$verb" --help --all >"$dir/help.$verb" 2>"$dir/err"
	options "$dir/help.$verb" | awk '$2 != "--help" { print $2, $3 }' | sort \
		>"$dir/help.of.$verb"
	section VERBS | awk -v verb="$verb" '
	NR == FNR { long[$1] = long[$2] = $2; next }
	$0 == ".It Xo" { it = 1; next }
	it && $1 == ".Cm" { on = $2 == verb }
	$1 == ".Xc" { on = 0 }
	{ it = 0 }
	on && $1 == ".Op" && $2 == "Fl" {
		name = "-" $3
		print (name in long ? long[name] : name " (nowhere else)"), \
			($4 == "Ar" ? "ARGUMENT" : "-")
	}' "$dir/all" - | sort >"$dir/man.of.$verb"
	same "$verb: options of --help and of VERBS in the man page" \
		"$dir/help.of.$verb" "$dir/man.of.$verb"
done
# The words behind the verb, as the usage has them
for verb in $verbs; do
	usage=$(sed -n "s/^  kvmhot $verb\( \[OPTIONS\]\)*//p" "$dir/help")
	echo "$verb$(echo "$usage" | tr '[:upper:]' '[:lower:]' | tr -d '[]|' | tr -s ' ' | sed 's/ $//')"
done >"$dir/words"
section VERBS | awk '$0 == ".It Xo" { it = 1; next }
	it && $1 == ".Cm" { line = $2; on = 1 }
	{ it = 0 }
	$1 == ".Xc" && on { print line; on = 0 }
	on && $2 != "Fl" && $1 ~ /^\.(Op|Ar)$/ {
		for (i = 1; i <= NF; i++)
			if ($i !~ /^(\.Op|\.Ar|Op|Ar|Cm|\|)$/)
				line = line " " $i
	}' | sort >"$dir/words.man"
same "words behind verbs: --help and the man page" "$dir/words" "$dir/words.man"

# Columns: 'VERB NAME' each, as 'kvmhot VERB --help' has them
for verb in $verbs; do
	awk -v verb="$verb" '/^  +-/ { options = 1 }
		options && /^$/ { on = 1; next }
		on && /^  [^ ]/ {
			if (substr($0, 17, 1) != " ")
				print verb " has a name that is too long: " $0
			name = substr($0, 3, 14)
			sub(/ +$/, "", name)
			print verb ": " name
		}' "$dir/help.$verb"
done | sort -u >"$dir/columns"
section COLUMNS | awk '/^\.It Sy .* Pq / {
	name = verbs = $0
	sub(/^\.It Sy /, "", name)
	sub(/ Pq .*/, "", name)
	sub(/.* Pq /, "", verbs)
	n = split(verbs, verb, ", ")
	for (i = 1; i <= n; i++)
		print verb[i] ": " name
	next
}
/^\.It / { print "not .It Sy NAME Pq VERBS: " $0 }' | sort -u >"$dir/columns.man"
same "columns: --help of each verb and COLUMNS of the man page" "$dir/columns" "$dir/columns.man"
# Each definition has a text
section COLUMNS | awk '/^\.It/ { if (it) print it; it = $0; next }
	/^\.El/ { if (it) print it; it = ""; next }
	/^[^.]/ || /^\.[A-Z][a-z] [^ ]/ { it = "" }' >"$dir/out"
[ ! -s "$dir/out" ]
ok "columns: each has a definition" $?
# What the tables have as names in capitals is explained: whole rows of names.
# Of a file, stat has a block at once.
"$kvmhot" snap --root "$events" "$dir/snap" 2>/dev/null
for verb in report "report --pmu" vms costs hist tree stat "stat --pmu" \
	"stat --unit us" "stat --unit cpu"; do
	# shellcheck disable=SC2086
	"$kvmhot" $verb --root "$dir/snap" 2>/dev/null |
		awk '!/[a-z]/ && /^ *[A-Z%]/ && NF > 2 || /^TOTAL%/ || /^ +CYCLES +:/' |
		head -n 3
done | tr -s ' :' '\n' | grep -E '^[A-Z%/][A-Z0-9%/.s]*$' | sort -u >"$dir/titles"
section COLUMNS | sed -n 's/^\.It Sy \(.*\) Pq .*/\1/p; s/^\.Sy //p' |
	tr -s ' ' '\n' | sort -u >"$dir/titles.man"
# P50 to P99.9
printf 'P%s\n' 90 95 99 99.9 | sort -u - "$dir/titles.man" >"$dir/known"
comm -23 "$dir/titles" "$dir/known" | grep -vE '^[A-Z_]+_[A-Z_]+$' |
	grep -vxE 'HLT|CPUID|KVM|VMM' >"$dir/out"
[ ! -s "$dir/out" ] && [ "$(wc -l <"$dir/titles")" -gt 30 ]
ok "columns: each name that a table prints is in COLUMNS" $?

# Keys of top: those in its help, and those that its source knows
help_source=$(grep -l '"Keys of kvmhot top' "$tools"/top/*.c)
keys_source=$tools/top/keys.c
if [ -r "${help_source:-none}" ] && [ -r "$keys_source" ]; then
	awk '/"Keys of kvmhot top/ { on = 1; next }
		on && /"Columns/ { exit }
		on && /"  [^ ]/ {
			sub(/^[^"]*"/, "")
			print substr($0, 3, 18)
		}' "$help_source" | tr -s ' ' '\n' | grep . |
		sed 's/^Bksp$/Backspace/' | sort -u >"$dir/keys.help"
	grep -o "case \('.'\|KEY_[A-Z0-9]*\):" "$keys_source" |
		sed "s/^case //; s/:\$//; s/^'\(.\)'\$/\1/; s/^ \$/Space/
			s/^KEY_PGUP\$/PgUp/; s/^KEY_PGDN\$/PgDn/" |
		sed 's/^KEY_\(.\)\(.*\)/\1\L\2/' | sed 's/^Esc$/Esc/' |
		sort -u >"$dir/keys.source"
	# What is not in the switch: main loop, terminal and signals
	printf '%s\n' q Ctrl-L Ctrl-C | sort -u - "$dir/keys.source" >"$dir/keys"
	section "INTERACTIVE COMMANDS" | sed -n 's/^\.It Sy //p' | tr -s ' ' '\n' |
		sed 's/^\\&//' | sort -u >"$dir/keys.man"
	comm -23 "$dir/keys.help" "$dir/keys.man" >"$dir/out"
	[ ! -s "$dir/out" ] && [ "$(wc -l <"$dir/keys.help")" -gt 20 ]
	ok "keys: each of top's help is in the man page" $?
	same "keys: top's source and the man page" "$dir/keys" "$dir/keys.man"
	# The help has some keys behind the others, in words.
	sed -n '/"Keys of kvmhot top/,/"Columns/p' "$help_source" |
		grep -oE '[A-Za-z0-9<>/?-]+' | sed 's/^Bksp$/Backspace/' |
		sort -u >"$dir/keys.words"
	# Those that show it: who reads it has found one, and the foot has h.
	comm -23 "$dir/keys" "$dir/keys.words" | grep -vxE 'h|\?|F1' >"$dir/out"
	[ ! -s "$dir/out" ]
	ok "keys: each of the source is in top's help" $?
else
	echo "$help_source, $keys_source: not there" >"$dir/out"
	ok "keys: top's help and its source" 1
fi

# OpenMetrics: 'NAME TYPE UNIT: LABELS' of each family
"$kvmhot" export --openmetrics --root "$events" >"$dir/metrics" 2>"$dir/err"
awk '/^# TYPE/ { name = $3; type[name] = $4; order[++n] = name; next }
	/^# UNIT/ { unit[$3] = ", " $4; next }
	/^#/ { next }
	{
		labels = ""
		if (match($0, /\{.*\}/)) {
			labels = substr($0, RSTART + 1, RLENGTH - 2)
			gsub(/="([^"\\]|\\.)*"/, "", labels)
			gsub(/,/, ", ", labels)
			sub(/, le$/, "", labels)
		}
		of[name] = labels
	}
	END {
		for (i = 1; i <= n; i++)
			print order[i] " " type[order[i]] unit[order[i]] \
				(of[order[i]] ? ": " of[order[i]] : "")
	}' "$dir/metrics" >"$dir/families"
subsection OpenMetrics | sed -n 's/^\.It Sy \(kvmhot[a-z0-9_]*\) Pq /\1 /p' >"$dir/families.man"
# Of a saved copy there is no time.
timestamp='kvmhot_snapshot_timestamp_seconds gauge, seconds'
grep -vxF "$timestamp" "$dir/families.man" >"$dir/families.page"
same "OpenMetrics: families, types, units and labels" "$dir/families" "$dir/families.page"
grep -qxF "$timestamp" "$dir/families.man"
ok "OpenMetrics: the time is in the man page" $?
grep -ohE '"kvmhot(_[a-z0-9]+)*"' "$tools"/export/*.c | tr -d '"' | sort -u >"$dir/names"
sed 's/ .*//' "$dir/families.man" | sort >"$dir/names.man"
same "OpenMetrics: the names in the source" "$dir/names" "$dir/names.man"
grep -oE 'kvmhot_[a-z0-9_]+' "$man" |
	sed -E 's/_(total|bucket|sum|count|info)$//' | sort -u |
	comm -23 - "$dir/names" >"$dir/out"
[ ! -s "$dir/out" ]
ok "OpenMetrics: no other name anywhere in the man page" $?
"$kvmhot" export --openmetrics --root "$tree" 2>/dev/null | awk -F'"' '
	/^#/ || !/vm=/ { next }
	/reason=/ { row[$2, $6, $8]++; next }
	{ vm[$2]++ }
	END { for (i in vm) print "vm", vm[i]; for (i in row) print "reason", row[i] }' |
	sort -u >"$dir/series"
subsection OpenMetrics | tr '\n' ' ' | sed -n 's/.*There are \([0-9]*\) series for each VM, and \([0-9]*\) (.*/reason \2,vm \1,/p' |
	tr ',' '\n' | grep . >"$dir/series.man"
same "OpenMetrics: as many series as the man page says" "$dir/series" "$dir/series.man"

# CSV and JSON
"$kvmhot" export --csv --root "$tree" 2>/dev/null | head -n 1 | tr -d '\r' |
	tr , '\n' >"$dir/csv"
subsection CSV | sed -n 's/^\.It Sy //p' | tr -s ' ' '\n' >"$dir/csv.man"
same "CSV: columns, in their order" "$dir/csv" "$dir/csv.man"
schema=$("$kvmhot" export --json --root "$tree" 2>/dev/null |
	sed -n 's/.*"schema":"\([^"]*\)".*/\1/p')
echo "schema: $schema" >"$dir/out"
[ -n "$schema" ] && subsection JSON | grep -qF "$schema" &&
	grep -qF "\"$schema\"" "$tools/share/kvmhot.schema.json"
ok "JSON: the schema's name, in the man page and in the schema" $?
for f in kvmhot.schema.json kvmhot-grafana.json kvmhot-export.service kvmhot-export.timer; do
	section FILES | grep -qF "$f" || echo "$f"
done >"$dir/out"
[ ! -s "$dir/out" ]
ok "files: what is installed is in the man page" $?
# Figures that a test knows: of the man page those of 'make check', of the README within a
# hundredth, as it has those of 'make bench'
expected=$here/../live/added.expected
awk '/^[^#]/ && $1 == "6.1" && $2 ~ /^(cpuid|ept_write|out)$/ { for (i = 3; i <= 5; i++) row[i] = row[i] " " $i }
	END { for (i = 3; i <= 5; i++) print substr(row[i], 2) }' "$expected" >"$dir/wanted"
sed -n 's/^\.It \(as it is\|with Pa detail\|one event\) Ta //p' "$man" | sed 's/ Ta / /g' >"$dir/got"
same "OVERHEAD: the figures of the man page are those of added.expected" "$dir/wanted" "$dir/got"
sed -n 's/^| kvmhot |\(.*\)|$/\1/p' "$here/../../README.md" | tr -d '|' | awk '
	FILENAME == "-" { n = split($0, got); next }
	$1 == "6.1" && $2 ~ /^(cpuid|ept_write|out|hlt)$/ {
		i++
		if (got[i] < 0.99 * $3 || got[i] > 1.01 * $3)
			print $2 ": " got[i] + 0 " is not " $3
	}
	END { if (n != 4 || i != 4) print n + 0 " figures of " i + 0 }' - "$expected" >"$dir/wrong"
[ ! -s "$dir/wrong" ]
ok "README: what kvmhot adds is what added.expected has" $?

sed -n 's/^What:.*debugfs\/kvmhot\///p; s/^What:.*debug\/kvmhot\///p' "$here/../../module/ABI" |
	sed 's/.*\///' | grep . | sort -u >"$dir/files"
section FILES | sed -n 's/^\.It Pa //p' | tr -s ' ,' '\n' | sed 's/.*\///' |
	sort -u >"$dir/files.man"
comm -23 "$dir/files" "$dir/files.man" >"$dir/out"
[ ! -s "$dir/out" ] && [ "$(wc -l <"$dir/files")" -gt 10 ]
ok "files: each of module/ABI is in the man page" $?

# Exit statuses: in --help, in the man page, and in fact
sed -n '/^Exit status:/,/^$/p' "$dir/help" | tr '\n' ' ' |
	grep -oE '(: |, )[0-9]' | tr -d ':, ' >"$dir/statuses"
section "EXIT STATUS" | sed -n 's/^\.It \([0-9]\)$/\1/p' >"$dir/statuses.man"
same "exit statuses: --help and the man page" "$dir/statuses" "$dir/statuses.man"
sound=$dir/sound
cp -r "$tree" "$sound"
awk -F'\t' -v OFS='\t' '$1 == "hook" { $5 = "armed"; $7 = $8 = 0 } { print }' \
	"$tree/status" >"$sound/status"
for want in "0 vms --root $sound" "1 vms --root $dir/none" "2 vms --folded" \
	"3 vms --root $tree"; do
	# shellcheck disable=SC2086
	"$kvmhot" ${want#* } >/dev/null 2>"$dir/err"
	echo $?
done >"$dir/statuses.fact"
same "exit statuses: in fact" "$dir/statuses" "$dir/statuses.fact"
# What makes counts incomplete: the words of incomplete.c
if [ -r "$tools/model/incomplete.c" ]; then
	grep -E 'add\(&?l, "|\{ S_[A-Z_]*, "' "$tools/model/incomplete.c" |
		grep -oE '"[^"]*"' | tr -d '"' | sed -E 's/%(s|llu)//g; s/[():]//g' |
		sed -E 's/^ +//; s/ +$//; s/  +/ /g' | grep . | sort -u >"$dir/lacks"
	section "EXIT STATUS" | sed -n 's/^\.Li //p' | sed 's/ [,;:]$//' | sort -u >"$dir/lacks.man"
	same "exit status 3: what lacks, of incomplete.c and in the man page" "$dir/lacks" "$dir/lacks.man"
else
	echo "$tools/model/incomplete.c: not there" >"$dir/out"
	ok "exit status 3: what lacks" 1
fi

# Each verb refuses what is not its own.  Four words are too many for any: so
# nothing is done even if it takes the option.
argument()
{
	case $1 in
	--vm | --guest) echo web-01 ;;
	--vcpu) echo 0 ;;
	--reason) echo CPUID ;;
	--sort) echo cost ;;
	--unit) echo us ;;
	--top | --min | --delay | --count) echo 1 ;;
	--output) echo "$dir/never" ;;
	--root) echo "$tree" ;;
	*) return 1 ;;
	esac
}
for verb in $verbs; do
	tried=0
	while read -r short long has; do
		case $long in
		--help | --version) continue ;;
		esac
		value=
		if [ "$has" = ARGUMENT ]; then
			value=$(argument "$long") || echo "$long: with which argument?"
		fi
		for option in $short $long; do
			[ "$option" != - ] || continue
			"$kvmhot" "$verb" a b c d "$option" ${value:+"$value"} \
				>"$dir/stdout" 2>"$dir/err"
			status=$?
			said="does not take $long"
			if grep -q "^$long " "$dir/help.of.$verb"; then
				said="one word too many"
			fi
			[ $status -eq 2 ] && [ ! -s "$dir/stdout" ] &&
				grep -qF "kvmhot: $verb: $said" "$dir/err" ||
				echo "$verb $option: status $status, not: $said"
			tried=$((tried + 1))
		done
	done <"$dir/all" >"$dir/out"
	[ ! -s "$dir/out" ] && [ $tried -gt 20 ] && [ ! -e "$dir/never" ]
	ok "$verb: refuses, with status 2, the options that are not its own" $?
done

# The tasks and examples: with too many words, so that only their options are looked at
{ section TASKS; section EXAMPLES; } | sed -n 's/^\(\.Dl \)*# kvmhot\( .*\)*$/x\2/p' |
	sed "s/ [&>].*//; s/'//g; s/^x *//" >"$dir/examples"
while read -r line; do
	# shellcheck disable=SC2086
	"$kvmhot" ${line:-top} a b c d >"$dir/stdout" 2>"$dir/err"
	if [ $? -ne 2 ] || ! grep -q ': one word too many: ' "$dir/err"; then
		echo "kvmhot $line"
		cat "$dir/err"
	fi
done <"$dir/examples" >"$dir/out"
[ ! -s "$dir/out" ] && [ "$(wc -l <"$dir/examples")" -ge 8 ]
ok "examples: the program takes them" $?

# shellcheck source=docs_completion.sh
. "$here/docs_completion.sh"

tap_end
