/* SPDX-License-Identifier: MIT */
/* The head of a request as it stands on the wire. */
#include "fuzz/fuzz.h"

#include "http/url/host.h"
#include "http/message/request_check.h"

/* What no request has that may be answered. */
static void check(duet__request_head *head)
{
    duet__request_framing framing, same;
    const char *reason = NULL;
    size_t hosts = 0, lengths = 0, codings = 0;

    for (size_t i = 0; i < head->field_count; i++) {
        duet__text name = head->fields[i].name, value = head->fields[i].value;

        FUZZ_CHECK(duet__text_is_token(name));
        FUZZ_CHECK(value.length == 0 ||
                   !memchr(value.bytes, '\n', value.length));
        hosts += duet__text_equal_ignoring_case(name, DUET__TEXT("host"));
        lengths +=
            duet__text_equal_ignoring_case(name, DUET__TEXT("content-length"));
        codings += duet__text_equal_ignoring_case(
            name, DUET__TEXT("transfer-encoding"));
    }
    FUZZ_CHECK(hosts <= 1 && lengths + codings <= 1);
    FUZZ_CHECK(duet__text_is_token(head->method) && head->target.length > 0);
    FUZZ_CHECK(duet__request_check(head, &framing, &reason) == 0);
    FUZZ_CHECK(framing.length <= INT64_MAX);
    FUZZ_CHECK(framing.has_body == (codings > 0 || framing.length > 0));
    FUZZ_CHECK(framing.host.length == 0 ||
               duet__host_field_is_valid(framing.host));
    head->known_host = framing.host;
    FUZZ_CHECK(duet__request_check(head, &same, &reason) == 0);
    FUZZ_CHECK(duet__text_equal(framing.host, same.host));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    duet__raw_field fields[8];
    duet__request_head head = {0};
    const char *reason = NULL;
    int status = duet__request_head_check(fuzz_text(bytes, length), fields, 8,
                                          &head, &reason);

    FUZZ_CHECK(status == 0 || (status >= 400 && status < 600));
    FUZZ_CHECK(status == 0 || reason != NULL);
    if (status == 0)
        check(&head);
    return 0;
}
