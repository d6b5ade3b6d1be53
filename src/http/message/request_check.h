/* SPDX-License-Identifier: MIT */
/* request_check.h - is this request one that may be answered at all?
 *
 * Two readers that disagree about where a request ends let an attacker hide a
 * second one in it. So whatever the RFCs let a reader refuse here is refused;
 * the connection must be closed behind the answer.
 *
 * Accepted: "GET /a?b HTTP/1.1" with one valid Host; "Content-Length: 5"; one
 * "Transfer-Encoding: chunked" (any case); values with tabs and bytes above
 * 127; HTTP/1.0 without Host; OPTIONS *; CONNECT host:port; http://host/path.
 *
 * Refused, with the status to answer:
 *   400  method or field name is no token, a blank before the colon included
 *        (RFC 9110 9.1, 5.1; 9112 5.1)
 *   400  a control character, CR, LF or NUL in a value (9110 5.5)
 *   400  in the target: a blank, a control character, '<' or '>', a '%' in the
 *        path without two hexadecimal digits; or it is none of the four forms
 *        for this method (9112 3.2). All servers take '"', '#' and bytes above
 *        127, so they are taken; a fragment is part of nothing.
 *   400  version is not HTTP/digit.digit;  505  it is not 1.x (9112 2.3)
 *   400  Host is missing (1.1), there twice, or invalid (9112 3.2)
 *   400  Content-Length is there twice, even with equal values, or no number:
 *        "+5", "0x5", "5, 5", "" (9112 6.3);  413  it is above INT64_MAX
 *   400  Transfer-Encoding with Content-Length or on HTTP/1.0 (9112 6.1), or
 *        chunked in it is not last, is there twice or has parameters
 *   501  it names a coding other than chunked (9112 6.1)
 *   417  Expect is not 100-continue (9110 10.1.1); ignored on HTTP/1.0
 */
#ifndef DUET_HTTP_MESSAGE_REQUEST_CHECK_H
#define DUET_HTTP_MESSAGE_REQUEST_CHECK_H

#include <stddef.h>

#include "base/text.h"

/* A field as it stood on the wire: the name up to the colon, the value behind
 * it (blanks around the value are accepted). */
typedef struct duet__raw_field {
    duet__text name;
    duet__text value;
} duet__raw_field;

/* All texts borrowed. */
typedef struct duet__request_head {
    duet__text method;
    duet__text target;
    duet__text version; /* "HTTP/1.1" */
    const duet__raw_field *fields;
    size_t field_count;
    duet__text known_host; /* a value of Host that was found valid before: most
                            * requests of a server have the same; or empty */
} duet__request_head;

/* What a head says of the body behind it, and of the host. */
typedef struct duet__request_framing {
    bool has_body;         /* there is a coding, or a length other than 0 */
    bool expects_continue; /* the client waits before it sends the body */
    uint64_t length;       /* 0 without Content-Length */
    duet__text host;       /* the value of Host; empty without */
} duet__request_framing;

/* Returns 0 if the request may be answered; else the status to refuse it with,
 * *reason being a constant sentence for the log ("Host is there twice").
 *
 *   framing  set; if the request is refused, has_body and expects_continue are
 *            what it seems to say */
int duet__request_check(const duet__request_head *head,
                        duet__request_framing *framing, const char **reason);

/* The same for the value of Transfer-Encoding alone, a list of codings (RFC
 * 9112 6.1 and 7). */
int duet__request_check_codings(duet__text list, const char **reason);

/* The same for the bytes of a whole head, from the request line to the empty
 * line. Lines end with CRLF: a bare LF or CR, a folded line and a line without
 * colon are refused with 400 (RFC 9112 2.2, 5.2); more fields than there is
 * room for with 431. One empty line before the request line is skipped.
 *
 *   bytes   borrowed; `head` points into it
 *   fields  room for `field_max` fields; head->fields points to it
 *   head    set as far as the head could be read */
int duet__request_head_check(duet__text bytes, duet__raw_field *fields,
                             size_t field_max, duet__request_head *head,
                             const char **reason);

#endif
