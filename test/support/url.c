/* SPDX-License-Identifier: MIT */
/* url.c - see url.h. */
#include "support/url.h"

#include "support/test.h"

duet_url *test_url_parse(const char *text)
{
    duet_url *url;

    assert_status(duet_url_parse(text, &url), 0);
    return url;
}

void test_url_becomes(const char *text, const char *expected)
{
    duet_url *url = test_url_parse(text);

    assert_string_equal(duet_url_text(url), expected);
    duet_url_free(url);
}
