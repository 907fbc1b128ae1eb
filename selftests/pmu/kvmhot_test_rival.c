// SPDX-License-Identifier: GPL-2.0
/*
 * Another user of ftrace on functions of KVM that kvmhot probes: as a live patch
 * does, it has them go on somewhere else, while it is loaded.
 *
 * What a call goes to is a jump back behind the call of ftrace, so the function
 * does what it always does.
 */
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include <asm/ibt.h>
#include <asm/nospec-branch.h>

void kvmhot_rival_0(void), kvmhot_rival_1(void), kvmhot_rival_2(void);

/* Where each of them goes on */
static unsigned long kvmhot_rival_to[3] __used;

#define REPLACEMENT(nr)						\
	asm(".pushsection .text\n"				\
	    ".global kvmhot_rival_" #nr "\n"			\
	    ".type kvmhot_rival_" #nr ", @function\n"		\
	    "kvmhot_rival_" #nr ":\n"				\
	    ASM_ENDBR						\
	    ANNOTATE_RETPOLINE_SAFE				\
	    "jmp *kvmhot_rival_to + 8 * " #nr "(%rip)\n"	\
	    ".size kvmhot_rival_" #nr ", . - kvmhot_rival_" #nr "\n" \
	    ".popsection\n")

REPLACEMENT(0);
REPLACEMENT(1);
REPLACEMENT(2);

static void divert(unsigned long ip, unsigned long parent_ip,
		   struct ftrace_ops *ops, struct ftrace_regs *fregs);

/* One for each function, as a live patch has them */
#define FLAGS	(FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_IPMODIFY | \
		 FTRACE_OPS_FL_DYNAMIC)

static struct rival {
	struct ftrace_ops ops;
	char name[32];
	void (*replacement)(void);
	unsigned long calls;
} rivals[] = {
	{ { .func = divert, .flags = FLAGS }, "vmx_handle_exit",
	  kvmhot_rival_0 },
	{ { .func = divert, .flags = FLAGS }, "handle_ept_violation",
	  kvmhot_rival_1 },
	{ { .func = divert, .flags = FLAGS }, "kvm_vcpu_ioctl",
	  kvmhot_rival_2 },
};

static void notrace divert(unsigned long ip, unsigned long parent_ip,
			   struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct rival *rival = container_of(ops, struct rival, ops);
	struct pt_regs *regs = ftrace_get_regs(fregs);

	/* The same each time */
	WRITE_ONCE(kvmhot_rival_to[rival - rivals], ip + MCOUNT_INSN_SIZE);
	rival->calls++;
	regs->ip = (unsigned long)rival->replacement;
}

static int get_calls(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%lu %lu %lu\n", READ_ONCE(rivals[0].calls),
			  READ_ONCE(rivals[1].calls),
			  READ_ONCE(rivals[2].calls));
}

static const struct kernel_param_ops calls_ops = {
	.get = get_calls,
};

module_param_cb(calls, &calls_ops, NULL, 0400);
MODULE_PARM_DESC(calls, "of each function, about (read only)");

static void give_up(size_t nr)
{
	while (nr--) {
		unregister_ftrace_function(&rivals[nr].ops);
		ftrace_free_filter(&rivals[nr].ops);
	}
}

static int __init test_rival_init(void)
{
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(rivals); i++) {
		err = ftrace_set_filter(&rivals[i].ops, rivals[i].name,
					strlen(rivals[i].name), 1);
		if (!err)
			err = register_ftrace_function(&rivals[i].ops);
		if (err) {
			ftrace_free_filter(&rivals[i].ops);
			give_up(i);
			return err;
		}
	}
	return 0;
}

static void __exit test_rival_exit(void)
{
	give_up(ARRAY_SIZE(rivals));
}

module_init(test_rival_init);
module_exit(test_rival_exit);

MODULE_DESCRIPTION("A second user of ftrace, for the tests of kvmhot");
MODULE_AUTHOR("The kvmhot authors");
MODULE_LICENSE("GPL");
