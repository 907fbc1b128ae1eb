# shellcheck shell=sh disable=SC2154,SC2016,SC2086,SC2034
# SPDX-License-Identifier: GPL-2.0
# The cases of reader.sh, which reads this file and has the helpers.

# What it prints.
prints "report" report.txt report --root "$dir/good"
prints "report --all" report-all.txt report --all --root "$dir/good"
prints "report -p by name" report-vm.txt report -p db,02 --root "$dir/good"
prints "report -p by PID" report-vm.txt report -p 5120 --root "$dir/good"
prints "report --vm by PID-FD" report-vm.txt --root "$dir/good" report --vm 5120-14
prints "hist: the costliest" hist.txt hist --root "$dir/good"
prints "hist -p: buckets one by one" hist-vm.txt hist -p 901-8 -r cpuid --root "$dir/good"
prints "hist -r by number" hist-number.txt hist -r 58 --root "$dir/good"
prints "hist -r REASON_n" hist-unnamed.txt hist -r REASON_87 --root "$dir/good"
prints "hist --vcpu" hist-vcpu.txt hist --vcpu 1 -r IO_INSTRUCTION --root="$dir/good"
prints "vms" vms.txt vms --root "$dir/good"
prints "--help" help.txt --help
prints "--help --all" help-all.txt --help --all
prints "report --help" help-report-brief.txt report --help
for verb in report tree costs hist vms stat export reset check; do
	prints "$verb --help --all" help-$verb.txt $verb --help --all
done
prints "--version" version.txt --version

# Trees that are unusual, but good.
fresh
rm -r "$bad"/vms/*
prints "no VMs" vms-none.txt vms --root "$bad"
prints "no VMs: report" report-none.txt report --root "$bad"
refuses "no VMs: hist" 1 "no timed exits" hist --root "$bad"
fresh
for file in $files; do
	edit "$vm/$file" "/^[0-9]/s/\$/${tab}7${tab}new/; 1s/ comm=/ more=1 comm=/"
done
edit "$bad/status" "s/\$/${tab}more/"
echo "novel${tab}x" >>"$bad/status"
edit "$bad/status" "1s/${tab}more//"
prints "columns, keys and rows that are not known" report.txt report --root "$bad"
fresh
for file in $files; do
	edit "$vm/$file" '3,$d'
done
prints "a VM without exits" report-idle.txt report --root "$bad"
fresh
edit "$bad/status" "s/^\\(enabled\\|armed\\|tsc_stable\\)${tab}1/\\1${tab}0/
	s/${tab}armed${tab}[1-9]/${tab}off${tab}7/
	s/^\\(forgotten.*\\)0\$/\\17/
	s/^kprobes_hit${tab}1/kprobes_hit${tab}0/
	/^own_/d"
prints "not enabled, kprobes off, TSC unstable, VMs forgotten, own cost not timed" report-off.txt report -p 901 --root "$bad"
cp -r "$dir/good" "$dir/cp"
prints "a copy of a copy" report.txt report --root "$dir/cp"

fresh
edit "$vm/hist" "/INVPCID/s/${tab}5${tab}2${tab}3${tab}.*/${tab}38${tab}2${tab}36${tab}2:1 36:1${tab}1/"
run hist -r 58 --root "$bad"
[ $status -eq 0 ] && [ "$(grep -c '|' "$dir/out")" -eq 24 ]
ok "hist: 24 buckets, 24 rows" $?
edit "$vm/hist" "/INVPCID/s/${tab}36${tab}2:1 36:1/${tab}40${tab}2:1 40:1/"
run hist -r 58 --root "$bad"
[ $status -eq 0 ] && [ "$(grep -c '|' "$dir/out")" -eq 4 ] && grep -q "8 buckets to a row" "$dir/out"
ok "hist: 25 buckets, 4 rows" $?
fresh
field "$vm/exits" 9 9 500000
run report --root "$bad"
grep -q "REASON_87  *1 .* 0.4 " "$dir/out"
ok "report: a seldom, but costly reason is shown" $?

# threshold NAME SHOWN EXITS CYCLES OTHER-EXITS OTHER-CYCLES: has the report a
# line for the one reason of two (1, or 0)?
threshold()
{
	fresh
	vm=$bad/vms/901-8
	for column in 4 5 9; do
		case $column in 9) one=$4 other=$6 ;; *) one=$3 other=$5 ;; esac
		field "$vm/exits" 3 $column $one
		field "$vm/exits" 4 $column $other
	done
	run report -p 901-8 --root "$bad"
	[ $status -eq 0 ] && [ "$(grep -c '^  CPUID ' "$dir/out")" -eq "$2" ] &&
		[ "$(grep -c 'and 1 reason with' "$dir/out")" -eq $((1 - $2)) ]
	ok "report: $1" $?
}
threshold "exits, 1 of 1000" 1 1 0 999 1000000
threshold "exits, 1 of 1001" 0 1 0 1000 1000000
threshold "exits, 1 of 1999" 0 1 0 1998 1000000
threshold "cycles, 1 of 1000" 1 1 1 9999 999
threshold "cycles, 1 of 1999" 0 1 1 9999 1998
threshold "cycles, 0.1 % of nearly 2^64" 1 1 18446744073709550 9999 18428297329635840450
threshold "cycles, just less" 0 1 18446744073709550 9999 18428297329635840451
threshold "cycles, of which a thousandfold is beyond 2^64" 1 1 36893488147419104 9999 18409850585562132511

# Names.
# called NAME WANT COMMAND-LINE...: what VM 4391-11 is called then
called()
{
	name=$1
	want=$2
	shift 2
	fresh
	printf '%s\0' "$@" >"$bad/proc/4391/cmdline"
	run report -p 4391-11 --root "$bad"
	grep -qF -e "$want (4391-11, running" "$dir/out"
	ok "name: $name" $?
}
called "-name foo" foo qemu -name foo -m 1
called "-name foo,process=x" foo qemu -name foo,process=x
called "-name guest=foo,debug-threads=on" foo qemu -name guest=foo,debug-threads=on
called "guest= behind process=" foo qemu -name process=x,guest=foo
called "-name a,,b: a comma in it" "a,b" qemu -name "a,,b"
called "guest=a,,,debug-threads=on" "a," qemu -name "guest=a,,,debug-threads=on"
called "--name" foo qemu --name foo
called "control characters" "a?[31mb?_" qemu -name "$(printf 'a\033[31mb\n_')"
called "not ASCII" "a??b" qemu -name "$(printf 'a\303\244b')"
called "-name is a value" "qemu-system-x86" qemu -append "-name foo"
called "-name without a value" "qemu-system-x86" qemu -name
called "a flag behind it" foo qemu -name foo,flag
called "-name -name" "-name" qemu -name -name foo
called "the last of two" "two" qemu -name one -name two
called "none: comm" "qemu-system-x86" qemu -m 1
fresh
rm -r "$bad/proc"
for file in $files; do
	edit "$vm/$file" '1s/comm=.*/comm=/'
done
run report -p 4391-11 --root "$bad"
grep -q '^4391-11 (4391-11, running' "$dir/out"
ok "name: no comm either: PID-FD" $?
fresh
for pid in 4391 5120; do
	printf 'qemu\0-name\0twin\0' >"$bad/proc/$pid/cmdline"
done
refuses "name: ambiguous" 1 "4391-11 5120-14; say which" report -p twin --root "$bad"

# stat: a later reading takes the place of the first while it waits.
fresh
between 'rm -r "$bad/vms"; cp -r "$dir/later/vms" "$dir/later/status" "$bad"'
shows "stat" stat.txt
fresh
mv "$vm" "$dir/aside"
between 'mv "$dir/aside" "$vm"; rm -r "$bad/vms/5120-14"'
shows "stat: a new VM, and one that is gone" stat-new.txt
fresh
between 'for f in $files; do
	sed "s/since=100000000000/since=104800000000/; s/now=[0-9]*/now=109600000000/" \
		"$dir/later/vms/4391-11/$f" >"$vm/$f"
	edit "$bad/vms/5120-14/$f" "s/state=running/state=ended/"; done'
shows "stat: a reset and an end" stat-reset.txt
fresh
between 'remade "$bad"'
[ $status -eq 0 ] && grep -qx '# web-01 (4391-11.1): ended' "$dir/clean" &&
	grep -qx '# web-01 (4391-11): new, its figures are of the 2.00s' "$dir/clean" &&
	[ "$(grep -c '^# .*(4391' "$dir/clean")" -eq 2 ] && ! grep -q gone "$dir/clean"
ok "stat: another VM has the name of one that ended: both are known" $?
# Of the one that ended as much as if it had kept its name
grep '^web-01' "$dir/clean" | sort >"$dir/both"
fresh
between 'for f in $files; do
	sed "1s/state=running/state=ended/" "$dir/later/vms/4391-11/$f" >"$vm/$f"; done'
grep '^web-01' "$dir/clean" | sort >"$dir/one"
[ -s "$dir/one" ] && [ -z "$(comm -13 "$dir/both" "$dir/one")" ]
ok "stat: of the one that ended only the interval" $?
fresh
remade "$bad"
run report -p 4391 --root "$bad"
[ $status -eq 0 ] && grep -q '(4391-11, running' "$dir/out" && ! grep -q '4391-11\.1' "$dir/out"
ok "-p PID: the VM that has KVM's name" $?
run report -p 4391-11.1 --root "$bad"
[ $status -eq 0 ] && grep -q '(4391-11.1, ended' "$dir/out"
ok "-p PID-FD.N: the one that ended" $?
for verb in vms tree costs "export --json" "export --openmetrics" "export --csv"; do
	# shellcheck disable=SC2086
	run $verb --root "$bad"
	[ $status -eq 0 ] && grep -qF 4391-11.1 "$dir/out"
	ok "PID-FD.N: $verb" $?
done
fresh
rm -r "$bad/vms" && cp -r "$dir/later/vms" "$bad/vms"
between 'rm -r "$bad/vms"; cp -r "$dir/good/vms" "$bad"'
[ $status -eq 0 ] && [ "$(grep -c 'reset, its figures' "$dir/clean")" -eq 3 ] &&
	! grep -q -e ' -[0-9]' "$dir/clean"
ok "stat: figures that fall give nothing negative" $?
fresh
between 'edit "$bad/status" "s/^vm${tab}4391-11.*/vm${tab}4391-11${tab}70${tab}70${tab}2/"'
[ $status -eq 0 ] && grep -q '^# coverage 100.00 %,' "$dir/clean" &&
	[ "$(grep -c "^# web-01 (4391-11): KVM's count of its exits was cleared, coverage is of the time since\$" "$dir/clean")" -eq 1 ]
ok "stat: KVM's count was cleared" $?
fresh
run stat 0.05 3 -p web-01 --root "$bad"
[ $status -eq 0 ] && [ "$(grep -c '^VM ' "$dir/out")" -eq 3 ]
ok "stat: three blocks" $?
fresh
after_block 0.1 'rm "$bad/status"'
[ $status -eq 1 ] && grep -q "status: No such file" "$dir/err"
ok "stat: ends with 1 when the tree goes" $?

fresh
stat_options="-p web-01"
between 'rm -r "$bad/vms"; cp -r "$dir/later/vms" "$dir/later/status" "$bad"'
[ $status -eq 0 ] && grep -q '^# .*: 2.00s of 1 VM: 9.21k exits/s, ' "$dir/out" &&
	! grep -q -e '^db' -e '^cloud' "$dir/out"
ok "stat -p: counts that VM only" $?
fresh
between 'edit "$vm/vcpus" "/^0/s/${tab}0${tab}0${tab}/${tab}4${tab}5${tab}/"
	edit "$bad/status" "s/^dropped\t.*/dropped${tab}6/"'
[ $status -eq 0 ] && grep -q ', dropped 6, lost 5$' "$dir/out"
ok "stat -p: lost is the VM's, dropped the host's" $?
stat_options=
# The next block is the last; it may have been under way.
one_more()
{
	more=$(($(blocks "$dir/out") - seen))
	[ $more -eq 1 ] || [ $more -eq 2 ]
}
fresh
after_block 0.3 'rm -r "$vm"'
[ $status -eq 1 ] && [ "$(cat "$dir/err")" = "kvmhot: stat: web-01 is gone" ] &&
	one_more && grep -qx '# web-01 (4391-11): gone' "$dir/out"
ok "stat -p: stops when the VM is gone" $?
fresh
after_block 0.3 'for f in $files; do edit "$vm/$f" 1s/running/ended/; done'
[ $status -eq 1 ] && [ "$(cat "$dir/err")" = "kvmhot: stat: web-01 has ended" ] &&
	one_more && grep -q ': ended$' "$dir/out"
ok "stat -p: stops when the VM has ended" $?
fresh
run stat 0.05 1 -p 901 --root "$bad"
[ $status -eq 0 ] && grep -q ': 0.00s of 0 VMs: 0.00 exits/s, ' "$dir/out"
ok "stat -p: one interval of an ended VM is no failure" $?

# Damage.
fresh; rm -r "$bad"
damaged "no tree" "bad: No such file or directory"
fresh; rm "$bad/status"
damaged "no status" "bad/status: No such file or directory"
fresh; rm -r "$bad/vms"
damaged "no vms" "bad/vms: No such file or directory"
for file in $files; do
	damage "$file" 5
	fresh; rm "$vm/$file"
	damaged "$file: missing" "4391-11/$file: No such file or directory"
done
fresh; field "$vm/exits" 4 4 9223372036854775808
damaged "exits: not timed + open + lost" "line 4: exits is 9223372036854775808, but timed + open + lost 400"
fresh; field "$vm/exits" 4 7 18446744073709551615
damaged "exits: their sum overflows" "line 4: lost: the sum is too large"
fresh; field "$vm/exits" 4 9 18446744073709551615
damaged "exits: the cycles of two vCPUs overflow" "cycles: the sum is too large"
fresh; field "$vm/vcpus" 3 9 18446744073709551615
damaged "vcpus: the cycles of two vCPUs overflow" "kvm_cycles: the sum is too large"
fresh; field "$vm/hist" 4 4 401
damaged "hist: not the sum of the buckets" "line 4: timed is 401, but the sum of the buckets 400"
fresh; field "$vm/hist" 4 4 0
damaged "hist: timed 0" "line 4: timed is 0"
fresh; field "$vm/hist" 4 5 1
damaged "hist: cycles too few" "cycles / timed is not between min and max"
fresh; field "$vm/hist" 4 6 1
damaged "hist: min not in the first bucket" "min is 1, but the first bucket 3584"
fresh; field "$vm/hist" 4 7 9
damaged "hist: max not in the last bucket" "max is 9, but the last bucket 180224"
for word in "" "3584" "3584:" ":1" "3584:x" "3584:1  3585:1" "3584:1 "; do
	fresh; field "$vm/hist" 4 8 "$word"
	damaged "hist: buckets '$word'" "4391-11/hist: line 4: "
done
fresh; field "$vm/hist" 4 8 "3584:1 3585:399"
damaged "hist: no such bucket" "no bucket begins at 3585"
fresh; field "$vm/hist" 4 8 "3584:1 4096:398 3840:1"
damaged "hist: not in order" "bucket 3840 is not in order"
fresh; field "$vm/hist" 4 8 "3584:1 3584:399"
damaged "hist: a bucket twice" "bucket 3584 is not in order"
fresh; field "$vm/hist" 4 8 "3584:400 180224:0"
damaged "hist: an empty bucket" "bucket 180224 is empty"
fresh; field "$vm/hist" 4 8 "3584:18446744073709551615 180224:401"
damaged "hist: the counts overflow" "counts: the sum is too large"
fresh; : >"$bad/status"
damaged "status: empty" "status: line 1: nothing there"
fresh; edit "$bad/status" '1s/abi 2/abi 3/'
damaged "status: another abi" "status: line 1: abi 3, but this kvmhot reads only 2"
fresh; edit "$bad/status" '/^lost/d'
damaged "status: no lost" "status: no row 'lost'"
fresh; edit "$bad/status" "s/^lost${tab}/lost /"
damaged "status: a row of one column" "status: line 20: 1 columns, not 2"
fresh; edit "$bad/status" "s/^lost${tab}3/lost${tab}many/"
damaged "status: lost no number" "lost: 'many' is not a number"
fresh; echo "lost${tab}3" >>"$bad/status"
damaged "status: lost twice" "lost: a second time"
fresh; edit "$bad/status" "s/${tab}no exits at all\$//"
damaged "status: a hook of 8 columns" "8 columns, not 9"
fresh; edit "$bad/status" "s/${tab}-2${tab}/${tab}ENOENT${tab}/"
damaged "status: error no number" "error: 'ENOENT' is not a number"
fresh; mkdir "$bad/vms/$(printf '%040d' 1)"
damaged "vms: a name too long" "a name too long for a VM's"
fresh; : >"$bad/vms/1-1"
damaged "vms: a file" "Not a directory"
fresh; field "$vm/exits" 4 1 "$(printf 'a\033b')"
damaged "no control character gets out" "vcpu: 'a?b' is not a number"

# The command line.
run --root "$dir/good"
[ $status -eq 0 ] && grep -q '^VM  *PID REASON ' "$dir/out"
ok "no verb, and no terminal: stat" $?
refuses "no verb, but an option that is not stat's" 2 "stat: does not take --all" --all
refuses "verb unknown" 2 "no such verb: trees" trees
refuses "option unknown" 2 "'--frob'" vms --frob
refuses "letter unknown" 2 "'x'" vms -x
refuses "option without its value" 2 "'p'" report -p
refuses "--root without its value" 2 "'--root'" vms --root
refuses "an option of another verb" 2 "vms: does not take --all" vms -a
refuses "an option of another verb: --vcpu" 2 "vms: does not take --vcpu" vms --vcpu 1
refuses "a word too many" 2 "one word too many: now" vms now
refuses "a word too many: stat" 2 "one word too many: 3" stat 1 2 3
for word in "" x -1 1x 99999999999 1.5; do
	refuses "--vcpu '$word'" 2 "--vcpu: '$word'" hist "--vcpu=$word"
done
for word in "" x 0 0.001 nan inf 0x1 1e3 1.2.3 . 1s 9999999; do
	refuses "interval '$word'" 2 "'$word' is not an interval" stat "$word"
done
refuses "interval -1" 2 "stat: does not take --once" stat -1
for word in "" x 0 1.5 1x 99999999999999999999; do
	refuses "count '$word'" 2 "'$word' is not a number of intervals" stat 1 "$word"
done
refuses "no such VM" 1 "no such VM: web-03" report -p web-03 --root "$dir/good"
refuses "no such VM: hist" 1 "no such VM: web-03" hist -p web-03 --root "$dir/good"
refuses "no such VM: stat" 1 "no such VM: web-03" stat -p web-03 --root "$dir/good"
refuses "no such VM: reset" 1 "no such VM: web-03" reset web-03 --root "$dir/good"
refuses "no such reason" 2 "no such exit reason: FOO" hist -r FOO --root "$dir/good"
for word in 128 REASON_128 65535 18446744073709551616; do
	refuses "reason $word" 2 "-r: $word: exit reasons have numbers 0..127" hist -r $word --root "$dir/good"
done
refuses "reason 127" 1 "no timed exits with reason 127" hist -r 127 --root "$dir/good"
refuses "reason 12x" 2 "no such exit reason: 12x" hist -r 12x --root "$dir/good"
refuses "a reason that did not occur" 1 "no timed exits with reason WBINVD" hist -r WBINVD --root "$dir/good"
refuses "a vCPU that is not there" 1 "no vCPU 77" hist --vcpu 77 --root "$dir/good"
refuses "reset of a copy without the file" 1 "a copy cannot be reset" reset --root "$dir/good"
cp -r "$dir/good" "$dir/plain"
echo as-it-was >"$dir/plain/reset"
refuses "reset of a copy with the file" 1 "a copy cannot be reset" reset all --root "$dir/plain"
[ "$(cat "$dir/plain/reset")" = as-it-was ]
ok "reset left the copy as it was" $?
refuses "reset without a tree" 1 "nowhere: No such file" reset --root "$dir/nowhere"
if [ ! -e /sys/kernel/debug/kvmhot ] && [ -r /sys/kernel/debug ]; then
	refuses "module not loaded" 1 "/sys/kernel/debug/kvmhot: not there: is the module loaded, debugfs mounted?" report
else
	nr=$((nr + 1))
	echo "ok $nr module not loaded # SKIP it is, or not ours to see"
fi
if [ -w /dev/full ]; then
	"$kvmhot" vms --root "$dir/good" >/dev/full 2>"$dir/err"
	[ $? -eq 1 ] && grep -q "standard output: No space left" "$dir/err"
	ok "a full disk is a failure" $?
fi
