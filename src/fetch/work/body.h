/* SPDX-License-Identifier: MIT */
/* body.h - the body of one exchange as it arrives: counted, hashed, and
 * optionally written to a file. */
#ifndef DUET_FETCH_WORK_BODY_H
#define DUET_FETCH_WORK_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include <duet/export.h>

#include "base/text.h"
#include "fetch/output/body_file.h"

enum { DUET__SHA256_TEXT_BYTES = 65, DUET__BODY_DETAIL_BYTES = 256 };

typedef struct duet__fetch_body {
    EVP_MD_CTX *digest;
    const EVP_MD *algorithm;
    duet__body_file file;
    uint64_t serial;  /* of the temporary file */
    bool is_kept;     /* in a file */
    uint64_t bytes;   /* so far */
    int64_t heard_ns; /* when some arrived, or were requested */
    int failure;      /* of writing the file; 0: none */
    char detail[DUET__BODY_DETAIL_BYTES]; /* of failure: bytes come outside
                                           * tasks, which have details */
    char sha256[DUET__SHA256_TEXT_BYTES];
} duet__fetch_body;

/* Makes a body that can be used for one exchange after the other.
 *
 *   algorithm  SHA-256; borrowed
 *   directory  a descriptor, borrowed; -1: bodies are not kept
 *   serial     for duet__body_file_start()
 *
 * Returns 0 or DUET_ENOMEM. */
DUET_MUST_USE int duet__fetch_body_init(duet__fetch_body *body,
                                        const EVP_MD *algorithm, int directory,
                                        uint64_t serial);

/* Also removes the temporary file. */
void duet__fetch_body_free(duet__fetch_body *body);

/* Discards a body that was begun before. */
void duet__fetch_body_forget(duet__fetch_body *body);

/* Begins with an empty body; discards one that was begun before.
 *
 * Returns 0, DUET_ENOMEM, or an error of duet__body_file_start(). */
DUET_MUST_USE int duet__fetch_body_begin(duet__fetch_body *body);

/* The next bytes.
 *
 * Returns 0; or the same as body->failure: an error of duet__body_file_write(),
 * DUET_ENOMEM. */
DUET_MUST_USE int duet__fetch_body_add(duet__fetch_body *body,
                                       const void *bytes, size_t count);

/* Sets body->sha256. Returns 0 or DUET_ENOMEM. */
DUET_MUST_USE int duet__fetch_body_end(duet__fetch_body *body);

/* Renames the file to a name made from the URL.
 *
 *   index     the URL's number in the input
 *   name      room for DUET__OUTPUT_NAME_BYTES; set
 *   is_other  set to whether the URL's own name existed already
 *
 * Returns 0, or an error of duet__body_file_keep(). */
DUET_MUST_USE int duet__fetch_body_keep(duet__fetch_body *body, duet__text url,
                                        uint64_t index, char *name,
                                        bool *is_other);

#endif
