/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "fetch/output/name.h"

static const char *name_of(const char *url)
{
    static char name[DUET__OUTPUT_NAME_BYTES];

    duet__output_name(duet__text_from(url), 7, 0, name);
    return name;
}

/* Compares all but the hash, of which 16 question marks stand for it. */
static void assert_name(const char *url, const char *pattern)
{
    const char *name = name_of(url);

    assert_int_equal(strlen(name), strlen(pattern));
    for (size_t i = 0; pattern[i] != '\0'; i++) {
        if (pattern[i] != '?' && pattern[i] != name[i])
            fail_msg("%s is not %s", name, pattern);
    }
}

#define HASH "????????????????"

static void name_tells_host_path_query_and_extension(void **state)
{
    (void)state;
    assert_name("http://example.org:8080/a/b.html?x=1",
                "example.org_8080_a_b.html_x_1-" HASH ".html");
    assert_name("https://example.org/", "example.org-" HASH);
    assert_name("https://example.org", "example.org-" HASH);
    assert_name("http://h/a.tar.gz#frag", "h_a.tar.gz-" HASH ".gz");
    assert_name("http://[::1]:80/x", "_1_80_x-" HASH);
}

static void extension_is_a_short_word_behind_a_name(void **state)
{
    (void)state;
    assert_name("http://h/.hidden", "h_.hidden-" HASH);
    assert_name("http://h/a.", "h_a.-" HASH);
    assert_name("http://h/a.b~c", "h_a.b_c-" HASH);
    assert_name("http://h/a.waytoolong", "h_a.waytoolong-" HASH);
    assert_name("http://h/?f=a.exe", "h_f_a.exe-" HASH);
    assert_name("http://h/a.d/b", "h_a.d_b-" HASH);
}

static void user_info_does_not_get_into_the_name(void **state)
{
    (void)state;
    assert_name("http://me:secret@h/x", "h_x-" HASH);
    assert_name("http://a@b@h/x", "h_x-" HASH);
}

static void names_are_safe_whatever_the_url_says(void **state)
{
    static const char *const urls[] = {"",
                                       "http://",
                                       "../../../etc/passwd",
                                       "http://h/../../../etc/passwd",
                                       "http://h/%2e%2e%2f%2e%2e",
                                       "http://h/a\\..\\b:c*?\"<>|",
                                       "http://../x",
                                       "http://-rf/x",
                                       "http://h/\x01\x7f\n\r\xff\xfe/\xc3\xa9",
                                       "file:///etc/passwd",
                                       "con",
                                       "http://con/",
                                       "http://LPT1.example/x",
                                       "http://nul",
                                       "://",
                                       "?",
                                       "/",
                                       "."};

    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        const char *name = name_of(urls[i]);
        size_t safe = strspn(name, "abcdefghijklmnopqrstuvwxyz"
                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "0123456789._-~");

        assert_int_equal(safe, strlen(name));
        assert_true(name[0] != '.' && name[0] != '-' && name[0] != '~');
        assert_in_range(strlen(name), 17, 255);
    }
    assert_name("http://con.example/x", "_con.example_x-" HASH);
    assert_name("http://LPT1/", "_LPT1-" HASH);
    assert_name("http://console/", "console-" HASH);
}

static void long_url_gives_a_name_of_at_most_255_bytes(void **state)
{
    char url[70000];
    char name[DUET__OUTPUT_NAME_BYTES];

    (void)state;
    memset(url, 'a', sizeof url - 1);
    memcpy(url, "http://h/", 9);
    memcpy(url + sizeof url - 6, ".html", 6);
    duet__output_name(duet__text_from(url), UINT64_MAX, 4000000000u, name);
    assert_in_range(strlen(name), 200, 255);
    assert_string_equal(name + strlen(name) - 5, ".html");
}

static void different_urls_have_different_names(void **state)
{
    char name[DUET__OUTPUT_NAME_BYTES];

    (void)state;
    memcpy(name, name_of("http://h/a/b"), sizeof name);
    assert_string_not_equal(name, name_of("http://h/a_b"));
    assert_string_not_equal(name, name_of("https://h/a/b"));
    assert_string_not_equal(name, name_of("http://h/a/b?"));
    assert_string_equal(name, name_of("http://h/a/b"));
}

static void variants_of_a_name_differ(void **state)
{
    char names[3][DUET__OUTPUT_NAME_BYTES];

    (void)state;
    for (unsigned i = 0; i < 3; i++)
        duet__output_name(DUET__TEXT("http://h/x.png"), 42, i, names[i]);
    assert_null(strchr(names[0], '~'));
    assert_non_null(strstr(names[1], "~42.png"));
    assert_non_null(strstr(names[2], "~42.2.png"));
}

TEST_MAIN(test(name_tells_host_path_query_and_extension),
          test(extension_is_a_short_word_behind_a_name),
          test(user_info_does_not_get_into_the_name),
          test(names_are_safe_whatever_the_url_says),
          test(long_url_gives_a_name_of_at_most_255_bytes),
          test(different_urls_have_different_names),
          test(variants_of_a_name_differ))
