/* SPDX-License-Identifier: MIT */
/* body.c - owns the digest's state and, between begin and keep, the
 * temporary file. */
#include "fetch/work/body.h"

#include <stdio.h>

#include <duet/time.h>

#include "base/error.h"
#include "fetch/output/name.h"

enum { SHA256_BYTES = 32, NAMES_TRIED_MAX = 1000 };

int duet__fetch_body_init(duet__fetch_body *body, const EVP_MD *algorithm,
                          int directory, uint64_t serial)
{
    *body = (duet__fetch_body){.algorithm = algorithm,
                               .serial = serial,
                               .is_kept = directory >= 0,
                               .digest = EVP_MD_CTX_new()};
    duet__body_file_init(&body->file, directory);
    return body->digest != NULL ? 0 : DUET_ENOMEM;
}

void duet__fetch_body_free(duet__fetch_body *body)
{
    duet__body_file_discard(&body->file);
    EVP_MD_CTX_free(body->digest);
    body->digest = NULL;
}

static int fail(duet__fetch_body *body, int status)
{
    body->failure = status;
    if (status != 0)
        snprintf(body->detail, sizeof body->detail, "%s",
                 duet_error_message(status));
    return status;
}

static int out_of_memory(void)
{
    return duet__fail(DUET_ENOMEM, "SHA-256: out of memory");
}

void duet__fetch_body_forget(duet__fetch_body *body)
{
    body->bytes = 0;
    body->failure = 0;
    body->sha256[0] = '\0';
}

int duet__fetch_body_begin(duet__fetch_body *body)
{
    duet__fetch_body_forget(body);
    if (EVP_DigestInit_ex2(body->digest, body->algorithm, NULL) != 1)
        return fail(body, out_of_memory());
    if (body->is_kept)
        return fail(body, duet__body_file_start(&body->file, body->serial));
    return 0;
}

int duet__fetch_body_add(duet__fetch_body *body, const void *bytes,
                         size_t count)
{
    if (body->failure != 0)
        return body->failure;
    body->heard_ns = duet_clock_ns();
    body->bytes += count;
    if (EVP_DigestUpdate(body->digest, bytes, count) != 1)
        return fail(body, out_of_memory());
    if (body->is_kept)
        return fail(body, duet__body_file_write(&body->file, bytes, count));
    return 0;
}

int duet__fetch_body_end(duet__fetch_body *body)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned int length = 0;

    if (EVP_DigestFinal_ex(body->digest, sum, &length) != 1 ||
        length != SHA256_BYTES)
        return fail(body, out_of_memory());
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        body->sha256[2 * i] = hex[sum[i] >> 4];
        body->sha256[2 * i + 1] = hex[sum[i] & 15];
    }
    body->sha256[2 * SHA256_BYTES] = '\0';
    return 0;
}

int duet__fetch_body_keep(duet__fetch_body *body, duet__text url,
                          uint64_t index, char *name, bool *is_other)
{
    int status = DUET_EEXIST;

    for (unsigned i = 0; status == DUET_EEXIST && i < NAMES_TRIED_MAX; i++) {
        duet__output_name(url, index, i, name);
        *is_other = i > 0;
        status = duet__body_file_keep(&body->file, name);
    }
    if (status == DUET_EEXIST)
        return duet__fail(status, "rename to %s: exists", name);
    return status;
}
