/* SPDX-License-Identifier: MIT */
/* application.h - the application as servers see it. */
#ifndef DUET_SERVER_APPLICATION_APPLICATION_H
#define DUET_SERVER_APPLICATION_APPLICATION_H

#include <duet/application.h>

#include "base/life.h"
#include "server/application/router.h"

typedef struct duet__hook {
    duet_application_hook *start;
    duet_application_hook *cleanup;
    void *context;
} duet__hook;

struct duet_application {
    DUET__LIFE
    duet__router router;
    duet__hook *hooks; /* in order of adding */
    size_t hook_count;
    int servers;                 /* that run with it */
    duet_error_page *error_page; /* NULL: none */
    void *error_context;
};

/* Runs the start hooks; on failure those that had succeeded are cleaned up.
 * Returns 0 or what the failed one returned. May suspend. */
int duet__application_start(duet_application *application);

/* Runs the cleanup hooks in reverse. May suspend. */
void duet__application_cleanup(duet_application *application);

#endif
