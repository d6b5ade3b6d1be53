/* SPDX-License-Identifier: MIT */
/* url.h - URLs that the test is sure of. */
#ifndef DUET_TEST_SUPPORT_URL_H
#define DUET_TEST_SUPPORT_URL_H

#include <duet/url.h>

/* Parses a text that is good; returned-owned (duet_url_free()). */
duet_url *test_url_parse(const char *text);

/* Expects that the text is good and becomes `expected`. */
void test_url_becomes(const char *text, const char *expected);

#endif
