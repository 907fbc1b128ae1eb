# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2034,SC2181
# SPDX-License-Identifier: GPL-2.0
# More cases of reader.sh: stat's filters, keys, units and signals.

# rows: of stat, without what begins with '#' and the names of the columns
rows()
{
	grep -v -e '^#' -e '^VM ' -e '^$' "$dir/out"
}

# has NAME ROWS...: exactly these, of VM and reason, in this order
has()
{
	name=$1
	shift
	rows | awk '{ print $1 ":" $3 }' | tr '\n' ' ' >"$dir/rows"
	[ $status -eq 0 ] && [ "$(cat "$dir/rows")" = "$*${1:+ }" ]
	same=$?
	[ $same -eq 0 ] || { cat "$dir/rows" && echo; } >>"$dir/out"
	ok "stat: $name" $same
}

run stat --root "$saved" -p 901-8
has "-p" cloud_hyper:IO_INSTRUCTION cloud_hyper:CPUID
run stat --root "$saved" -p db,02 -r CPUID
has "-p: a name with a comma, -r" db,02:CPUID
run stat --root "$saved" -p 901,5120-14 -r cpuid,L2:CPUID
has "-p: two, -r: two" db,02:L2:CPUID cloud_hyper:CPUID db,02:CPUID
run stat --root "$saved" -g web-01 -r '!MSR_WRITE,!12,!1,!EPT_VIOLATION,!REASON_87'
has "-g, -r: not these" web-01:IO_INSTRUCTION web-01:CPUID web-01:INVPCID
run stat --root "$saved" -g '~b' -r 10
has "-g ~: a part of the name" web-01:CPUID db,02:CPUID
run stat --root "$saved" -g '~b' -p 4391 -r 10
has "-g and -p: both must fit" web-01:CPUID
run stat --root "$saved" --vcpu 1 -g '~b' -r '!CPUID' -k exits
has "--vcpu" web-01:MSR_WRITE web-01:EPT_VIOLATION web-01:HLT web-01:EXTERNAL_INTERRUPT \
	web-01:IO_INSTRUCTION db,02:MSR_WRITE web-01:INVPCID db,02:HLT
run stat --root "$saved" --top 2
has "--top" web-01:EPT_VIOLATION web-01:MSR_WRITE
grep -qx '# 17 rows left out (--top, --min)' "$dir/out"
ok "stat: --top says what it leaves out" $?
run stat --root "$saved" --min 0.5%
has "--min" web-01:EPT_VIOLATION web-01:MSR_WRITE
run stat --root "$saved" -r WBINVD
has "no row at all"
run stat --root "$saved" --no-header --top 1
[ $status -eq 0 ] && [ "$(wc -l <"$dir/out")" -eq 1 ]
ok "stat: --no-header" $?
refuses "stat: -g: none" 1 "no such VM: web" stat --root "$saved" -g web
refuses "stat: -g ~: none" 1 "no such VM: ~xyz" stat --root "$saved" -g '~xyz'
refuses "stat: -p: one of two is not there" 1 "no such VM: 99" stat --root "$saved" -p 901,99
refuses "stat: --vcpu: none" 1 "no vCPU 7" stat --root "$saved" --vcpu 7
refuses "stat: -r: one of two is none" 2 "-r: no such exit reason: FOO" stat -r 'CPUID,!FOO'
refuses "stat: -r: empty" 2 "-r: no such exit reason: " stat -r ''
refuses "stat: -k" 2 "-k: 'time' is not one of cost kvm vmm exits avg p50 p95 p99 max name" stat -k time
refuses "stat: --unit" 2 "--unit: 'ms' is not one of cycles us cpu" stat --unit ms
for word in "" -1 x 5%% 1e3; do
	refuses "stat: --min '$word'" 2 "--min: '$word' is not a percentage" stat "--min=$word"
done
for word in "" 0 x 1.5; do
	refuses "stat: --top '$word'" 2 "--top: '$word' is not a number of rows" stat "--top=$word"
done
cp -r "$good" "$dir/twins"
for pid in 4391 5120; do
	printf 'qemu\0-name\0twin\0' >"$dir/twins/proc/$pid/cmdline"
done
refuses "stat: -p: two of that name" 1 "twin: 2 VMs are called that: 4391-11 5120-14; say which" \
	stat --root "$dir/twins" -p twin
run stat 0.05 1 --root "$dir/twins" -g twin
[ $status -eq 0 ] && grep -q ' of 2 VMs: ' "$dir/out"
ok "stat: -g: two of that name" $?
run stat 0.05 1 --root "$dir/twins" -g '~twin'
[ $status -eq 0 ] && grep -q ' of 2 VMs: ' "$dir/out"
ok "stat: -g ~: two of that name" $?

# sorted KEY COLUMN: do its figures fall?
sorted()
{
	run stat --root "$saved" -k $1
	rows | awk -v column=$2 '
		{ unit = index("kMGT", substr($column, length($column)))
		  v = $column * 1000 ^ unit
		  if (NR > 1 && v > last) bad++
		  last = v }
		END { exit bad || NR < 15 }' && [ $status -eq 0 ]
	ok "stat: -k $1" $?
}
sorted cost 5
sorted exits 4
sorted avg 8
sorted p50 9
sorted p95 10
sorted p99 11
sorted max 12
run stat --root "$saved" --unit cpu -k kvm
cp "$dir/out" "$dir/kvm"
sorted kvm 12345
run stat --root "$saved" --unit cpu -k vmm
rows | awk 'NR > 1 && $7 > last { bad++ } { last = $7 } END { exit bad || !NR }'
ok "stat: -k vmm" $?
mv "$dir/kvm" "$dir/out"
rows | awk 'NR > 1 && $6 > last { bad++ } { last = $6 } END { exit bad || !NR }'
ok "stat: -k kvm, in CPUs" $?
run stat --root "$saved" -k name
rows | awk '{ print $1, $3 }' | LC_ALL=C sort -c && [ $status -eq 0 ]
ok "stat: -k name" $?
# Whatever a VM is called, a row has as many words.
cp -r "$good" "$dir/names"
printf 'qemu\0-name\0a b  c long enough for no column that there is\0' >"$dir/names/proc/4391/cmdline"
run snap "$dir/names.snap" --root "$dir/names"
run stat --root "$dir/names.snap"
rows | awk 'NF != 12 { bad++ } END { exit bad || NR < 15 }' && [ $status -eq 0 ] &&
	grep -q '^a_b__c_long_enough_for_no_column_that_there_is ' "$dir/out"
ok "stat: names with blanks" $?

# An interval's figures, reckoned from the files.
# figures NAME OPTIONS AWK: of web-01, AWK tells bad lines: it has n[reason, COLUMN]
# of the interval (columns of 'exits'), passed and khz
figures()
{
	fresh
	stat_options="-p 4391 $2"
	between 'rm -r "$bad/vms"; cp -r "$dir/later/vms" "$dir/later/status" "$bad"'
	rows >"$dir/rows"
	awk '
	function value(s,	unit) {
		unit = index("kMGT", substr(s, length(s)))
		return substr(s, 1, length(s) - !!unit) * 1000 ^ unit
	}
	function off(s, v,	least) {
		s = value(s) - v
		return (s < 0 ? -s : s) > v * 0.0051 + least
	}
	sign && FNR == 1 {
		match($0, /now=[0-9]*/)
		passed += sign * substr($0, RSTART + 4, RLENGTH - 4)
		match($0, /tsc_khz=[0-9]*/)
		khz = substr($0, RSTART + 8, RLENGTH - 8)
	}
	sign && !/^#/ {
		split($0, c, "\t")
		for (i = 4; i <= 21; i++)
			n[c[3], i] += sign * c[i]
		next
	}
	sign { next }
	!(($3, 4) in n) { bad++; next }
	{ rows++; '"$3"' }
	END { exit bad || rows < 6 }' sign=-1 "$good/vms/4391-11/exits" \
		sign=1 "$dir/later/vms/4391-11/exits" sign=0 "$dir/rows"
	ok "stat: from the files: $1" $?
	stat_options=
}
figures "EXITS/s" "" 'bad += off($4, n[$3, 4] * khz * 1000 / passed, 0.006)'
figures "%HOST" "" 'bad += off($5, (n[$3, 9] + n[$3, 16]) * 100 / passed, 0.051)'
figures "KVM% VMM%" "" 'bad += off($6, n[$3, 9] * 100 / (n[$3, 9] + n[$3, 16]), 0.051)
	bad += off($6 + $7, 100, 0)'
figures "CYC/EXIT" "" 'bad += off($8, n[$3, 9] / n[$3, 5], 0.006)'
figures "US/EXIT" "--unit us" 'bad += off($8, n[$3, 9] / n[$3, 5] * 1000 / khz, 0.006)'
figures "CPUS KVM VMM" "--unit cpu" 'bad += off($5, (n[$3, 9] + n[$3, 16]) / passed, 0.00051)
	bad += off($6, n[$3, 9] / passed, 0.00051); bad += off($7, n[$3, 16] / passed, 0.00051)'

# Signals.
# signalled NAME STATUS COMMAND OPTION...: stat in the background, COMMAND while it
# waits, $pid being its process
signalled()
{
	name=$1
	want=$2
	command=$3
	shift 3
	fresh
	stat_start "$@"
	eval "$command"
	wait $pid
	status=$?
	[ $status -eq "$want" ]
	ok "stat: $name: status" $?
}
for signal in INT TERM; do
	signalled "SIG$signal" 3 "kill -$signal \$pid" 60
	grep -q '^# .*: 0.00s of 2 VMs' "$dir/out" && [ "$(grep -c '^VM ' "$dir/out")" -eq 1 ] &&
		[ -z "$(sed '/counts are incomplete/d' "$dir/err")" ]
	ok "stat: SIG$signal: the block is there, and nothing else" $?
done
signalled "SIGHUP without -o" 129 'kill -HUP $pid' 60
"$kvmhot" stat 0.05 --root "$good" 2>"$dir/err" | head -n 1 >"$dir/out"
[ -s "$dir/out" ] && [ ! -s "$dir/err" ]
ok "stat: a pipe that is closed: quiet" $?
# a_block FILE
a_block() { until_true "[ \"\$(blocks '$1')\" -ge 1 ]"; }
signalled "SIGHUP with -o" 3 'a_block "$dir/log"; mv "$dir/log" "$dir/log.1"; kill -HUP $pid
	a_block "$dir/log"; kill $pid' 0.1 -o "$dir/log"
[ ! -s "$dir/out" ] && [ "$(grep -c '^VM ' "$dir/log")" -ge 1 ] &&
	[ "$(grep -c '^VM ' "$dir/log.1")" -ge 1 ] && [ "$(tail -n 1 "$dir/log.1" | cut -c 1-3)" = "VM " ]
ok "stat: SIGHUP: the old file is whole, the new one goes on" $?
run stat 0.05 1 --root "$good" -o "$dir/log.1"
[ $status -eq 0 ] && [ "$(grep -c '^VM ' "$dir/log.1")" -ge 2 ]
ok "stat: -o appends" $?
refuses "stat: -o: no such folder" 1 "$dir/none/x: No such file or directory" stat 0.05 1 --root "$good" -o "$dir/none/x"
if [ -w /dev/full ]; then
	refuses "stat: -o: a full disk" 1 "No space left" stat 0.05 1 --root "$good" -o /dev/full
fi

# What lacks: exit status 3, and why.
tree=$dir/sound
run snap "$dir/sound.snap" --root "$tree"
for verb in report tree costs hist vms "stat 0.05 1" "snap $dir/x" "diff $dir/sound.snap" "export --csv" "export --json" \
	"export --openmetrics" "export --folded"; do
	fresh
	"$kvmhot" $verb --root "$bad" >"$dir/out" 2>"$dir/err"
	[ $? -eq 0 ] && [ ! -s "$dir/err" ]
	ok "sound: $verb: 0" $?
	edit "$bad/status" "s/^dropped${tab}0/dropped${tab}4/"
	"$kvmhot" $verb --root "$bad" >"$dir/out" 2>"$dir/err"
	status=$?
	case $verb in
	# Of its interval only, in which none was dropped
	stat*) [ $status -eq 0 ] && [ ! -s "$dir/err" ] ;;
	*) [ $status -eq 3 ] && grep -qx 'kvmhot: counts are incomplete: 4 exits dropped (see kvmhot check)' "$dir/err" ;;
	esac
	ok "not sound: $verb: 3" $?
	edit "$bad/status" "s/^dropped${tab}4/dropped${tab}0/; s/^kprobes_hit${tab}1/kprobes_hit${tab}0/"
	"$kvmhot" $verb --root "$bad" >"$dir/out" 2>"$dir/err"
	[ $? -eq 3 ] && [ "$(cat "$dir/err")" = 'kvmhot: counts are incomplete: kprobes are not hit (see kvmhot check)' ]
	ok "kprobes off: $verb: 3" $?
done
# lacks NAME WHAT SED
lacks()
{
	fresh
	edit "$bad/status" "$3"
	"$kvmhot" vms --root "$bad" >"$dir/out" 2>"$dir/err"
	[ $? -eq 3 ] && [ "$(cat "$dir/err")" = "kvmhot: counts are incomplete: $2 (see kvmhot check)" ]
	ok "incomplete: $1" $?
}
lacks "disabled" "not enabled" "s/^enabled${tab}1/enabled${tab}0/"
lacks "not armed" "not armed" "s/^armed${tab}1/armed${tab}0/"
lacks "kprobes" "kprobes are not hit" "s/^kprobes_hit${tab}1/kprobes_hit${tab}0/"
lacks "TSC" "the TSC is not stable" "s/^tsc_stable${tab}1/tsc_stable${tab}0/"
lacks "missed" "kvm_exit (tracepoint) missed 7" "/kvm_exit/s/${tab}0${tab}0/${tab}7${tab}0/"
lacks "missing" "kvm_entry (tracepoint) is missing" "/kvm_entry/s/armed/missing/"
lacks "spans" "9 spans dropped" "s/^dropped_spans${tab}0/dropped_spans${tab}9/"
lacks "lost, more than vCPUs" "6 exits lost" "s/^lost${tab}3/lost${tab}6/"
lacks "all of it" "not enabled; 1 exits dropped" "s/^enabled${tab}1/enabled${tab}0/; s/^dropped${tab}0/dropped${tab}1/"
tree=$dir/good
# Stages that turn out to be unknown, more than the interval has: as much falls.
fresh
stat_options="-p 4391"
between 'awk -F "\t" -v OFS="\t" -v CONVFMT=%.0f -v OFMT=%.0f "\$3 == \"all\" { \$17 += \$12; \$12 = 0 } { print }" "$vm/stages" >"$dir/x"; cp "$dir/x" "$vm/stages"
	for f in $files; do edit "$vm/$f" "1s/now=104800000000/now=104900000000/"; done'
[ $status -eq 0 ] && ! grep -q ', unknown' "$dir/out" && grep -q 'halt 0.00' "$dir/out"
ok "stat: a stage that turned out to be unknown" $?
stat_options=
# Stopped for a while: no blocks to catch up.  How many there may be is known
# from how long it was let go on.
fresh
stat_start 0.1
a_block "$dir/out"
kill -STOP $pid
sleep 1.5
first=$(blocks "$dir/out")
begin=$(date +%s%3N)
kill -CONT $pid
until_true "[ \"\$(blocks '$dir/out')\" -gt $first ]"
sleep 0.1
more=$(($(blocks "$dir/out") - first))
passed=$(($(date +%s%3N) - begin))
kill $pid
wait $pid
[ $more -ge 1 ] && [ $more -le $((passed / 100 + 2)) ]
ok "stat: after a stop it does not catch up" $?
# Nothing is left of a file, or is made, in vain.
refuses "stat: -o, and no such VM" 1 "no such VM: nosuch" stat -p nosuch -o "$dir/none.log" --root "$good"
[ ! -e "$dir/none.log" ]
ok "stat: -o, and no such VM: no file" $?
