/* SPDX-License-Identifier: MIT */
/* session.h - the parts of a session. */
#ifndef DUET_CLIENT_SESSION_SESSION_H
#define DUET_CLIENT_SESSION_SESSION_H

#include <duet/session.h>

#include "base/life.h"
#include "client/admission/admission.h"
#include "client/curl/driver.h"
#include "client/names/resolver.h"

struct duet_session {
    DUET__LIFE
    size_t exchanges; /* in progress: each keeps the session's memory alive */
    bool is_closed;
    duet__admission admission;
    duet__resolver *resolver;  /* NULL once closed */
    duet__curl_driver *driver; /* NULL once closed */
    duet__curl_options curl;
    duet_expect expect;
    duet_fields *fields; /* of every request, including User-Agent */
    char *ca_file;
    char *dns_servers;
};

/* Returns 0, or with detail, DUET_EINVAL if a field may not be set by a user of
 * the session, DUET_EFIELD if Host is malformed or duplicated. */
DUET_MUST_USE int duet__check_own_fields(const duet_fields *fields);

/* Returns 0; DUET_EINVAL with detail if `expect` is none of the enum. */
DUET_MUST_USE int duet__check_expect(duet_expect expect);

/* Frees a session that is closed and has no exchange any more. */
void duet__session_free(duet_session *session);

#endif
