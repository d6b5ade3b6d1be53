/* SPDX-License-Identifier: MIT */
/* The same cases on the other switch: compiled in here, it takes the place of
 * the one in the library. */
#include "runtime/context/ucontext.c"

#include "assembly.c"
