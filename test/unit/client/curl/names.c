/* SPDX-License-Identifier: MIT */
#include "client/curl/names.h"
#include "support/test.h"

#include <stdio.h>

static duet__curl_driver driver;

/* What libcurl is told of `where`, joined by blanks; "" for nothing. */
static const char *told(const char *where, const char *addresses)
{
    static char text[256];
    duet__hop hop = {.where = where, .addresses = addresses};
    struct curl_slist *list = NULL;

    text[0] = '\0';
    assert_status(duet__curl_tell_addresses(&driver, &hop, &list), 0);
    for (struct curl_slist *line = list; line != NULL; line = line->next) {
        strncat(text, line == list ? "" : " ", 2);
        strncat(text, line->data, 100);
    }
    curl_slist_free_all(list);
    return text;
}

static int open_names(void **state)
{
    duet__map_init(&driver.known, SIZE_MAX);
    return test_remember_descriptors(state);
}

static int close_names(void **state)
{
    duet__curl_forget_addresses(&driver);
    return test_no_descriptor_left(state);
}

static void addresses_are_told_once_and_when_they_change(void **state)
{
    (void)state;
    assert_string_equal(told("a:80", "1.2.3.4"), "a:80:1.2.3.4");
    assert_string_equal(told("a:80", "1.2.3.4"), "");
    assert_string_equal(told("a:81", "1.2.3.4"), "a:81:1.2.3.4");
    assert_string_equal(told("a:80", "5.6.7.8,[::1]"), "a:80:5.6.7.8");
    assert_string_equal(told("a:80", "5.6.7.8,[::2]"), "");
    assert_string_equal(told("1.2.3.4:80", NULL), "");
}

static void least_recently_used_name_is_taken_back(void **state)
{
    char where[32];

    (void)state;
    for (int i = 0; i < 1024; i++) {
        snprintf(where, sizeof where, "h%d:80", i);
        assert_string_not_equal(told(where, "1.1.1.1"), "");
    }
    assert_string_equal(told("h0:80", "1.1.1.1"), "");
    assert_string_equal(told("new:80", "1.1.1.1"), "-h1:80 new:80:1.1.1.1");
    assert_string_equal(told("h0:80", "1.1.1.1"), "");
    assert_int_equal(driver.known.count, 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            addresses_are_told_once_and_when_they_change, open_names,
            close_names),
        cmocka_unit_test_setup_teardown(least_recently_used_name_is_taken_back,
                                        open_names, close_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
