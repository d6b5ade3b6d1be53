/* SPDX-License-Identifier: MIT */
/* sleep.h - waiting for time alone, for duet's own files. */
#ifndef DUET_RUNTIME_CORE_SLEEP_H
#define DUET_RUNTIME_CORE_SLEEP_H

#include <duet/time.h>

/* duet_sleep() between two looks at what others outside the loop change without
 * telling: virtual time gives them real time. */
int duet__sleep_between_looks(duet_deadline deadline);

#endif
