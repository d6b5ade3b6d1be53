/* SPDX-License-Identifier: MIT */
/* A URL, and behind a newline a reference that is resolved against it. */
#include "fuzz/fuzz.h"

#include <duet/error.h>
#include <duet/url.h>

/* What was written by us is read by us as the same. */
static void check(const duet_url *url)
{
    duet_url *again;
    int status = duet_url_parse(duet_url_text(url), &again);

    if (status == DUET_ETOOLARGE) /* escaping made it longer */
        return;
    FUZZ_CHECK(status == 0);
    FUZZ_CHECK(strcmp(duet_url_text(url), duet_url_text(again)) == 0);
    FUZZ_CHECK(strcmp(duet_url_target(url), duet_url_target(again)) == 0);
    FUZZ_CHECK(strcmp(duet_url_authority(url), duet_url_authority(again)) == 0);
    FUZZ_CHECK(duet_url_same_origin(url, again));
    FUZZ_CHECK(duet_url_path(url)[0] == '/' && duet_url_port(url) != 0);
    for (const char *byte = duet_url_text(url); *byte != '\0'; byte++)
        FUZZ_CHECK(*byte > ' ' && *byte < 127);
    duet_url_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    duet__text rest = fuzz_text(bytes, length);
    char *text = fuzz_string(duet__text_cut(&rest, '\n'));
    char *reference = fuzz_string(rest);
    duet_url *base, *url;

    if (duet_url_parse(text, &base) == 0) {
        check(base);
        if (duet_url_resolve(base, reference, &url) == 0) {
            check(url);
            duet_url_free(url);
        }
    }
    duet_url_free(base);
    free(text);
    free(reference);
    return 0;
}
