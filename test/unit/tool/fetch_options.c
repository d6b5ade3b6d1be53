/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <duet/time.h>

#include "tool/fetch_options.h"

static int read_words(int count, char **words, duet__fetch_options *options)
{
    return duet__fetch_options_read(count, words, options);
}

#define READ(options, ...)                                                     \
    read_words(sizeof((char *[]){__VA_ARGS__}) / sizeof(char *),               \
               (char *[]){__VA_ARGS__}, (options))

static void defaults_are_those_of_the_help(void **state)
{
    duet__fetch_options options;

    (void)state;
    assert_status(READ(&options, "http://h/"), 0);
    assert_int_equal(options.fetcher.retries, 2);
    assert_int_equal(options.fetcher.at_once, 0);
    assert_int_equal(options.fetcher.records, 1);
    assert_int_equal(options.fetcher.progress, 2);
    assert_null(options.fetcher.directory);
    assert_false(options.is_quiet);
    assert_int_equal(options.input.count, 1);
    duet__fetch_options_free(&options);
}

static void every_option_sets_its_field(void **state)
{
    duet__fetch_options options;
    const duet__fetcher_options *fetcher = &options.fetcher;

    (void)state;
    assert_status(READ(&options, "-o", "out", "-n", "8", "--per-host=2",
                       "--timeout", "1.5", "--retries=0", "--max-bytes", "2k",
                       "--max-redirects", "3", "-X", "HEAD", "-H", "A: b", "-H",
                       "C:d", "-A", "me", "--ca-file", "/dev/null", "-k",
                       "--no-progress", "-i", "/dev/null"),
                  0);
    assert_string_equal(fetcher->directory, "out");
    assert_int_equal(fetcher->at_once, 8);
    assert_int_equal(fetcher->per_host, 2);
    assert_int_equal(fetcher->timeout_ms, 1500);
    assert_int_equal(fetcher->retries, 0);
    assert_int_equal(fetcher->body_bytes_max, 2048);
    assert_int_equal(fetcher->redirects_max, 3);
    assert_string_equal(fetcher->method, "HEAD");
    assert_string_equal(duet_fields_get(fetcher->headers, "a"), "b");
    assert_string_equal(duet_fields_get(fetcher->headers, "c"), "d");
    assert_string_equal(fetcher->user_agent, "me");
    assert_string_equal(fetcher->ca_file, "/dev/null");
    assert_true(fetcher->insecure);
    assert_int_equal(fetcher->progress, -1);
    duet__fetch_options_free(&options);
}

static void zero_has_its_meaning(void **state)
{
    duet__fetch_options options;

    (void)state;
    assert_status(READ(&options, "--timeout=0", "--max-redirects=0", "x://"),
                  0);
    assert_int_equal(options.fetcher.timeout_ms, DUET_NO_LIMIT);
    assert_int_equal(options.fetcher.redirects_max, -1);
    duet__fetch_options_free(&options);
}

static void quiet_and_progress_go_by_the_last(void **state)
{
    duet__fetch_options options;

    (void)state;
    assert_status(READ(&options, "-q", "x://"), 0);
    assert_true(options.is_quiet);
    assert_int_equal(options.fetcher.progress, -1);
    duet__fetch_options_free(&options);
    assert_status(READ(&options, "--no-progress", "--progress", "x://"), 0);
    assert_int_equal(options.fetcher.progress, 2);
    duet__fetch_options_free(&options);
}

static void operand_that_is_a_file_is_read(void **state)
{
    duet__fetch_options options;
    duet__input_item item;

    (void)state;
    assert_status(READ(&options, "/dev/null", "no://f", "http://h/"), 0);
    assert_status(duet__input_next(&options.input, &item, DUET_NEVER), 0);
    assert_int_equal(item.url.length, 6);
    assert_status(duet__input_next(&options.input, &item, DUET_NEVER), 0);
    assert_int_equal(item.url.length, 9);
    assert_status(duet__input_next(&options.input, &item, DUET_NEVER),
                  DUET_EEMPTY);
    duet__fetch_options_free(&options);
}

static void mistakes_are_refused(void **state)
{
    static char *const wrong[][2] = {{"-n", "64x"},
                                     {"-n", "-1"},
                                     {"-n", ""},
                                     {"-n", "0"},
                                     {"-n", "1000001"},
                                     {"--per-host", "x"},
                                     {"--timeout", "-1"},
                                     {"--timeout", ""},
                                     {"--retries", "101"},
                                     {"--max-bytes", "0"},
                                     {"--max-redirects", "1001"},
                                     {"-X", "GE T"},
                                     {"-X", ""},
                                     {"-H", "no colon"},
                                     {"-H", "a b: c"},
                                     {"-H", "a: b\r\nc: d"},
                                     {"-i", "/no/such"},
                                     {"-i", "/"},
                                     {"--ca-file", "/no/such"},
                                     {"-o", ""},
                                     {"nonsense", "http://h/"},
                                     {"/no/such/list", "http://h/"},
                                     {"--skip-existing", "http://h/"},
                                     {"--wat", "x"}};
    duet__fetch_options options;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *words[] = {"http://h/", wrong[i][0], wrong[i][1]};
        int status = read_words(3, words, &options);

        if (status >= 0 || duet_error_detail()[0] == '\0')
            fail_msg("%s '%s' was taken", wrong[i][0], wrong[i][1]);
        duet__fetch_options_free(&options);
    }
}

static void nothing_to_fetch_is_a_mistake_but_not_for_help(void **state)
{
    duet__fetch_options options;

    (void)state;
    assert_status(READ(&options, "-q"), DUET_EINVAL);
    duet__fetch_options_free(&options);
    assert_status(READ(&options, "--help"), 0);
    assert_true(options.wants_help);
    duet__fetch_options_free(&options);
}

TEST_MAIN(test(defaults_are_those_of_the_help),
          test(every_option_sets_its_field), test(zero_has_its_meaning),
          test(quiet_and_progress_go_by_the_last),
          test(operand_that_is_a_file_is_read), test(mistakes_are_refused),
          test(nothing_to_fetch_is_a_mistake_but_not_for_help))
