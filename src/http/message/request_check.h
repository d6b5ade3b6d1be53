/* SPDX-License-Identifier: MIT */
/* request_check.h - decides whether a request is valid or has to be refused.
 *
 * Two readers that disagree about where a request ends let an attacker hide a
 * second one in it. So everything that the RFCs allow to refuse here is
 * refused; the connection must be closed after the response.
 *
 * Accepted: "GET /a?b HTTP/1.1" with one valid Host; "Content-Length: 5"; one
 * "Transfer-Encoding: chunked" (any case); values with tabs and bytes above
 * 127; HTTP/1.0 without Host; OPTIONS *; CONNECT host:port; http://host/path.
 *
 * Refused, with the status to answer:
 *   400  method or field name is not a token; this includes a space before the
 *        colon (RFC 9110 9.1, 5.1; 9112 5.1)
 *   400  a control character, CR, LF or NUL in a value (9110 5.5)
 *   400  in the target: a blank, a control character, '<' or '>', a '%' in the
 *        path without two hexadecimal digits; or it is none of the four forms
 *        for this method (9112 3.2). '"', '#' and bytes above 127 are accepted,
 *        as all servers accept them; a fragment is ignored.
 *   400  version is not HTTP/digit.digit;  505  it is not 1.x (9112 2.3)
 *   400  Host is missing (HTTP/1.1), duplicated or invalid (9112 3.2)
 *   400  Content-Length is duplicated, even with equal values, or not a number:
 *        "+5", "0x5", "5, 5", "" (9112 6.3); 413 it is above INT64_MAX
 *   400  Transfer-Encoding with Content-Length or on HTTP/1.0 (9112 6.1), or in
 *        it chunked is not last, is duplicated or has parameters
 *   501  it names a coding other than chunked (9112 6.1)
 *   417  Expect is not 100-continue (9110 10.1.1); ignored on HTTP/1.0
 */
#ifndef DUET_HTTP_MESSAGE_REQUEST_CHECK_H
#define DUET_HTTP_MESSAGE_REQUEST_CHECK_H

#include <stddef.h>

#include "base/text.h"

/* A field as received: the name up to the colon, and the value after it
 * (whitespace around the value is accepted). */
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
    duet__text known_host; /* a value of Host that was found valid before, as
                            * most requests to a server have the same one; or
                            * empty */
} duet__request_head;

/* What a head says about the body that follows it, and about the host. */
typedef struct duet__request_framing {
    bool has_body;         /* a transfer coding, or a length other than 0 */
    bool expects_continue; /* the client waits for 100 before it sends the
                            * body */
    uint64_t length;       /* 0 without Content-Length */
    duet__text host;       /* the value of Host; empty without */
} duet__request_framing;

/* Returns 0 if the request is valid; else the status code of the refusal, and
 * sets *reason to a constant sentence for the log ("Host occurs twice").
 *
 *   framing  set; if the request is refused, has_body and expects_continue are
 *            a best guess */
int duet__request_check(const duet__request_head *head,
                        duet__request_framing *framing, const char **reason);

/* The same for the value of Transfer-Encoding alone, a list of codings (RFC
 * 9112 6.1 and 7). */
int duet__request_check_codings(duet__text list, const char **reason);

/* The same for the bytes of a whole head, from the request line to the empty
 * line. Lines end with CRLF: a bare LF or CR, a folded line and a line without
 * colon are refused with 400 (RFC 9112 2.2, 5.2); more than field_max fields
 * with 431. One empty line before the request line is skipped.
 *
 *   bytes   borrowed; `head` points into it
 *   fields  room for `field_max` fields; head->fields points to it
 *   head    set as far as the head could be read */
int duet__request_head_check(duet__text bytes, duet__raw_field *fields,
                             size_t field_max, duet__request_head *head,
                             const char **reason);

#endif
