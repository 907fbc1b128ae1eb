# shellcheck shell=sh disable=SC2154,SC2016,SC2086
# SPDX-License-Identifier: GPL-2.0
# More cases of reader.sh: snap, and diff.

# What a verb says of the file is what it says of the tree.
for verb in report "report --all" tree costs hist "hist -p 901 -r CPUID" "hist --vcpu 1" vms "export --folded" \
	"export --csv"; do
	run $verb --root "$good"
	cp "$dir/out" "$dir/tree.out"
	run $verb --root "$saved"
	[ $status -eq 0 ] && [ -s "$dir/out" ] && cmp "$dir/out" "$dir/tree.out"
	ok "snap: $verb: as of the tree" $?
done
run snap - --root "$good"
[ $status -eq 0 ] && sed 1d "$saved" >"$dir/x" && sed 1d "$dir/out" | cmp - "$dir/x"
ok "snap: into standard output" $?
head -n 1 "$saved" | grep -q '^# kvmhot abi 2 snap time=[0-9]* kernel=[^ ]* host=[^ ]*$'
ok "snap: its first line" $?
run snap "$dir/again.snap" --root "$saved"
run report --all --root "$dir/again.snap"
cp "$dir/out" "$dir/again.out"
run report --all --root "$saved"
cmp "$dir/out" "$dir/again.out"
ok "snap: of a file" $?
# names and counts are of the time of snap
cp -r "$good" "$dir/gone"
run snap "$dir/gone.snap" --root "$dir/gone"
rm -r "$dir/gone"
run vms --root "$dir/gone.snap"
[ $status -eq 0 ] && grep -q '^db,02 ' "$dir/out"
ok "snap: has the names" $?
refuses "snap: without a file" 2 "snap: into which file?" snap --root "$good"
refuses "snap: no such folder" 1 "$dir/none/x: No such file or directory" snap "$dir/none/x" --root "$good"
refuses "snap: a file cannot be reset" 1 "good.snap/reset: not debugfs: a copy cannot be reset" reset --root "$saved"

# It appears whole, or not at all.
mkdir "$dir/place"
echo before >"$dir/place/x"
fresh; edit "$vm/halt" '1s/abi 2/abi 3/'
refuses "snap: of a damaged tree" 1 "halt: line 1: abi 3" snap "$dir/place/x" --root "$bad"
[ "$(cat "$dir/place/x")" = before ] && [ "$(ls "$dir/place")" = x ]
ok "snap: what was there stays, and nothing else is left" $?
run snap "$dir/place/x" --root "$good"
[ $status -eq 0 ] && [ "$(ls "$dir/place")" = x ] && sed 1d "$dir/place/x" | cmp - "$dir/x"
ok "snap: takes its place" $?

# Damaged files: each error names the file.
# broken NAME MESSAGE: of $dir/broken
broken()
{
	refuses "damage: snap: $1" 1 "$dir/broken: $2" vms --root "$dir/broken"
}
bytes=$(wc -c <"$saved")
i=1
while [ $i -lt "$bytes" ]; do
	head -c $i "$saved" >"$dir/broken"
	broken "$i bytes of $bytes" ""
	i=$((i + bytes / 40 + 1))
done
: >"$dir/broken"; broken "empty" "line 1: not a file that kvmhot snap made"
echo "hello" >"$dir/broken"; broken "text" "line 1: not a file that kvmhot snap made"
cp "$good/status" "$dir/broken"; broken "another file of kvmhot's" "line 1: not a file that kvmhot snap made"
head -c 100000 /dev/urandom >"$dir/broken"; broken "noise" "line 1: not"
sed '1s/abi 2/abi 3/' "$saved" >"$dir/broken"; broken "another abi" "line 1: abi 3, but this kvmhot reads only 2"
sed '2s/^= status .*/= status x/' "$saved" >"$dir/broken"; broken "a length" "line 2: not '= NAME BYTES'"
sed '2s/^= status .*/= status 99999999999/' "$saved" >"$dir/broken"; broken "a long length" "line 2: truncated: so many bytes do not follow"
sed '2s/^= status .*/= status 99999999999999999999/' "$saved" >"$dir/broken"; broken "no length at all" "line 2: not '= NAME BYTES'"
{ cat "$saved"; echo more; } >"$dir/broken"; broken "behind the end" "line $(($(wc -l <"$saved"))): something behind the end"
{ sed '$d' "$saved"; printf '= status 0\n= end 0\n'; } >"$dir/broken"; broken "a file twice" "line "
at=$(grep -n '^= vms/4391-11/exits ' "$saved" | sed 's/:.*//')
sed "$((at + 4))s/${tab}[0-9]*${tab}/${tab}x${tab}/" "$saved" >"$dir/broken"
awk -v at="$at" 'NR == at { n = $3 } { line[NR] = $0 } END { for (i = 1; i <= NR; i++) print line[i] }' "$dir/broken" >"$dir/x2"
grep -q . "$dir/x2"
run vms --root "$dir/broken"
[ $status -eq 1 ] && grep -q "$dir/broken: line " "$dir/err"
ok "damage: snap: a number in a file in it: the line of the whole" $?

# diff
later=$dir/later
prints "diff" diff.txt diff "$saved" "$later"
prints "diff: of a directory, --top, --unit us" diff-us.txt diff "$good" "$later" --top 3 --unit us
prints "diff: --unit cpu, -p, -k exits" diff-cpu.txt diff "$saved" "$later" --unit cpu -p 5120 -k exits
run diff "$saved" --root "$later"
[ $status -eq 0 ] && cmp "$dir/out" "$expected/diff.txt"
ok "diff: with what there is now" $?
refuses "diff: the wrong way round" 1 "diff: $saved is older than $later: the other way round" diff "$later" "$saved"
refuses "diff: without a file" 2 "diff: of what?" diff
refuses "diff: no such file" 1 "$dir/none: No such file" diff "$dir/none" "$later"
refuses "diff: no such VM" 1 "no such VM: 77" diff "$saved" "$later" -p 77
run diff "$saved" "$saved"
[ $status -eq 0 ] && ! grep -q -e ' nan' -e ' inf' "$dir/out"
ok "diff: with itself" $?
# Twice the rate, half the cost: half as long for as many exits, that cost half.
fresh
rm -r "$bad/vms"; cp -r "$later/vms" "$bad/vms"
for f in $files; do
	edit "$vm/$f" '1s/now=[0-9]*/now=107200000000/'
done
run diff "$saved" "$bad" -p web-01 -r CPUID
[ $status -eq 0 ] && grep -q '^web-01  *4391 CPUID  *20.0  *40.0  *+100.0% ' "$dir/out"
ok "diff: the rate has doubled" $?
# reset in between
fresh
for f in $files; do
	edit "$vm/$f" '1s/since=100000000000/since=104800000000/; 1s/now=[0-9]*/now=107200000000/'
done
edit "$bad/status" "s/^generation${tab}0/generation${tab}2/"
run diff "$saved" "$bad" -p web-01
[ $status -eq 0 ] && grep -qx 'web-01 (4391-11): reset in between: before is the 2.00s up to BEFORE, after the 1.00s since the reset' "$dir/out" &&
	grep -qx 'all VMs were reset 2 times in between' "$dir/out" && grep -q 'CPUID  *20.0  *40.0  *+100.0% ' "$dir/out" &&
	! grep -q -e ' -[0-9.]*[kM]' "$dir/out"
ok "diff: reset in between" $?
# new, gone, and started anew under the same name
fresh
rm -r "$bad/vms/5120-14"
mv "$vm" "$bad/vms/7000-9"
for f in $files; do
	edit "$bad/vms/7000-9/$f" '1s/vm=4391-11 pid=4391/vm=7000-9 pid=7000/'
done
mv "$bad/proc/4391" "$bad/proc/7000"
mkdir -p "$bad/vms/7001-3"
for f in $files; do
	sed '1s/vm=901-8 pid=901/vm=7001-3 pid=7001/; 1s/comm=.*/comm=fresh/' "$bad/vms/901-8/$f" >"$bad/vms/7001-3/$f"
done
run diff "$saved" "$bad"
[ $status -eq 0 ] && grep -q '^web-01 (7000-9): was 4391-11: before is the 2.00s of that, after the 2.00s of this$' "$dir/out" &&
	grep -q '^db,02 (5120-14): gone$' "$dir/out" && grep -q '^fresh (7001-3): ended; new: ' "$dir/out" &&
	grep -q '^web-01  *7000 CPUID  *20.0  *20.0  *+0.0% ' "$dir/out" &&
	grep -q '^fresh  *7001 CPUID  *-  *23.0  *- ' "$dir/out" && grep -q '^db,02  *5120 CPUID  *10.0  *-  *- ' "$dir/out"
ok "diff: new, gone, and started anew" $?
# The one before is still there, as it has ended; and a VM that just ended
fresh
for f in $files; do
	sed '1s/vm=4391-11 pid=4391/vm=7000-9 pid=7000/' "$vm/$f" >"$dir/x.$f"
	edit "$vm/$f" '1s/state=running/state=ended/; 1s/now=[0-9]*/now=104799000000/'
done
run diff "$saved" "$bad" -p web-01 -r CPUID
[ $status -eq 0 ] && grep -q '^web-01 (4391-11): ended; before is the 2.00s up to BEFORE, ' "$dir/out" &&
	grep -q '^web-01  *4391 CPUID  *20.0  *- ' "$dir/out" && ! grep -q 'd[0-9]*h' "$dir/out"
ok "diff: ended, its name is kept" $?
mkdir "$bad/vms/7000-9"
for f in $files; do
	mv "$dir/x.$f" "$bad/vms/7000-9/$f"
done
cp -r "$bad/proc/4391" "$bad/proc/7000"
run diff "$saved" "$bad" -p web-01 -r CPUID
[ $status -eq 0 ] && grep -q '^web-01 (7000-9): was 4391-11: ' "$dir/out" &&
	grep -q '^web-01  *7000 CPUID  *20.0  *20.0  *+0.0% ' "$dir/out" && [ "$(grep -c ' CPUID ' "$dir/out")" -eq 1 ]
ok "diff: started anew, while the old record is still there" $?
# The one before has left its name to the new one
fresh
remade "$bad"
run diff "$saved" "$bad" -p web-01 -r CPUID
[ $status -eq 0 ] && grep -q '^web-01 (4391-11): was 4391-11.1: ' "$dir/out" && [ "$(grep -c ' CPUID ' "$dir/out")" -eq 1 ] &&
	! grep -q reset "$dir/out"
ok "diff: started anew, under the name of the old record" $?
refuses "diff: one of two VMs is in neither" 1 "no such VM: nosuch" diff "$saved" "$bad" -p web-01,nosuch
refuses "diff: --root and AFTER" 2 "--root, or AFTER: not both" diff "$saved" "$bad" --root "$good"
fresh
edit "$bad/status" "s/^armed${tab}1/armed${tab}0/"
"$kvmhot" diff "$bad" "$dir/sound" >/dev/null 2>"$dir/err"
[ $? -eq 3 ] && grep -q 'incomplete: not armed' "$dir/err"
ok "diff: what lacks in BEFORE lacks" $?
