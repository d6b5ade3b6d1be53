/* SPDX-License-Identifier: MIT */
/* session.h - what a session consists of. */
#ifndef DUET_CLIENT_SESSION_SESSION_H
#define DUET_CLIENT_SESSION_SESSION_H

#include <duet/session.h>

#include "base/life.h"
#include "client/admission/admission.h"
#include "client/curl/driver.h"
#include "client/names/resolver.h"

struct duet_session {
    DUET__LIFE
    size_t exchanges; /* in progress: each holds the session's memory */
    bool is_closed;
    duet__admission admission;
    duet__resolver *resolver;  /* NULL once closed */
    duet__curl_driver *driver; /* NULL once closed */
    duet__curl_options curl;
    duet_fields *fields; /* of every request, User-Agent included */
    char *ca_file;
    char *dns_servers;
};

/* Returns 0, or with detail, DUET_EINVAL if a field is none that a user of the
 * session may set, DUET_EFIELD if Host is malformed or there twice. */
DUET_MUST_USE int duet__check_own_fields(const duet_fields *fields);

/* Frees a session that is closed and has no exchange any more. */
void duet__session_free(duet_session *session);

#endif
