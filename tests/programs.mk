# SPDX-License-Identifier: Apache-2.0
#
# make -f tests/programs.mk build/tests/NAME   a program of the tests: tests/NAME.c with the library of the server.
include Makefile

$(O)/tests/%: tests/%.c $(O)/libopenitr.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(O)/libopenitr.a $(LDLIBS)
