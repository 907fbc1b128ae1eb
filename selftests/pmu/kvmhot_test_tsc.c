// SPDX-License-Identifier: GPL-2.0
/*
 * A CPU's TSC that goes back, as a test wants it.
 *
 * Write "CPU TICKS" to the parameter back: wherever that CPU is just then, it is
 * interrupted, and its TSC is that much less.  On removal all TSCs get back what
 * was taken from them.
 */
#include <linux/cpu.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <asm/msr.h>

static DEFINE_PER_CPU(u64, taken);

static void take(void *ticks)
{
	u64 n = *(u64 *)ticks;

	wrmsrl(MSR_IA32_TSC, rdtsc() - n);
	this_cpu_add(taken, n);
}

static void give_back(void *unused)
{
	wrmsrl(MSR_IA32_TSC, rdtsc() + this_cpu_read(taken));
	this_cpu_write(taken, 0);
}

static int set_back(const char *buffer, const struct kernel_param *param)
{
	unsigned int cpu;
	u64 ticks;

	if (sscanf(buffer, "%u %llu", &cpu, &ticks) != 2)
		return -EINVAL;
	return smp_call_function_single(cpu, take, &ticks, 1);
}

static const struct kernel_param_ops back_ops = {
	.set = set_back,
};

module_param_cb(back, &back_ops, NULL, 0200);
MODULE_PARM_DESC(back, "CPU TICKS: its TSC goes back by so many");

static int __init test_tsc_init(void)
{
	return 0;
}

static void __exit test_tsc_exit(void)
{
	on_each_cpu(give_back, NULL, 1);
}

module_init(test_tsc_init);
module_exit(test_tsc_exit);

MODULE_DESCRIPTION("A TSC that goes back, for the tests of kvmhot");
MODULE_AUTHOR("The kvmhot authors");
MODULE_LICENSE("GPL");
