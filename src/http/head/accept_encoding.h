/* SPDX-License-Identifier: MIT */
/* accept_encoding.h - which content coding a client wants most (RFC 9110
 * 12.5.3).
 *
 *     duet__accept_encoding_init(&accepted);
 *     for each field Accept-Encoding:
 *         duet__accept_encoding_read(&accepted, value);
 *     coding = duet__accept_encoding_choose(&accepted, offered, count);
 */
#ifndef DUET_HTTP_HEAD_ACCEPT_ENCODING_H
#define DUET_HTTP_HEAD_ACCEPT_ENCODING_H

#include "http/head/coding.h"

/* Weights are thousandths: 1000 is the most, 0 means "not acceptable". */
typedef struct duet__accepted_codings {
    int weight[DUET__CODINGS]; /* -1: not named */
    int weight_of_others;      /* that of "*"; -1: not named */
} duet__accepted_codings;

/* Nothing is named yet: only identity is chosen then, as a client that sends
 * no Accept-Encoding may not be able to decode anything. */
void duet__accept_encoding_init(duet__accepted_codings *accepted);

/* Adds a field's value. Codings that are unknown here, and members that are
 * malformed, are passed over. A coding that is named twice has the greater
 * weight, but 0 is final. */
void duet__accept_encoding_read(duet__accepted_codings *accepted,
                                duet__text value);

/* The coding with the greatest weight.
 *
 *   offered  those that can be sent besides identity, the preferred one first:
 *            it is chosen among equals; identity comes last among them
 *   count    how many
 *
 * Returns DUET__CODING_IDENTITY also if nothing that is offered is
 * acceptable. */
duet__coding
duet__accept_encoding_choose(const duet__accepted_codings *accepted,
                             const duet__coding *offered, size_t count);

/* Is a body without coding acceptable? False after "identity;q=0", and after
 * "*;q=0" if identity is not named. */
bool duet__accept_encoding_takes_identity(
    const duet__accepted_codings *accepted);

#endif
