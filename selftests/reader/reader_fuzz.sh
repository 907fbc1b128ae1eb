# shellcheck shell=sh disable=SC2034,SC2154,SC2016,SC2086
# SPDX-License-Identifier: GPL-2.0
# More cases of reader.sh: trees with the file totals, and damage that no fuzzer
# has who changes bytes.

# Nobody waits for ever.
bounded="timeout -s KILL 60 $kvmhot"

# With totals, or without: the same is printed.
tree=$dir/good
KVMHOT_TOTALS=1 sh "$here/fixtures/make.sh" "$dir/totals"
KVMHOT_TOTALS=1 sh "$here/fixtures/make.sh" "$dir/totals-later" 2
for verb in vms "vms -p 4391" "export --openmetrics" "report --all"; do
	run $verb --root "$dir/good"
	grep -v '^kvmhot_export_time' "$dir/out" >"$dir/want"
	run $verb --root "$dir/totals"
	grep -v '^kvmhot_export_time' "$dir/out" >"$dir/clean"
	[ -s "$dir/want" ] && cmp -s "$dir/want" "$dir/clean"
	ok "totals: $verb" $?
done
# changes TREE LATER: what stat says came between the two
changes()
{
	rm -rf "$dir/bad"
	cp -r "$dir/$1" "$dir/bad"
	bad=$dir/bad
	later=$dir/$2
	between 'rm -r "$bad/vms"; cp -r "$later/vms" "$later/status" "$bad"'
	sed 's/^# 20[^ ]*/# TIME/' "$dir/out"
}
sh "$here/fixtures/make.sh" "$dir/later-plain" 2
changes good later-plain >"$dir/want"
changes totals totals-later >"$dir/have"
[ "$(grep -c '^[^#]' "$dir/want")" -gt 5 ] && cmp -s "$dir/want" "$dir/have"
ok "totals: stat" $?

# refuses_all NAME MESSAGE: each way to read the tree $bad, or what is in its place
refuses_all()
{
	for verb in report vms "stat 0.01 1" "export --json"; do
		"refuses" "$1: $verb" 1 "$2" $verb --root "$bad"
	done
}
tree=$dir/totals
# Reads totals alone
refuses_live()
{
	refuses "totals: $1" 1 "4391-11/totals: $2" vms --root "$bad"
}
fresh; : >"$vm/totals"
refuses_live "empty" "line 1: nothing there"
fresh; field "$vm/totals" 3 2 128
refuses_live "a reason beyond the last" "line 3: reason: '128' is too large"
fresh; field "$vm/totals" 3 4 3
refuses_live "level 3" "line 3: level: '3' is not known"
fresh; field "$vm/totals" 3 6 17
refuses_live "not timed + open + lost" "line 3: exits is "
fresh; field "$vm/totals" 3 37 -
refuses_live "timed, but no buckets" "line 3: bucket '-' is not LOW:COUNT"
fresh; field "$vm/totals" 3 37 "1:2:3"
refuses_live "a bucket of three" "line 3: count: '2:3' is not a number"
fresh; edit "$vm/totals" '3{p;}'
refuses_live "a row twice" "line 4: of the same vCPU and kind as line 3"
fresh; edit "$vm/totals" '$p'
refuses_live "the VM twice" "line 13: of the same vCPU and kind as line 12"
fresh; edit "$vm/totals" '/^vm/d'
refuses_live "no VM" "line 12: no row of the VM itself"
fresh; edit "$vm/totals" '$s/[^	]*	[^	]*$//'
refuses_live "a column too few" "line "
fresh; rm "$vm/totals"; mkdir "$vm/totals"
refuses_live "a directory" "Is a directory"

# What is no file.
tree=$dir/good
fresh; rm "$vm/exits"; mkfifo "$vm/exits"
damaged "exits: a FIFO" "4391-11/exits: not a regular file"
fresh; rm "$bad/status"; mkfifo "$bad/status"
refuses_all "status: a FIFO" "bad/status: not a regular file"
fresh; rm "$vm/exits"; ln -s nowhere "$vm/exits"
damaged "exits: a symlink to nowhere" "4391-11/exits: No such file or directory"
fresh; rm "$vm/exits"; ln -s exits "$vm/exits"
damaged "exits: a symlink to itself" "4391-11/exits: Too many levels of symbolic links"
fresh; rm "$vm/hist"; ln -s /dev/zero "$vm/hist"
damaged "hist: a device without end" "4391-11/hist: not a regular file"
fresh; rm "$bad/status"; ln -s /dev/zero "$bad/status"
refuses_all "status: a device without end" "bad/status: not a regular file"

# endless NAME MESSAGE ROOT: soon over, in no more memory than is set aside
endless()
{
	$bounded vms --root "$3" >"$dir/out" 2>"$dir/err"
	[ $? -eq 1 ] && grep -qF -e "$2" "$dir/err"
	ok "endless: $1" $?
}
fresh; truncate -s 1T "$vm/hist"
endless "a file of a tree" "4391-11/hist: File too large" "$bad"
truncate -s 1T "$dir/hole"
endless "a file in place of a tree" "hole: line 1: not a file that kvmhot snap made" "$dir/hole"
{ echo "# kvmhot abi 2 snap"; echo "= status 99999999999999"; } >"$dir/hole"
endless "a section" "hole: line 2: truncated" "$dir/hole"
truncate -s 1T "$dir/hole"
endless "a snapshot" "hole: File too large" "$dir/hole"
rm "$dir/hole"

# many NAME FILE MESSAGE AWK: a million rows, of another kind each, or until then
many()
{
	fresh
	seq 0 999999 | awk -v OFS='\t' "{ $4 }" >>"$vm/$2"
	$bounded export --json --root "$bad" >"$dir/out" 2>"$dir/err"
	status=$?
	[ $status -lt 4 ] && { [ $status -ne 1 ] || grep -qF -e "$3" "$dir/err"; }
	ok "a million: $1" $?
}
fresh
many vCPUs ioctl "none" 'print $1 + 9, "0xae80", "KVM_RUN", "ok", 1, 5, 5, 5, "5:1"'
many ioctls ioctl "none" 'printf "9\t0x%x\tX\tok\t1\t5\t5\t5\t5:1\n", $1'
many "reasons" hist "reason: '128' is too large" 'print 9, $1, "X", 1, 5, 5, 5, "5:1", 1'
fresh
seq 0 999999 | awk -v OFS='\t' '{ print "hook", "h" $1, "kvm", "kprobe", "armed", 1, 0, 0, "" }' >>"$bad/status"
refuses "a million: hooks" 1 "more than 256 hooks" report --root "$bad"
fresh
seq 0 999999 | awk -v OFS='\t' '{ print "vm", $1 "-1", 1, 1 }' >>"$bad/status"
$bounded vms --root "$bad" >"$dir/out" 2>"$dir/err"
[ $? -lt 4 ]
ok "a million: VMs in status" $?
rm -r "$dir/bad"

# A VM that goes while its files are read is none; one that stays, damaged, is one.
fresh
(while [ -e "$bad" ]; do
	mv "$vm" "$dir/away"
	mv "$dir/away" "$vm"
done) 2>/dev/null &
wrong=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
	run vms --root "$bad"
	[ $status -ne 1 ] && [ "$(grep -c . "$dir/out")" -ge 3 ] || wrong=$((wrong + 1))
done
mv "$bad" "$dir/gone"
wait
[ $wrong -eq 0 ]
ok "a VM that comes and goes while it is read: no failure" $?

# Who is not root.
fresh
cp "$kvmhot" "$dir/kvmhot"
chmod 755 "$dir" "$dir/kvmhot"
chmod -R go+rX "$bad"
chmod 000 "$vm/exits"
as_other="setpriv --reuid 65534 --regid 65534 --clear-groups"
[ "$(id -u)" -eq 0 ] || as_other=
$as_other "$dir/kvmhot" report --root "$bad" >"$dir/out" 2>"$dir/err"
[ $? -eq 1 ] && grep -q "4391-11/exits: Permission denied: are you root?" "$dir/err"
ok "no permission: a file" $?
chmod 000 "$bad/vms"
$as_other "$dir/kvmhot" report --root "$bad" >"$dir/out" 2>"$dir/err"
[ $? -eq 1 ] && grep -q "bad/vms: Permission denied: are you root?" "$dir/err"
ok "no permission: the folder" $?
chmod 700 "$bad/vms"
