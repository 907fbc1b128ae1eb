// SPDX-License-Identifier: GPL-2.0
/*
 * What the guest and the VMM have counted, against what was asked for.
 */
#include <stdio.h>
#include "report.h"

static bool check(const struct vcpu *vcpu, const char *what, __u64 is,
		  __u64 expected)
{
	if (is == expected)
		return true;
	fprintf(stderr, "vcpu %u: %llu %s, expected %llu\n", vcpu->id,
		is, what, expected);
	return false;
}

static bool report_vcpu(struct vcpu *vcpu, const struct play *play,
			const struct expected *expected)
{
	struct guest_data *data = guest_data(vcpu);
	const struct list *list = play->list;
	bool ok = true;
	unsigned int i;

	for (i = 0; i < list->nr; i++) {
		const struct item *item = &list->items[i];

		printf("vcpu %u %s %llu\n", vcpu->id, item->kind->name,
		       data->list[i].done);
		ok &= check(vcpu, item->kind->name, data->list[i].done,
			    item->n * play->done);
		fold(&vcpu->result, data->list[i].done);
	}
	ok &= check(vcpu, "exits to the VMM", vcpu->user, expected->user);
	ok &= check(vcpu, "interrupts", data->irqs, expected->irqs);
	ok &= check(vcpu, "#UD", data->uds, expected->uds);
	ok &= check(vcpu, "#GP", data->gps, expected->gps);
	fold(&vcpu->result, data->result);
	return ok;
}

/* Named as kvmhot does, so that a test can compare the two */
static void report_ioctls(const struct vm *vm)
{
	static const struct {
		const char *name, *result;
	} tallies[NR_TALLIES] = {
		[RUN_OK] = { "KVM_RUN", "ok" },
		[RUN_EINTR] = { "KVM_RUN", "EINTR" },
		[RUN_EAGAIN] = { "KVM_RUN", "EAGAIN" },
		[RUN_EFAULT] = { "KVM_RUN", "error" },
		[GET_REGS_OK] = { "KVM_GET_REGS", "ok" },
		[NO_SUCH_EINVAL] = { "IOCTL_0xaeff", "error" },
		[GET_MP_STATE_OK] = { "KVM_GET_MP_STATE", "ok" },
	};
	unsigned int i, t;

	for (t = 0; t < NR_TALLIES; t++) {
		__u64 sum = 0;

		for (i = 0; i < vm->nr_vcpus; i++)
			sum += vm->vcpus[i].tally[t];
		if (sum || t <= RUN_EAGAIN)
			printf("ioctl %s %s %llu\n", tallies[t].name,
			       tallies[t].result, sum);
	}
}

bool report(struct play *play)
{
	struct expected expected;
	__u64 result = RESULT_SEED;
	unsigned int i;
	bool ok = true;

	list_expect(play->list, play->done, &expected);
	for (i = 0; i < play->vm->nr_vcpus; i++) {
		ok &= report_vcpu(&play->vm->vcpus[i], play, &expected);
		fold(&result, play->vm->vcpus[i].result);
	}
	print_expected(&expected, "exit ", play->vm->nr_vcpus);
	report_ioctls(play->vm);
	printf("rounds %llu\n", play->done);
	printf("result %016llx\n", result);
	return ok;
}
