# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: GPL-2.0
# More cases of reader.sh: tree, export and costs, levels, coverage, and the
# files stages, user, ept, halt and ioctl.

prints "tree" tree.txt tree --root "$good"
prints "tree --all" tree-all.txt tree --all -p web-01 --root "$good"
prints "tree --vcpu" tree-vcpu.txt tree --vcpu 1 -p 4391 --root "$good"
prints "costs" costs.txt costs --root "$good"
prints "costs -p" costs-vm.txt costs -p db,02 --root "$good"
prints "export --folded" folded.txt export --folded -p web-01 --root "$good"
prints "report --vcpu" report-vcpu.txt report --vcpu 1 --root "$good"
prints "hist: level 2, and its user part" hist-level2.txt hist -p 5120 -r l2:IO_INSTRUCTION --root "$good"

# What must hold of every tree.
# hold NAME TREE: the tree, the stacks and the shares of what is in TREE
hold()
{
	run tree --all --root "$2"
	[ $status -eq 0 ] && adds_up "$dir/out"
	ok "tree: $1: each line adds up" $?
	cp "$dir/out" "$dir/tree"
	[ "$(awk '/ vCPUs?$/ { n += $3 } END { printf "%.0f", n }' "$dir/tree")" = 21600000000 ]
	ok "tree: $1: the roots are all the vCPUs' time" $?
	run export --folded --root "$2"
	[ $status -eq 0 ] && [ "$(sum_of web-01 "$dir/out")" = 9600000000 ] &&
		[ "$(sum_of db,02 "$dir/out")" = 9600000000 ] &&
		[ "$(sum_of cloud_hyper "$dir/out")" = 2400000000 ]
	ok "export: $1: the stacks are all of the time" $?
	[ -s "$dir/out" ] && ! grep -vE '^[^ ;]+(;[^ ;]+)* [1-9][0-9]*$' "$dir/out"
	ok "export: $1: all lines are stacks" $?
	{ cat "$dir/tree"; for v in costs vms "report --all"; do
		"$kvmhot" $v --root "$2"; done; } >"$dir/out"
	[ "$(wc -l <"$dir/out")" -ge 130 ] &&
		! grep -E '(^|[ (])(-[0-9]|(10[1-9]|1[1-9][0-9]|[2-9][0-9][0-9])\.[0-9]([ ,)]|$))' "$dir/out"
	ok "$1: nothing is negative, no share beyond 100 %" $?
}
hold "as it should be" "$good"
# If these did not fail, the ones above would say nothing.
run tree --all --root "$good"
sed 's/\(.* \)24174156\( .*\)/\124174157\2/' "$dir/out" >"$dir/tree"
! adds_up "$dir/tree"
ok "tree: a cycle too many is seen" $?
run tree --root "$good"
! adds_up "$dir/out"
ok "tree: lines that are not shown are missed" $?

# Rows that were read later than others have more.
fresh
field "$vm/stages" 4 7 9000000000
field "$vm/stages" 5 15 7000000000
field "$vm/stages" 6 12 6000000000
hold "reasons with more than their vCPU" "$bad"
fresh
field "$vm/ept" 3 5 900; field "$vm/ept" 3 6 8000000000
field "$vm/ept" 3 8 9000000; field "$vm/ept" 3 9 "10240:750 8388608:150"
field "$vm/ept" 3 12 7994852910
field "$vm/user" 3 7 95; field "$vm/user" 3 8 19000000000
field "$vm/user" 3 10 200000000; field "$vm/user" 3 12 "28672:5 184549376:90"
hold "spans longer than their stage" "$bad"

# lines_of FILE: how many lines of trees there are
lines_of() { awk '$3 $4 ~ /^[0-9]+$/ { n++ } END { print n + 0 }' "$1"; }
run tree --root "$good"
shown=$(lines_of "$dir/out")
hidden=$(sed -n 's/^and \([0-9]*\) lines below 1 % of the one above (--all)$/\1/p' "$dir/out")
run tree --all --root "$good"
[ "$shown" -gt 20 ] && [ $((shown + hidden)) -eq "$(lines_of "$dir/out")" ] && ! grep -q '^and ' "$dir/out"
ok "tree: what is not shown is counted" $?
run tree --all --vcpu 1 --root "$good"
[ $status -eq 0 ] && adds_up "$dir/out" && grep -q '^ 100.0  2.00k 4800000000 .*web-01 (4391-11), vCPU 1$' "$dir/out" &&
	! grep -q cloud "$dir/out"
ok "tree --vcpu: one vCPU's time, of the VMs that have it" $?
LC_ALL=C.UTF-8 "$kvmhot" tree -p 4391 --root "$good" | sed 's/│/|/g; s/├─/|-/g; s/└─/`-/g' >"$dir/out"
"$kvmhot" tree -p 4391 --root "$good" >"$dir/tree"
cmp -s "$dir/out" "$dir/tree" && LC_ALL=C.UTF-8 "$kvmhot" tree -p 4391 --root "$good" | grep -q '├─ guest'
ok "tree: lines are drawn where the locale can" $?
fresh
field "$vm/ioctl" 5 6 90000; field "$vm/ioctl" 5 8 30000; field "$vm/ioctl" 5 9 "1792:3 28672:3"
run tree --all -p 4391 --root "$bad"
[ $status -eq 0 ] && adds_up "$dir/out" && grep -q ' ioctl .*those of other threads' "$dir/out" &&
	! grep -q KVM_GET_REGS "$dir/out"
ok "tree: ioctls of other threads are not taken for the vCPU's" $?
fresh
printf 'qemu\0-name\0a;b c\0' >"$bad/proc/4391/cmdline"
run export --folded -p 4391-11 --root "$bad"
[ $status -eq 0 ] && ! grep -qv '^a_b_c;' "$dir/out"
ok "export: a name with a semicolon and a blank" $?
for pid in 4391 5120; do
	printf 'qemu\0-name\0twin\0' >"$bad/proc/$pid/cmdline"
done
run export --folded --root "$bad"
[ $status -eq 0 ] && [ "$(sum_of twin_4391-11 "$dir/out")" = 9600000000 ] &&
	[ "$(sum_of twin_5120-14 "$dir/out")" = 9600000000 ]
ok "export: two VMs of one name are two" $?
fresh
for file in $files; do
	edit "$vm/$file" '3,$d'
done
prints "tree: a VM of which there is nothing" tree-idle.txt tree -p 4391 --root "$bad"
prints "costs: a VM of which there is nothing" costs-idle.txt costs -p 4391 --root "$bad"
run export --folded -p 4391 --root "$bad"
[ $status -eq 0 ] && [ ! -s "$dir/out" ] && [ ! -s "$dir/err" ]
ok "export: a VM of which there is nothing" $?

fresh
vm=$bad/vms/5120-14
awk -F'\t' -v OFS='\t' '$3 == "all" { $12 = sprintf("%.0f", $6 + $12); $6 = 0 }
	{ print }' "$vm/stages" >"$dir/tmp" && cat "$dir/tmp" >"$vm/stages"
run costs -p db,02 --root "$bad"
[ $status -eq 0 ] && grep -q '^  time (TSC)  *(open, lost): block  *8.69G  *3.62k  *90.5 the' "$dir/out"
ok "costs: the time of what is open" $?

# Levels, shares, coverage.
run report --all --root "$good"
[ "$(grep -cE '^  (L2:)?CPUID ' "$dir/out")" -eq 4 ] && grep -q '^  CPUID  *20 ' "$dir/out" &&
	grep -q '^  L2:CPUID  *50 ' "$dir/out"
ok "report: levels are apart" $?
awk '$2 ~ /^[0-9]/ && NF == 16 && $1 ~ /^[A-Z]/ { n++; bad += $6 + $7 != 100 } END { exit bad || n < 10 }' "$dir/out"
ok "report: KVM% and VMM% add up to 100" $?
fresh
field "$bad/vms/901-8/exits" 4 9 1
field "$bad/vms/901-8/exits" 4 16 1999
run report -p 901 --root "$bad"
grep -q '^  IO_INSTRUCTION .*  *0.1  *99.9  *10.0 ' "$dir/out"
ok "report: KVM% and VMM% are not both rounded up" $?
run report --all --root "$good"
[ "$(awk 'length > 120' "$dir/out" | grep -cE '^  (REASON|[A-Z0-9:_]+ )')" -eq 0 ]
ok "report: the table is not wider than 120 columns" $?
for word in CPUID 10 REASON_10; do
	run hist -p 5120 -r $word --root "$good"
	[ $status -eq 0 ] && grep -q ', CPUID, .* of 20 exits$' "$dir/out"
	ok "hist -r $word: level 1" $?
	run hist -p 5120 -r L2:$word --root "$good"
	[ $status -eq 0 ] && grep -q ', L2:CPUID, .* of 50 exits$' "$dir/out"
	ok "hist -r L2:$word: level 2" $?
done
refuses "hist: no such reason of level 2" 1 "with reason L2:HLT" hist -r L2:HLT --root "$good"
refuses "hist: no such reason at all" 2 "no such exit reason: L2:FOO" hist -r L2:FOO --root "$good"
refuses "hist: a number too large" 2 "-r: L2:128: exit reasons" hist -r L2:128 --root "$good"
fresh; edit "$bad/status" "s/^detail${tab}0/detail${tab}1/"
run report --root "$bad"
[ $status -eq 0 ] && sed 1q "$dir/out" | grep -q '; detail is on$'
ok "report: detail is on" $?

fresh; field "$vm/stages" 3 19 999999999
run tree --root "$bad"
[ $status -eq 0 ]
ok "stages: a call of a vCPU's own row that began before a reset" $?

# Damage.
fresh; edit "$bad/status" '/^detail/d'
damaged "status: no detail" "status: no row 'detail'"
fresh; echo "vm${tab}4391-11${tab}1${tab}1" >>"$bad/status"
damaged "status: vm twice" "vm 4391-11: a second time"
fresh; echo "vm${tab}1-1${tab}1" >>"$bad/status"
damaged "status: vm of 3 columns" "3 columns, not 4"
fresh; echo "vm${tab}1-1${tab}1${tab}x" >>"$bad/status"
damaged "status: vm, KVM's exits no number" "kvm_exits: 'x' is not a number"
fresh; echo "vm${tab}$(printf '%040d' 1)${tab}1${tab}1" >>"$bad/status"
damaged "status: vm, a name too long" "is not a VM's name"
# no_word FILE COLUMN WHAT WORD
no_word()
{
	fresh; field "$vm/$1" 4 $2 "$4"
	damaged "$1: $3 '$4'" "$1: line 4: $3: '$4' is not known"
}
for word in 0 3 "" -; do
	no_word exits 22 level "$word"
	no_word hist 9 level "$word"
	no_word stages 4 level "$word"
	no_word user 4 level "$word"
	no_word ept 4 level "$word"
done
no_word ept 2 access exec
no_word ept 3 present 2
fresh; field "$vm/ept" 4 3 -
damaged "ept: a class without present" "ept: line 4: present: '-', but access read"
fresh; field "$vm/ept" 4 2 unseen
damaged "ept: no class, but present" "ept: line 4: present: '0', but access unseen"
fresh; field "$vm/ept" 4 12 9264248
damaged "ept: a cycle too many" "ept: line 4: cycles is 12352500, but irq to enter add up to 12352501"
fresh; field "$vm/ept" 4 23 9264248
damaged "ept: more in ept than in handle" "ept: line 4: ept is 9264248, but handle 9264247"
fresh; field "$vm/ept" 4 15 18446744073709551615
damaged "ept: a row overflows" "ept: line 4: stages: the sum is too large"
no_word halt 2 stage sleep
no_word ioctl 4 result EFAULT
for file in exits hist stages user; do
	fresh; field "$vm/$file" 4 2 65536
	damaged "$file: reason 65536" "line 4: reason: '65536' is too large"
done
fresh; field "$vm/user" 4 5 65536
damaged "user: run 65536" "line 4: run: '65536' is too large"
fresh; field "$vm/user" 4 11 x
damaged "user: away no number" "line 4: away_cycles: 'x' is not a number"
for word in 44672 0x 0xg 0xae8z "" x; do
	fresh; field "$vm/ioctl" 4 2 "$word"
	damaged "ioctl: cmd '$word'" "line 4: cmd: '$word' is not a number 0x..."
done
fresh; field "$vm/ioctl" 4 2 0x100000000
damaged "ioctl: cmd 2^32" "line 4: cmd: '0x100000000' is too large"
# Where 'timed' is
for at in hist:4 user:7 ept:5 halt:3 ioctl:5; do
	file=${at%:*} n=${at#*:}
	fresh; field "$vm/$file" 4 $n 1
	damaged "$file: not the sum of the buckets" "$file: line 4: timed is 1, but the sum"
	fresh; field "$vm/$file" 4 $n 0
	damaged "$file: no spans" "$file: line 4: timed is 0"
	fresh; field "$vm/$file" 4 $((n + 1)) 1
	damaged "$file: fewer cycles than min" "cycles / timed is not between min and max"
	fresh; field "$vm/$file" 4 $((n + 2)) 1
	damaged "$file: min is not in the first bucket" "min is 1, but the first bucket"
	fresh; field "$vm/$file" 4 $((n + 3)) 99999999
	damaged "$file: max is not in the last bucket" "max is 99999999, but the last bucket"
	buckets=$((n + 4))
	[ $file != user ] || buckets=$((n + 5))
	fresh; field "$vm/$file" 4 $buckets "1000:1"
	damaged "$file: no such bucket" "no bucket begins at 1000"
done
fresh; field "$vm/stages" 3 6 2338306561
damaged "stages: a cycle too many" "stages: line 3: the stages add up to 4800000001, but now - since to 4800000000"
fresh; field "$vm/stages" 3 21 104800000001
damaged "stages: a cycle too few" "line 3: the stages add up to 4800000000, but now - since to 4800000001"
fresh; field "$vm/stages" 3 21 99999999999
damaged "stages: now before since" "line 3: now is before since"
fresh; field "$vm/stages" 4 21 99999999999
damaged "stages: now before since, of a reason" "line 4: now is before since"
fresh; field "$vm/stages" 4 19 30882541
damaged "stages: more in ept than in handle" "line 4: ept is 30882541, but handle 30882540"
fresh; field "$vm/stages" 4 18 1
damaged "stages: a reason with unknown" "line 4: unknown is not 0"
fresh; field "$vm/stages" 4 5 0
damaged "stages: a reason without exits" "line 4: exits is 0"
fresh; edit "$vm/stages" 3d
damaged "stages: no row of the vCPU" "line 3: no row of vCPU 0 itself before this one"
fresh; field "$vm/stages" 4 1 7
damaged "stages: no row of another vCPU" "line 4: no row of vCPU 7 itself before this one"
fresh; field "$vm/stages" 3 3 one
damaged "stages: the vCPU's row has another name" "line 3: a vCPU's own row has name all and level -"
fresh; field "$vm/stages" 3 4 1
damaged "stages: the vCPU's row has a level" "line 3: a vCPU's own row has name all and level -"
fresh; field "$vm/stages" 4 7 18446744073709551615
damaged "stages: a row overflows" "line 4: stages: the sum is too large"
fresh
# Both rows of their own: all of 2^64 - 1 in the guest
awk -F'\t' -v OFS='\t' '$3 == "all" {
		for (i = 6; i <= 21; i++)
			$i = i == 6 || i == 21 ? "18446744073709551615" : 0
	}
	{ print }' "$vm/stages" >"$dir/tmp" && cat "$dir/tmp" >"$vm/stages"
damaged "stages: two vCPUs overflow" "stages: the sum is too large"

# The command line.
refuses "export without a format" 2 "export: say in which format: " export --root "$good"
refuses "--folded is export's" 2 "tree: does not take --folded" tree --folded
refuses "costs takes no --vcpu" 2 "costs: does not take --vcpu" costs --vcpu 1
refuses "costs takes no --all" 2 "costs: does not take --all" costs --all
for verb in tree costs "export --folded"; do
	refuses "$verb: a word too many" 2 "one word too many: now" $verb now
	refuses "$verb: no such VM" 1 "no such VM: web-03" $verb -p web-03 --root "$good"
done
for verb in tree report "export --folded"; do
	refuses "$verb: no such vCPU" 1 "no vCPU 77" $verb --vcpu 77 --root "$good"
	refuses "$verb: no such vCPU of a VM" 1 "no vCPU 1 of 901" $verb --vcpu 1 -p 901 --root "$good"
done
