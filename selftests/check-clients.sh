#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check-clients.sh - KVM clients that others wrote: all of KVM's own selftests for
# x86, and QEMUs that a guest migrates between; on emulated hosts, without kvmhot and
# with it.  clients/list has what the selftests need.  KERNELS and JOBS as for
# check.sh, TESTS="NAME..." only these.
set -euo pipefail
here=$(realpath "$(dirname "$0")")
tests=$(realpath "$here/..")/build/clients

# entry NAME: of the list, without the name
entry()
{
	awk -v name="$1" '$1 == name { sub(/^[^ \t]+[ \t]+/, ""); print }' "$here/clients/list"
}

# make_test NAME [WORD...] [-- ARGUMENT...]
make_test()
{
	local name=$1 words=(seconds=10) kvm='' numbers='' races=''
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		case $1 in
		numbers) numbers=vary ;;
		races) races=yes ;;
		kvm=*) kvm=${1#kvm=} ;;
		seconds=*) words[0]=$1 ;;
		*) words+=("$1") ;;
		esac
		shift
	done
	cat > "$tests/$name.sh" <<- END
		# SPDX-License-Identifier: GPL-2.0
		# needs: ${words[*]} clients=$name
		. ./lib_clients.sh
		client_numbers='$numbers' client_races='$races'
		tap_begin
		${kvm:+reload_kvm $kvm}
		client $name ${*:2}
		${kvm:+reload_kvm}
		tap_end
	END
}

"$here/emulator/deps.sh" emulator build check
programs=$("$here/clients/build.sh")
rm -rf "$tests"
mkdir -p "$tests"
for program in "$programs"/*; do
	name=${program##*/}
	read -ra words <<< "$(entry "$name")"
	if [ -e "$here/clients/live/$name.sh" ]; then
		continue
	elif [ "${words[0]:-}" = never ]; then
		echo "# $name is not run: ${words[*]:1}"
	else
		make_test "$name" "${words[@]}"
	fi
done
while read -r name _; do
	[[ -z $name || $name = \#* || -e $programs/$name ]] || {
		echo "check-clients.sh: clients/list: there is no '$name'" >&2
		exit 2
	}
done < "$here/clients/list"
cp "$here"/clients/live/*.sh "$tests/"
TESTS_FROM=$tests exec "$here/check.sh"
