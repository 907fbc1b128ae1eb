# SPDX-License-Identifier: GPL-2.0
# make help says what there is.

KDIR ?= /lib/modules/$(shell uname -r)/build
HOST ?= emulated
export HOST

all: module tools

help:
	@echo 'make                the module, for the running kernel or KDIR=..., and the reader'
	@echo 'make module         kvmhot.ko'
	@echo 'make tools          tools/kvmhot'
	@echo 'make install        both, into the running kernel'"'"'s tree and /usr/local (DESTDIR, PREFIX)'
	@echo 'make demo           profile a Linux guest on an emulated VT-x host'
	@echo 'make test           tests of pure code, which run anywhere, in less than a minute'
	@echo 'make check          all tests, on emulated hosts; HOST=local: those that need a host, on this one'
	@echo 'make check-debug    the tests on kernels that check themselves, and on PREEMPT_RT'
	@echo 'make check-clients  KVM'"'"'s own selftests, and QEMUs that migrate, with kvmhot and without'
	@echo 'make check-long     long and hard tests, for an hour; MINUTES=N: as long as that'
	@echo 'make bench          what watching costs per VM exit: kvmhot and its peers (15 minutes)'
	@echo 'make bench-expected take what kvmhot costs now as what make check expects'
	@echo 'make clean          remove what was built here'

module:
	@[ -e "$(KDIR)/Makefile" ] || \
		{ echo "no kernel headers at $(KDIR): install linux-headers of that kernel, or say KDIR=..." >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools:
	$(MAKE) -C tools

# Into DESTDIR for a package: whoever installs that runs depmod.
install: all
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	$(if $(DESTDIR),,depmod)
	$(MAKE) -C tools install

demo:
	selftests/demo/demo.sh

test:
	selftests/test.sh

check:
	selftests/check.sh

check-debug:
	selftests/check-debug.sh

check-clients:
	selftests/check-clients.sh

check-long:
	selftests/check-long.sh

bench:
	selftests/bench/bench.sh

bench-expected:
	KERNELS="$${KERNELS:-6.1}" TESTS=added KVMHOT_UPDATE_EXPECTED=1 selftests/check.sh

clean:
	rm -rf build *.o .*.o .*.o.d .*.cmd *.ko *.mod *.mod.c modules.order Module.symvers
	find module \( -name '*.o' -o -name '.*.cmd' -o -name '.*.o.d' \) -delete
	$(MAKE) -C tools clean
	$(MAKE) -C selftests/unit clean
	$(MAKE) -C selftests/reader clean

.PHONY: all help module tools install demo test check check-debug check-clients check-long bench bench-expected clean
