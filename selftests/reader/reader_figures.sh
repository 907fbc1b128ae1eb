# shellcheck shell=sh disable=SC2154,SC2016,SC2086
# SPDX-License-Identifier: GPL-2.0
# More cases of reader.sh: what figures are of, in which unit, and names that
# are printed.

# Coverage.
# kvm_counted VM EXITS KVM_EXITS
kvm_counted() { edit "$bad/status" "s/^vm${tab}$1${tab}.*/vm${tab}$1${tab}$2${tab}$3/"; }
# covers NAME OF-ALL NAME-OF-VM OF-VM
covers()
{
	run report --root "$bad"
	[ $status -eq 0 ] && grep -q "; since first sight: coverage $2; since reset: lost 3\$" "$dir/out" &&
		grep -q "^$3 .*, coverage $4\$" "$dir/out"
	ok "coverage: $1" $?
}
of="% of KVM's exits"
fresh; edit "$bad/status" '/^vm/d'
covers "no VM in status" "- $of" web-01 "- %"
fresh; edit "$bad/status" '/^vm.4391/d'
covers "another VM in status" "99.94 $of" web-01 "- %"
fresh; kvm_counted 4391-11 1 3
covers "2 vCPUs, 2 exits fewer: under way" "99.94 $of" web-01 "100.00 %"
fresh; kvm_counted 4391-11 1 4
covers "3 exits fewer: a lack" "99.89 $of" web-01 "25.00 %"
fresh; kvm_counted 4391-11 18430 18428
covers "2 exits more: under way" "99.98 $of" web-01 "100.00 %"
fresh; kvm_counted 4391-11 18431 18428
covers "3 exits more: too many" "99.98 $of and 3 beyond them" web-01 "100.02 %"
fresh; kvm_counted 4391-11 99999 18428
covers "too many do not hide what another VM lacks" "99.98 $of and 81571 beyond them" web-01 "542.65 %"
fresh; kvm_counted 901-8 53 52; kvm_counted 5120-14 5418 5418
covers "of a VM that ended no exit is under way" "100.00 $of and 1 beyond them" "cloud hyper" "101.93 %"
fresh; kvm_counted 901-8 51 52
covers "nor one that lacks" "99.98 $of" "cloud hyper" "98.07 %"
fresh; kvm_counted 901-8 5 0
covers "none of KVM's" "99.98 $of and 5 beyond them" "cloud hyper" "- %"
fresh; kvm_counted 4391-11 40 "40${tab}2"
covers "KVM's count was cleared" "99.94 $of (since KVM's counts were cleared)" web-01 "100.00 % since KVM's count was cleared"
fresh; kvm_counted 4391-11 18426 18428
run report --vcpu 1 --root "$bad"
[ $status -eq 0 ] && grep -q "coverage 99.98 $of; " "$dir/out" && ! grep -q '^web.*coverage' "$dir/out"
ok "coverage: --vcpu leaves the others' exits under way" $?

# Own cost: of all exits and KVM_RUNs, by the stages of KVM cost.
# own WANT ARGUMENTS...: report's line of it
own()
{
	want=$1
	shift
	run report "$@"
	[ $status -eq 0 ] && [ "$(sed -n 's/^own cost: //p' "$dir/out")" = "$want" ]
	ok "own cost: $want" $?
}
# rows_own DIR [VCPU]: from its files
rows_own()
{
	awk -F'\t' -v only="${2:-}" '/^#/ || (only != "" && $1 != only) { next }
	FILENAME ~ /vcpus$/ { own += 412 * $3 + 187 * $7 }
	FILENAME ~ /stages$/ && $3 == "all" { cost += $7 + $8 + $9 + $10 }
	END {
		printf "412 cycles per exit (p99 530), 187 per KVM_RUN; since reset: "
		printf own < 9995000 ? "%.2fM" : "%.1fM", own / 1000000
		printf " cycles, %.2f %% of KVM cost, subtracted from nothing\n", own * 100 / cost
	}' "$1"/vms/*/vcpus "$1"/vms/*/stages
}
own "$(rows_own "$dir/good")" --root "$dir/good"
own "$(rows_own "$dir/good")" -p web-01 --root "$dir/good"
own "$(rows_own "$dir/good" 1)" --vcpu 1 --root "$dir/good"
fresh; rm -r "$bad"/vms/*
own "412 cycles per exit (p99 530), 187 per KVM_RUN; since reset: 0.00 cycles, - % of KVM cost, subtracted from nothing" --root "$bad"
fresh; edit "$bad/status" "/^own_/s/${tab}.*/${tab}0/"
own "- (not calibrated, see kvmhot check)" --root "$bad"
fresh; edit "$bad/status" "/^own_rounds/d"
own "- (not calibrated, see kvmhot check)" --root "$bad"
fresh; echo "own_rounds${tab}3" >>"$bad/status"
damaged "status: own_rounds twice" "own_rounds: a second time"
fresh; edit "$bad/status" "s/^own_exit_cycles${tab}.*/own_exit_cycles${tab}-1/"
damaged "status: own_exit_cycles no number" "own_exit_cycles: '-1' is not a number"

# Time that is in no reason's row.
fresh
vm=$bad/vms/5120-14
awk -F'\t' -v OFS='\t' '$3 == "all" { $8 = sprintf("%.0f", $6 + $8); $6 = 0 }
	{ print }' "$vm/stages" >"$dir/tmp" && cat "$dir/tmp" >"$vm/stages"
run costs -p db,02 --root "$bad"
[ $status -eq 0 ] && grep -q '^  time (TSC)  *(open, lost): KVM cost  *8.67G  *3.61k  *90.3 the' "$dir/out" &&
	grep -q '^  time in KVM and VMM  *(open, lost): KVM cost  *8.67G  *3.61k  *99.8 KVM' "$dir/out"
ok "costs: the KVM cost of what is open" $?

# Units.
run costs --root "$good"
[ $status -eq 0 ] && [ "$(grep -c '^  exits .* [0-9.]*k\{0,1\}  *-  *[0-9.]* the exits$' "$dir/out")" -eq 3 ] &&
	[ "$(awk '/^  (time|host|EPT|wait)/ && / [0-9.]+[kMG]? +- +[0-9.]+ [^ ]/' "$dir/out" | wc -l)" -eq 0 ]
ok "costs: cycles are in ms, too, exits are not" $?
[ "$(sed -n '/^$/!h; /^$/{x;p;}; ${x;p;}' "$dir/out" | grep -c '^  unhalted cycles')" -eq 3 ]
ok "costs: what is not counted comes last" $?
# ms_is FACTOR: is MS of each line of a tree TOTAL * FACTOR / 2400000?
ms_is()
{
	awk -v factor="$1" '$3 $4 !~ /^[0-9]+$/ { next }
	{
		ms = $2 * ($2 ~ /k$/ ? 1000 : 1)
		off = ms - $3 * factor / 2400000
		bad += (off < 0 ? -off : off) > 0.0051 * ms + 0.00005
		n++
	}
	END { exit bad || n < 50 }' "$dir/out"
}
run tree --all --root "$good"
[ $status -eq 0 ] && ms_is 1 && ! ms_is 1.02
ok "tree: MS is TOTAL in milliseconds" $?
fresh
for file in $files; do edit "$vm/$file" 's/tsc_khz=2400000/tsc_khz=1200000/'; done
run tree --all -p web-01 --root "$bad"
[ $status -eq 0 ] && ms_is 2
ok "tree: MS is by the VM's tsc_khz" $?
# The sum of a VM's TIME% is what its last line has of KVM, but for rounding.
run report --all --root "$good"
awk '$2 == "(4391-11," { on = 1 }
	$1 ~ /^[A-Z]/ && NF == 16 && $5 ~ /[0-9]/ && on { sum += $5 }
	on && /vCPU time %/ { off = sum - $7; exit }
	END { exit !(sum > 0.5 && off < 0.3 && off > -0.3) }' "$dir/out"
ok "report: TIME% is of the vCPUs' time" $?

# Reasons below wait and halt.
# below LINE NAME COUNT: the first NAME that comes behind LINE has that COUNT
below()
{
	awk -v line="$1" -v name="$2" -v count="$3" '$NF == line { on = 1 }
		on && $NF == name { exit ok = $5 == count }
		END { exit !ok }' "$dir/out"
}
run tree --all --vcpu 0 -p web-01 --root "$good"
[ $status -eq 0 ] && below preempted IO_INSTRUCTION - && below slept IO_INSTRUCTION - &&
	below poll HLT - && below block HLT - && below block "lost)" - && ! below slept CPUID -
ok "tree: which exits waited which way is not known" $?
fresh
# All that an IO_INSTRUCTION waited it was preempted.
field "$vm/stages" 3 16 19100000; field "$vm/stages" 3 17 7400000
field "$vm/stages" 5 16 8000000; field "$vm/stages" 5 17 0
run tree --all --vcpu 0 -p web-01 --root "$bad"
[ $status -eq 0 ] && adds_up "$dir/out" && below preempted IO_INSTRUCTION 16 && below preempted HLT - &&
	! awk '$NF == "slept" { on = 1 } on' "$dir/out" | sed '/ user/q' | grep -q IO_INSTRUCTION
ok "tree: exits that waited in one way only" $?
# Less of it in the vCPU's own row: not all of the exits can be in it.
field "$vm/stages" 3 16 7000000; field "$vm/stages" 3 17 19500000
field "$vm/stages" 4 16 0; field "$vm/stages" 7 16 0
run tree --all --vcpu 0 -p web-01 --root "$bad"
[ $status -eq 0 ] && adds_up "$dir/out" && below preempted IO_INSTRUCTION -
ok "tree: exits of which not all fit in their line" $?
fresh
# Kernels that do not tell poll from block.
for line in 3 7; do
	awk -F'\t' -v OFS='\t' -v line=$line 'NR == line { $12 += $11; $11 = 0; $12 = sprintf("%.0f", $12) } { print }' \
		"$vm/stages" >"$dir/tmp" && cat "$dir/tmp" >"$vm/stages"
done
run tree --all --vcpu 0 -p web-01 --root "$bad"
[ $status -eq 0 ] && adds_up "$dir/out" && below block HLT 775
ok "tree: exits that only slept" $?
run export --folded -p web-01 --root "$good"
[ "$(awk '/;halt;block;HLT / { n += $2 } END { printf "%.0f", n }' "$dir/out")" = 5850000000 ] &&
	grep -qx 'web-01;KVM_RUN;halt;block;(open,_lost) 20000000' "$dir/out" &&
	grep -qx 'web-01;KVM_RUN;wait;slept;EPT_VIOLATION 11000000' "$dir/out"
ok "export: reasons below halt and wait" $?

# hist: which reason it is of, and what is not in it.
# begins NAME LINE ARGUMENTS...: hist's first line, or none before its head
begins()
{
	name=$1
	line=$2
	shift 2
	run hist --root "$good" "$@"
	[ $status -eq 0 ] && case $(head -n 1 "$dir/out") in
	"$line"*) ;;
	*) false ;;
	esac && [ "$(grep -c '^The costliest' "$dir/out")" -eq "$(echo "$line" | grep -c '^The')" ]
	ok "hist: $name" $?
}
begins "says which it chose" "The costliest reason of the costliest VM (others: -p, -r):"
begins "-p: says which reason it chose" "The costliest reason of the VM (others: -r):" -p db,02
begins "-r: says which VM it chose" "The costliest VM that has this reason (others: -p):" -r HLT
begins "-p and -r: nothing to say" "db,02 (5120-14), HLT, " -p db,02 -r HLT
# beside WANT ARGUMENTS...: the line of what is not KVM cost, or none ('')
beside()
{
	want=$1
	shift
	run hist --root "$good" "$@"
	[ $status -eq 0 ] && [ "$(sed -n 's/^beside it: //p' "$dir/out")" = "$want" ]
	ok "hist: beside it: ${want:-nothing}" $?
}
beside "halt 5.89G cycles in 1950 exits, wait 9.00M cycles in 18 exits" -p web-01 -r HLT
beside "halt 894M cycles in 296 exits" -p db,02 -r HLT
beside "wait 500k cycles in 1 exit" -p web-01 -r IO_INSTRUCTION --vcpu 1
beside "" -p web-01 -r CPUID

# Names.
fresh
printf 'qemu\0-name\0web 01\0' >"$bad/proc/4391/cmdline"
printf 'qemu\0-name\0web_01\0' >"$bad/proc/5120/cmdline"
run export --folded --root "$bad"
[ $status -eq 0 ] && [ "$(sum_of web_01_4391-11 "$dir/out")" = 9600000000 ] &&
	[ "$(sum_of web_01_5120-14 "$dir/out")" = 9600000000 ]
ok "export: names that are alike once blanks are gone" $?
printf 'qemu\0-name\0web-01\0' >"$bad/proc/4391/cmdline"
run export --folded --root "$bad"
[ $status -eq 0 ] && [ "$(sum_of web-01 "$dir/out")" = 9600000000 ] && [ "$(sum_of web_01 "$dir/out")" = 9600000000 ]
ok "export: names that are not" $?
long=$(printf '%0130d' 7)
for pid in 4391 5120; do
	printf 'qemu\0-name\0%s\0' "x $long" >"$bad/proc/$pid/cmdline"
done
run export --folded --root "$bad"
[ $status -eq 0 ] && [ "$(cut -d ';' -f 1 "$dir/out" | sort -u | grep -cE '^x_0{118}_(4391-11|5120-14)$')" -eq 2 ]
ok "export: two VMs of one name that is long" $?
for word in 'a b' 'a;b' 1_1 1.1 1-1. 1-1.x 1-1.1.1 '1-1~' "$(printf '1-\303\244')"; do
	fresh; mkdir "$bad/vms/$word"
	damaged "vms: a name '$word'" "vms: '$(printf '%s' "$word" | tr '\200-\377' '??')' is not a VM's name"
done
fresh; mkdir "$bad/vms/$(printf '1-\033[31m1\n')"
damaged "vms: a name with control characters" "bad/vms: '1-?[31m1' is not a VM's name"
fresh; mv "$vm" "$bad/vms/4391-unnamed1"
for file in $files; do edit "$bad/vms/4391-unnamed1/$file" '1s/vm=4391-11/vm=4391-unnamed1/'; done
run vms --root "$bad"
[ $status -eq 0 ] && grep -q '^web-01 *4391-unnamed1 ' "$dir/out"
ok "vms: a VM that KVM has no name for" $?
odd=$dir/$(printf 'o\033d\177')
refuses "a path with control characters" 1 "/o?d?: No such file" vms --root "$odd"
cp -r "$good" "$odd"
echo x >>"$odd/status"
refuses "a path with control characters, and a line" 1 "/o?d?/status: line " vms --root "$odd"
edit "$odd/status" '$d'
rm "$odd/vms/4391-11/halt"
refuses "a path with control characters, and a file missing" 1 "/o?d?/vms/4391-11/halt: No such" report --root "$odd"
refuses "a path with control characters, reset" 1 "/o?d?/reset: not debugfs" reset --root "$odd"
