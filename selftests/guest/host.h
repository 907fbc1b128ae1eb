/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KVMHOT_HOST_H
#define KVMHOT_HOST_H

#include <stdbool.h>

/* Does KVM virtualise the LAPIC's registers and interrupts? */
bool host_apicv(void);

/* Does it let L1 access its VMCS without exits?  Can there be an L1? */
bool host_shadow_vmcs(void);
bool host_nested(void);

/* Without XSAVE, and so CR4.OSXSAVE, XSETBV is a #UD that does not exit */
bool host_xsave(void);

/* Does the table of exits hold here?  Complains if not. */
bool host_ok(void);

#endif /* KVMHOT_HOST_H */
