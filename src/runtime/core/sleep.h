/* SPDX-License-Identifier: MIT */
/* sleep.h - sleeping, for duet's own files. */
#ifndef DUET_RUNTIME_CORE_SLEEP_H
#define DUET_RUNTIME_CORE_SLEEP_H

#include <duet/time.h>

/* duet_sleep() between two polls of a state that is changed outside the loop
 * without notification: on virtual time, real time passes here. */
int duet__sleep_between_looks(duet_deadline deadline);

#endif
