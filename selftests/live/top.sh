#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kvmhot top in a terminal, on two VMs: what it shows, what its keys do, what it
# says of a reset, an end and a module that is gone; and that the terminal is as
# it was, whichever way it is left.
# needs: kernel=6.12 stock (the reader is the same everywhere) tools=qemu seconds=90

. ./lib.sh

command -v tmux > /dev/null || skip_all "no tmux here"
# Its socket is gone with the rest.
export TMUX_TMPDIR="$TMP"
trap 'tm kill-server 2> /dev/null; cleanup' EXIT

# What comes by chance, as interrupts, is not to be in the screens.
REASONS=CPUID,IO_INSTRUCTION,VMCALL,MSR_READ
TOP="./kvmhot top -d 0.5 -r $REASONS"

# A server that was told to end goes on for a while: the next has another name.
server=1
tm()
{
	tmux -u -L kvmhot$server -f /dev/null "$@"
}

# next_server: and nothing is left of this one
next_server()
{
	tm kill-server
	until_true '! pidof kvmhot'
	server=$((server + 1))
}

# keys KEY...: as tmux names them
keys()
{
	tm send-keys "$@"
}

# answer TEXT: to the question that the key before asked
answer()
{
	keys -l "$1"
	keys Enter
}

screen()
{
	tm capture-pane -p
}

# Of a screen: figures, which differ from run to run, as N that ends where they
# ended; and without the buckets of a histogram, which have others each time.
normal()
{
	sed 's/ *$//' | awk '
	function figures(s,  out) {
		while (match(s, / +[0-9][0-9.]*[kMGTPE]?/)) {
			out = out substr(s, 1, RSTART - 1) \
				substr(blank, 1, RLENGTH - 1) "N"
			s = substr(s, RSTART + RLENGTH)
		}
		return out s
	}
	BEGIN { blank = sprintf("%100s", "") }
	/KVM cost of/ { hist = 1 }
	NR == 1 { sub(/s  [^ ]+$/, "s  HOST") }
	NR <= 5 || /^idle:/ || /KVM cost of/ || /^Reset/ {
		gsub(/[0-9][0-9.]*[kMGTPE]?/, "N"); print; next
	}
	hist && (/ \.\. / || !NF) { next }
	{ sub(/ *\([0-9]+ buckets to a row\)/, ""); print figures($0) }'
}

# compare NAME: is the screen, by and by, that of top/NAME.txt?
compare()
{
	tries=0
	until screen | normal > "$TMP/$1.txt"
		cmp -s "$TMP/$1.txt" "top/$1.txt"; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || break
		sleep 0.1
	done
	# To make them anew: what is in /out comes back to who runs this.
	[ -z "$KEEP_SCREENS" ] || cp "$TMP/$1.txt" /out/
	same "screen: $1" "$TMP/$1.txt" "top/$1.txt"
}

# shows NAME PATTERN: by and by
shows()
{
	tries=0
	until screen > "$TMP/screen"; grep -q -e "$2" "$TMP/screen"; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || break
		sleep 0.1
	done
	grep -q -e "$2" "$TMP/screen"
	shows_rc=$?
	tap $shows_rc "$1"
	[ $shows_rc = 0 ] || sed 's/^/#   /' "$TMP/screen"
	! grep -q -e ' -[0-9]' "$TMP/screen" || tap 1 "no figure is negative"
}

# Of rows on stdin the column, as numbers
numbers()
{
	awk -v column="$1" '/ (CPUID|IO_INSTRUCTION|VMCALL|MSR_READ) / {
		n = $column + 0
		if ($column ~ /k$/) n *= 1000
		if ($column ~ /M$/) n *= 1000000
		print n }'
}

# bar: the row that it is on, without figures
bar()
{
	tm capture-pane -p -e | sed -n "s/^$(printf '\033')\[7m//p" |
		awk 'NR == 1 { print $2, $3 }'
}

terminal()
{
	tm display -p '#{alternate_on} #{cursor_flag}'
}

# in_cycles SUM NUMBER: the mean as top writes it, from 100 to 99,949
in_cycles()
{
	awk -v n="$1" -v of="$2" 'BEGIN { v = int(n / of)
		print v < 1000 ? v : sprintf(v < 9995 ? "%.2fk" : "%.1fk",
			v / 1000) }'
}

tap_begin
load
# Mostly they sleep: it is the emulator that is slow.
guest_start one --forever --vcpus 2 --nap-ticks 50000000 cpuid=50 out=30 \
	msr_read=10 nap=1
guest_start two --forever --nap-ticks 50000000 vmcall=5 in=30 nap=1
guest_go one
guest_go two
two=$(basename "$(vm_of two)")
tm new-session -d -x 200 -y 50 "LC_ALL=C.UTF-8 $TOP"
compare wide
tm capture-pane -p -e > "$TMP/screen"
grep -q "$(printf '\033')\[[0-9;]*3[0-7]m" "$TMP/screen"
tap $? "wide: there is colour"
tm resize-window -x 80 -y 24
compare reasons

# Sort, with the bar on a row that moves
keys o
answer exits
shows "o: sorts by exits" '  by exits '
screen | numbers 3 > "$TMP/is"
sort -r -n "$TMP/is" > "$TMP/sorted"
same "o: they are in order" "$TMP/is" "$TMP/sorted"
keys o
answer nonsense
shows "o: says which keys there are" 'not one of cost kvm vmm'
keys Down
before=$(bar)
keys '>' '>' '>' '>' '>' '>'
shows "> >: sorts by name" '  by name '
equal "the bar is on the row that it was on" "$(bar)" "$before"
true_that "the bar was on a row" -n "$before"

keys /
answer VMCALL
compare filter
keys /
keys C-u Enter
shows "filter: empty, all are back" ' CPUID '

# Down, and up again
keys v
compare vms
keys v Home
shows "v: back" ' CPUID '
keys Enter
compare vcpus
keys Enter
compare vcpu
keys H
compare hist
keys Escape
compare vcpu
keys Left
compare vcpus
keys BSpace
shows "up: all again" ' VMCALL '

keys Space
shows "pause: says so" PAUSED
screen > "$TMP/before"
sleep 1.2
screen > "$TMP/after"
same "pause: nothing moves" "$TMP/after" "$TMP/before"
keys Space
until_true '! screen | grep -q PAUSED'
keys h
compare help
keys h

# At rest, so that figures and files can be compared
guest_stop two
cat "$(vm_of two)/exits" > "$TMP/exits"
keys t
shows "t: totals" '^totals of '
keys /
answer VMCALL
cycles=$(in_cycles "$(of VMCALL 9)" "$(of VMCALL 5)")
shows "totals: CYC/EXIT is that of the file" " VMCALL .* $cycles "
keys u
shows "u: microseconds" 'US/EXIT'
keys u u c
shows "reset: asks" 'Reset all VMs?'
keys n
shows "reset: no is no" 'not reset'
equal "reset: nothing is" "$(status generation)" 0
keys r
compare reset
keys y
shows "reset: of the VM" "($two) is reset"
equal "reset: its counts are gone" "$(column_sum "$(vm_of two)/exits" 4)" 0
keys R
shows "reset: asks" 'Reset all VMs?'
keys y
shows "reset: done" 'all VMs are reset'
equal "reset: all" "$(status generation)" 1
screen > "$TMP/screen"
! grep -q another "$TMP/screen"
tap $? "reset: ours is not another's"

# What others do
keys t /
keys C-u Enter
shows "rows of what came since" ' CPUID '
echo all > $KVMHOT/reset
shows "reset by another: says so" 'reset of all VMs by another'
guest_end two
tap $? "two: the guest is content"
shows "a VM's end: says so" "($two): ended"
rmmod kvmhot
shows "the module is gone: says so" 'kvmhot is not loaded (waiting): '
shows "the module is gone: figures are called old" STALE
shows "the module is gone: they are still there" ' CPUID '
load
shows "it is loaded again: says so" 'kvmhot is loaded again'
shows "it is loaded again: there are rows" ' CPUID '
! grep -q STALE "$TMP/screen"
tap $? "it is loaded again: nothing is old"
next_server

# Neither colour nor more than ASCII
tm new-session -d -x 80 -y 24 "LC_ALL=C NO_COLOR=1 $TOP; sleep 1000"
shows "plain: rows" ' IO_INSTRUCTION '
keys Enter
shows "plain: vCPUs" ' vCPU_0 '
keys Enter
shows "plain: crumbs" '> vCPU [01]'
keys H
shows "plain: bars of *" '| *\*\*\*\*\|: [0-9]* *\*\*\*'
tm capture-pane -p -e > "$TMP/screen"
! grep -q "$(printf '\033')\[[0-9;]*3[0-7]m" "$TMP/screen"
tap $? "NO_COLOR: none"
! grep -q '[^ -~]' "$TMP/screen" || ! screen | grep -q '[^ -~]'
tap $? "plain: ASCII only"
keys q
next_server

# left NAME STATUS: is the terminal as it was?
left()
{
	until_true '[ -s "$TMP/status" ]'
	equal "$1: exit status" "$(cat "$TMP/status")" "$2"
	same "$1: modes of the terminal" "$TMP/stty" "$TMP/stty.before"
	equal "$1: main screen, cursor seen" "$(terminal)" "0 1"
	rm "$TMP/status"
}

# A shell with jobs, which runs top whenever it is told
tm new-session -d -x 80 -y 24 "TMP='$TMP' PS1='ready> ' ENV= sh -i"
shows "a shell" 'ready>'
keys -l "stty -a > \$TMP/stty.before; run() { $TOP; s=\$?; stty -a > \$TMP/stty; echo \$s > \$TMP/status; }"
keys Enter
for way in q C-c TERM HUP; do
	keys -l run
	keys Enter
	shows "$way: is drawn" ' CPUID '
	equal "$way: screen of its own, no cursor" "$(terminal)" "1 0"
	case $way in
	TERM | HUP) kill -$way "$(pidof kvmhot)" ;;
	*) keys "$way" ;;
	esac
	left $way 0
done
# A job of its own: a function's shell would be stopped, too
keys -l "$TOP"
keys Enter
shows "C-z: is drawn" ' CPUID '
keys C-z
until_true '[ "$(terminal)" = "0 1" ]'
keys -l 'stty -a > $TMP/stty; echo stopped > $TMP/status'
keys Enter
left C-z stopped
keys -l fg
keys Enter
until_true '[ "$(terminal)" = "1 0" ]'
shows "fg: is drawn again" ' CPUID '
keys q
until_true '[ "$(terminal)" = "0 1" ]'
tm kill-server
guest_stop one
guest_end one
tap $? "one: the guest is content"
tap_end
