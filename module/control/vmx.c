// SPDX-License-Identifier: GPL-2.0
/*
 * Whether VMREAD can be relied on.
 */
#include <linux/kconfig.h>
#include <linux/kvm_host.h>
#include <asm/mshyperv.h>

#include "hot/vmx.h"

/**
 * kvmhot_vmx_evmcs() - does KVM keep exits in Hyper-V's enlightened VMCS?
 *
 * Then there is no current VMCS to read.  KVM's own test, without the
 * kvm_intel parameter that can switch it off, which is not to be had here.
 *
 * Return: true if it may.
 */
bool kvmhot_vmx_evmcs(void)
{
	if (!IS_ENABLED(CONFIG_HYPERV))
		return false;
	return (ms_hyperv.hints & HV_X64_ENLIGHTENED_VMCS_RECOMMENDED) &&
	       (ms_hyperv.nested_features &
		HV_X64_ENLIGHTENED_VMCS_VERSION) >= 1;
}
