# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: GPL-2.0
# The rest of docs.sh: what completion offers.

# Completion, in a bash without the functions of bash-completion
cat >"$dir/complete.sh" <<'END'
set -u
source "$1"
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
command=$2
cd "$3" || exit 1
# Each line of stdin is one to complete; cut into words as readline does it
while IFS= read -r line; do
	COMP_WORDS=()
	word=
	quote=
	for ((i = 0; i < ${#line}; i++)); do
		c=${line:i:1}
		if [[ $quote ]]; then
			word+=$c
			[[ $c != "$quote" ]] || quote=
		elif [[ $c == '\' ]]; then
			word+=${line:i:2}
			((++i))
		elif [[ $c == [\'\"] ]]; then
			quote=$c
			word+=$c
		elif [[ $c == ' ' ]]; then
			[[ ! $word ]] || COMP_WORDS+=("$word")
			word=
		elif [[ $c == [:=] ]]; then
			[[ ! $word ]] || COMP_WORDS+=("$word")
			COMP_WORDS+=("$c")
			word=
		else
			word+=$c
		fi
	done
	[[ ! $word && $line == *[:=] ]] || COMP_WORDS+=("$word")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMP_LINE=$line
	COMP_POINT=${#line}
	COMPREPLY=(stale)
	_kvmhot "$command"
	printf '%s\n' "${COMPREPLY[@]+"${COMPREPLY[@]}"}"
done
END
# completes NAME LINE WANT...: exactly that is offered, in any order
offer()
{
	printf '%s\n' "$1" | env -i PATH="$PATH" HOME="$dir" bash --norc --noprofile \
		"$dir/complete.sh" "$tools/share/kvmhot.bash-completion" "$kvmhot" "$dir/cwd" 2>&1 |
		grep . | sort
}
completes()
{
	name=$1
	offer "$2" >"$dir/offered"
	shift 2
	printf '%s\n' "$@" | grep . | sort >"$dir/wanted"
	diff -u "$dir/wanted" "$dir/offered" >"$dir/out"
	ok "completion: $name" $?
}
mkdir "$dir/cwd" "$dir/cwd/folder"
touch "$dir/cwd/file1" "$dir/cwd/file2"

bash -n "$tools/share/kvmhot.bash-completion" >"$dir/out" 2>&1
ok "completion: bash can read it" $?
offer "kvmhot " >"$dir/offered"
same "completion: verbs" "$dir/verbs" "$dir/offered"
completes "verbs that begin so" "kvmhot s" snap stat
completes "a verb behind options" "kvmhot --root $tree -1 to" top
for verb in $verbs; do
	offer "kvmhot $verb -" >"$dir/offered"
	options "$dir/help.$verb" | awk '{ print $1; print $2 }' | grep -vx -- - |
		sort >"$dir/wanted"
	same "completion: options of $verb" "$dir/wanted" "$dir/offered"
done
offer "kvmhot -" >"$dir/offered"
awk '{ print $1; print $2 }' "$dir/all" | grep -vx -- - | sort >"$dir/wanted"
same "completion: options without a verb" "$dir/wanted" "$dir/offered"
for option in -k --sort --unit; do
	offer "kvmhot stat $option " >"$dir/offered"
	"$kvmhot" stat "$option" '?' 2>&1 | sed 's/.* one of //' | tr ' ' '\n' |
		sort >"$dir/wanted"
	same "completion: values of $option" "$dir/wanted" "$dir/offered"
	# The man page has them, too.
	section OPTIONS | awk -v option="${option#-}" '
		$1 == ".It" { on = index($0 " ", "Fl " option " ") }
		on && $1 == ".Cm" { for (i = 2; i <= NF; i++) if ($i ~ /[a-z]/) { sub(/,$/, "", $i); print $i } }' |
		sort >"$dir/values.man"
	same "values of $option: the program and the man page" "$dir/wanted" "$dir/values.man"
done
completes "values that begin so" "kvmhot top -k p9" p95 p99
completes "values behind =" "kvmhot top --sort=p9" p95 p99
all="4391-11 5120-14 901-8"
in="--root $tree"
# shellcheck disable=SC2086
completes "-p: PID-FD and names" "kvmhot stat $in -p " $all web-01 db,02 'cloud\ hyper'
completes "-p: one that begins so" "kvmhot stat $in -p w" web-01
completes "-p: behind a comma, without those before it" "kvmhot stat $in -p web-01,9" web-01,901-8
completes "-p: a name with a comma" "kvmhot stat $in -p db,0" db,02
completes "-p: a name with a blank" "kvmhot stat $in -p cloud\\ h" 'cloud\ hyper'
completes "-p: in quotes" "kvmhot stat $in -p \"cl" 'cloud hyper'
completes "-p: --vm=" "kvmhot stat $in --vm=we" web-01
completes "-p: --root=PATH" "kvmhot stat --root=$tree -p w" web-01
completes "-p: without a tree" "kvmhot stat --root $dir/none -p " ''
completes "-g: names" "kvmhot stat $in -g " web-01 db,02 'cloud\ hyper'
completes "-g: behind ~" "kvmhot stat $in -g ~w" '~web-01'
completes "-g: ~ behind a comma" "kvmhot stat $in -g db,~w" 'db,~web-01'
completes "-r: reasons" "kvmhot stat $in -r C" CPUID
completes "-r: behind ! and a comma" "kvmhot stat $in -r HLT,!M" 'HLT,!MSR_WRITE'
completes "-r: a colon" "kvmhot stat $in -r L2:E" EPT_VIOLATION
completes "-r: a colon, in quotes" "kvmhot stat $in -r '!L2:E" '!L2:EPT_VIOLATION'
completes "reset: all and VMs" "kvmhot reset $in 4" 4391-11
completes "reset: all" "kvmhot reset $in a" all
completes "reset: one word" "kvmhot reset $in all " ''
completes "files: snap" "kvmhot snap f" file1 file2 folder
completes "files: diff, the second" "kvmhot diff file1 file" file1 file2
completes "files: not a third" "kvmhot diff file1 file2 f" ''
completes "files: -o" "kvmhot export --csv -o fi" file1 file2
completes "files: --root" "kvmhot vms --root fol" folder
completes "files: --root=" "kvmhot vms --root=fol" folder
completes "numbers are not offered" "kvmhot stat --vcpu " ''
completes "nor is an interval" "kvmhot stat " ''
completes "no such verb" "kvmhot nothing " ''
completes "check: events that begin so" "kvmhot check --pmu LL" LLC-load-misses
offer "kvmhot check --pmu " >"$dir/offered"
awk '/^\t\tNAME/ { on = 1; $1 = "" } /^\t\trHEX/ { exit }
	on { sub(/The clocks.*/, ""); print }' "$here/../../module/ABI" |
	tr -s ' \t.' '\n' | grep . | sort >"$dir/wanted"
same "completion: events, of module/ABI" "$dir/wanted" "$dir/offered"
printf 'complete -p kvmhot\n' | bash --norc --noprofile -c \
	"source '$tools/share/kvmhot.bash-completion'; complete -p kvmhot" >"$dir/out" 2>&1
grep -q '_kvmhot kvmhot$' "$dir/out"
ok "completion: is registered" $?
if command -v shellcheck >/dev/null; then
	shellcheck "$tools/share/kvmhot.bash-completion" >"$dir/out" 2>&1
	ok "completion: shellcheck" $?
fi
