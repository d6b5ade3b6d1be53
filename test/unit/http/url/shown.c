/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "http/url/shown.h"

static void assert_shown(const char *url, const char *expected)
{
    char text[DUET__SHOWN_URL_BYTES];

    assert_string_equal(duet__shown_url_write(url, text), expected);
}

static void password_is_left_out(void **state)
{
    (void)state;
    assert_shown("http://u:p@h/a", "http://u:***@h/a");
    assert_shown("https://u:p:q@h:8443?x#y", "https://u:***@h:8443?x#y");
    assert_shown("http://:p@h", "http://:***@h");
    assert_shown("http://u:@h", "http://u:***@h");
    assert_shown("http://u:p@ss@h/", "http://u:***@h/");
}

static void url_without_a_password_is_whole(void **state)
{
    (void)state;
    assert_shown("", "");
    assert_shown("http://h/", "http://h/");
    assert_shown("http://h:80/a:b@c", "http://h:80/a:b@c");
    assert_shown("http://h/?m=u:p@h", "http://h/?m=u:p@h");
    assert_shown("http://h:80", "http://h:80");
    assert_shown("http://[::1]/u:p@h", "http://[::1]/u:p@h");
    assert_shown("http://[::1]:80/u:p@h", "http://[::1]:80/u:p@h");
    assert_shown("http://user@h/", "http://user@h/");
}

static void text_that_was_meant_to_be_a_url_has_no_password_either(void **state)
{
    (void)state;
    assert_shown("u:p@h/a", "u:***@h/a");
    assert_shown("ftp://u:p@h/a", "ftp://u:***@h/a");
    assert_shown("http://u:p/q@h/a", "http://u:***@h/a");
    assert_shown("http://u:p#q@h/a", "http://u:***@h/a");
}

TEST_MAIN(test(password_is_left_out), test(url_without_a_password_is_whole),
          test(text_that_was_meant_to_be_a_url_has_no_password_either))
