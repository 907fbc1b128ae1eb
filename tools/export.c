// SPDX-License-Identifier: GPL-2.0
/* kvmhot export: the tree, for other programs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmds.h"
#include "node.h"

/* A path of frames, in a chain from the leaf to the root. */
struct path {
	const struct path *parent;
	const struct node *node;
};

/* Semicolons part frames, and a blank the last one from its cycles. */
static char frame_char(char c)
{
	return c == ';' || c == ' ' ? '_' : c;
}

static void print_frame(const char *name)
{
	for (; *name; name++)
		putchar(frame_char(*name));
}

/* As they are printed */
static bool is_same_frame(const char *a, const char *b)
{
	while (*a && frame_char(*a) == frame_char(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

static void print_path(const struct path *p)
{
	if (p->parent) {
		print_path(p->parent);
		putchar(';');
	}
	print_frame(p->node->name);
}

static void print_stacks(const struct node *n, const struct path *parent)
{
	const struct path path = { parent, n };
	const struct node *child;

	if (n->self) {
		print_path(&path);
		printf(" %llu\n", n->self);
	}
	for (child = n->child; child; child = child->next)
		print_stacks(child, &path);
}

/* Two VMs of one name would be taken for one. */
static bool has_twin(const struct snapshot *s, const struct vm *vm)
{
	const struct vm *other;

	for (other = s->vms; other < s->vms + s->nr_vms; other++)
		if (other != vm && is_same_frame(other->name, vm->name))
			return true;
	return false;
}

static void export_vm(const struct snapshot *s, const struct vm *vm, int vcpu)
{
	struct node *root = graph_make(vm, vcpu);
	size_t len = strlen(root->name);

	if (has_twin(s, vm))
		snprintf(root->name + len, sizeof(root->name) - len, " %s",
			 vm->id);
	print_stacks(root, NULL);
	node_free(root);
}

int cmd_export(const struct options *o)
{
	struct snapshot s;
	struct vm *vm, *only;

	if (!o->folded) {
		fputs("kvmhot: export: say in which format: --folded\n",
		      stderr);
		return EXIT_USAGE;
	}
	if (source_load(&s, o->root, o->vcpu))
		return EXIT_FAILED;
	if (summary_choose(&s, o->vm, o->vcpu, &only)) {
		source_free(&s);
		return EXIT_FAILED;
	}
	for (vm = s.vms; vm < s.vms + s.nr_vms; vm++)
		if (summary_is_chosen(vm, only, o->vcpu))
			export_vm(&s, vm, o->vcpu);
	source_free(&s);
	return EXIT_FINE;
}
