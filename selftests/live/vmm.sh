#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What the VMM does between two KVM_RUN, by what KVM told it, and what it asks
# of KVM by other ioctls: against what the VMM itself has counted, and against
# kvm:kvm_userspace_exit.  On the emulated host the TSC counts instructions.
# needs: seconds=15

. ./lib.sh

# least FILE NAME=VALUE...: the column min of the one row there is
least()
{
	least_file=$1
	shift
	sum "$least_file" min "$@"
}

# The guest's last exit is followed by no KVM_RUN, so it has no span.
userspace_exits()
{
	awk '/^[{] reason:/ { gsub(/[{},]/, " "); $0 = $0
		print ($4 == 0 ? $2 : "INTR"), $6 }' $USER_EVENT/hist |
		awk '{ sum[$1] += $2 } END { for (r in sum) print r, sum[r] }' |
		sort
}

spans()
{
	awk -F '\t' '!/^#/ { sum[$5 == 10 ? "INTR" : $5] += $7 }
		END { sum[2]++; for (r in sum) print r, sum[r] }' "$TMP/user" |
		sort
}

emulated || skip_all "only the emulated host counts instructions"

tap_begin
load

kinds="out=200 in=50 mmio_read=40 mmio_write=30"
echo 'hist:keys=reason,errno' > $USER_EVENT/trigger
# shellcheck disable=SC2086 # a list of words
measure $kinds
userspace_exits > "$TMP/kernel"
spans > "$TMP/is"
same "spans by run->exit_reason: as kvm:kvm_userspace_exit" \
	"$TMP/is" "$TMP/kernel"
equal "port I/O: setup and each of the guest's" \
	"$(sum user timed name=IO_INSTRUCTION run_name=KVM_EXIT_IO)" 251
equal "MMIO: each of the guest's" \
	"$(sum user timed name=EPT_MISCONFIG run_name=KVM_EXIT_MMIO)" 70
equal "MMIO: the first, where there is no memory slot" \
	"$(sum user timed name=EPT_VIOLATION run_name=KVM_EXIT_MMIO)" 1
equal "nothing else" "$(sum user timed)" 322
io=$(least user name=IO_INSTRUCTION)
mmio=$(least user name=EPT_MISCONFIG)
io_kvm=$(least exits name=IO_INSTRUCTION)
mmio_kvm=$(least exits name=EPT_MISCONFIG)

# shellcheck disable=SC2086
measure --burn 100000 $kinds
echo '!hist:keys=reason,errno' > $USER_EVENT/trigger
burnt=$(($(least user name=IO_INSTRUCTION) - io))
true_that "port I/O: the shortest span has what was burnt ($burnt)" \
	"$burnt" -ge 100000 -a "$burnt" -lt 101000
burnt=$(($(least user name=EPT_MISCONFIG) - mmio))
true_that "MMIO: so it has ($burnt)" \
	"$burnt" -ge 100000 -a "$burnt" -lt 101000
# Wall time: others take the CPU now and then.
burnt=$(($(sum user cycles name=IO_INSTRUCTION) / 251))
true_that "port I/O: each has, and little else ($burnt)" \
	"$burnt" -ge $((100000 + io)) -a "$burnt" -lt $((100000 + 30000 * slow))
burnt=$(($(sum user cycles name=EPT_MISCONFIG) / 70))
true_that "MMIO: each has, and little else ($burnt)" \
	"$burnt" -ge $((100000 + mmio)) -a "$burnt" -lt $((100000 + 30000 * slow))
more=$(($(least exits name=IO_INSTRUCTION) - io_kvm))
true_that "port I/O: KVM's part does not change ($more)" \
	"$more" -gt -100 -a "$more" -lt 100
more=$(($(least exits name=EPT_MISCONFIG) - mmio_kvm))
true_that "MMIO: KVM's part does not change ($more)" \
	"$more" -gt -100 -a "$more" -lt 100

equal "no ioctl is in a row of its own" "$(sum ioctl timed)" 0

# Other ioctls, of the vCPU's own thread and of another one, and signals.
echo 1 > $KVMHOT/detail
echo 'hist:keys=reason,errno' > $USER_EVENT/trigger
measure --ioctls 3 --poke 50 --kick 500 out=100 spin=20000
userspace_exits > "$TMP/kernel"
echo '!hist:keys=reason,errno' > $USER_EVENT/trigger
spans > "$TMP/is"
same "signals: spans as kvm:kvm_userspace_exit" "$TMP/is" "$TMP/kernel"
sed -n 's/^ioctl //p' "$TMP/vm.out" | grep -v ' 0$' | sort > "$TMP/expected"
awk -F '\t' '!/^#/ { sum[$3 " " $4] += $5 }
	END { for (name in sum) print name, sum[name] }' "$TMP/ioctl" |
	sort > "$TMP/is"
same "ioctls by name and result: as the VMM did" "$TMP/is" "$TMP/expected"
eintr=$(sum ioctl timed name=KVM_RUN result=EINTR)
true_that "KVM_RUN was interrupted ($eintr)" "$eintr" -gt 5
equal "its spans are KVM_EXIT_INTR" "$(sum user timed run=10)" "$eintr"
own=$(($(sum ioctl cycles name=KVM_GET_REGS) +
	$(sum ioctl cycles name=IOCTL_0xaeff)))
equal "stage ioctl is the owner's, less KVM_RUN" \
	"$(sum stages ioctl reason=-)" "$own"
equal "buckets add up" "$(not_added_up user ioctl)" "0 rows"

# A memory fault that KVM announces together with an errno.  Of each page the first
# fault fails, and the page is there when KVM_RUN is called again.
measure --uffd 1 --uffd-fail ept_write=20
equal "memory faults: KVM_RUN failed" \
	"$(sum ioctl timed name=KVM_RUN result=error)" \
	"$(sed -n 's/^ioctl KVM_RUN error //p' "$TMP/vm.out")"
equal "their spans are KVM_EXIT_MEMORY_FAULT" \
	"$(sum user timed run_name=KVM_EXIT_MEMORY_FAULT)" 20
equal "by the reason that went out" \
	"$(sum user timed run_name=KVM_EXIT_MEMORY_FAULT name=EPT_VIOLATION)" 20
equal "no span is an error" "$(sum user timed run_name=ERROR)" 0

# One thread runs several vCPUs in turn.  The end of KVM_RUN does not say of which: not
# of the one before, if this one is not known yet.
echo 0 > $KVMHOT/detail
guest_program=./kvmhot-vms
measure --vcpus 3 --early 4 --exits 20 --wait-start --wait-end
equal "in turn: each vCPU's KVM_RUNs" "$(select_cells vcpus runs | xargs)" "2 2 2"
equal "in turn: one span of each" "$(select_cells user timed | xargs)" "1 1 1"
equal "in turn: nothing is unknown" "$(sum stages unknown)" 0
tap_end
