// SPDX-License-Identifier: GPL-2.0
/* export --folded: writes the tree, a line for each place with cycles of its own. */
#include <string.h>

#include "export/export.h"
#include "export/writers.h"
#include "model/graph.h"
#include "model/node.h"
#include "read/snapshot.h"

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

static void print_frame(FILE *to, const char *name)
{
	for (; *name; name++)
		putc(frame_char(*name), to);
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

static void print_path(FILE *to, const struct path *p)
{
	if (p->parent) {
		print_path(to, p->parent);
		putc(';', to);
	}
	print_frame(to, p->node->name);
}

static void print_stacks(FILE *to, const struct node *n,
			 const struct path *parent)
{
	const struct path path = { parent, n };
	const struct node *child;

	if (n->self) {
		print_path(to, &path);
		fprintf(to, " %llu\n", n->self);
	}
	for (child = n->child; child; child = child->next)
		print_stacks(to, child, &path);
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

int folded_write(const struct export *e)
{
	const struct vm *vm = NULL;
	struct node *root;
	size_t len;

	while ((vm = export_next_vm(e, vm))) {
		root = graph_make(vm, e->o->filter.vcpu);
		len = strlen(root->name);
		if (has_twin(e->s, vm))
			snprintf(root->name + len, sizeof(root->name) - len,
				 " %s", vm->id);
		print_stacks(e->to, root, NULL);
		node_free(root);
	}
	return 0;
}
