#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Some of KVM's own selftests: VMs by the dozen, exits to the VMM in the midst of
# instructions, SMM, a nested guest that is saved and restored.
# needs: kernel=6.1 seconds=20
# needs: clients=set_boot_cpu_id,state_test,smm_test,sync_regs_test,userspace_msr_exit_test,evmcs_test,steal_time

. ./lib_clients.sh

tap_begin
own_clients ./clients.sh
tap_end
