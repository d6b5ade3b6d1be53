/* SPDX-License-Identifier: MIT */
#include "support/canned.h"
#include "support/test.h"

#include <stdio.h>

#include "fetch/work/work.h"

static duet__input input;
static duet__fetcher *fetcher;
static duet__fetch_job *job;
static FILE *written;

static void begin(int retries)
{
    duet__fetcher_options options = {.progress = -1, .retries = retries};

    written = tmpfile();
    assert_non_null(written);
    options.records = fileno(written);
    assert_status(duet__fetcher_new(&input, &options, &fetcher), 0);
    job = duet__fetch_job_new(fetcher->algorithm, -1, 1);
    assert_non_null(job);
}

/* Adds a URL, as the input would, and takes it. */
static duet__fetch_url *take(const char *url)
{
    assert_status(
        duet__frontier_add(&fetcher->frontier,
                           &(duet__input_item){.url = duet__text_from(url),
                                               .source = "list",
                                               .line = 7,
                                               .index = 3}),
        0);
    return duet__frontier_next(&fetcher->frontier, 0, false);
}

/* Ends, and reads what was written: all of these must be in it. */
static void end(const char *const *expected)
{
    char text[4096];
    size_t length;

    duet__fetch_job_free(job);
    duet__fetcher_free(fetcher);
    rewind(written);
    length = fread(text, 1, sizeof text - 1, written);
    text[length] = '\0';
    fclose(written);
    for (; *expected != NULL; expected++) {
        if (strstr(text, *expected) == NULL)
            fail_msg("no %s in %s", *expected, text);
    }
}

static int work_at(const test_canned *server, const char *path)
{
    char url[100];

    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", server->port, path);
    duet__fetch_work(fetcher, job, take(url));
    return 0;
}

static int fetch_one(test_canned *server)
{
    static const char *const expected[] = {"/hello\"",       "\"status\":200",
                                           "\"error\":null", "\"line\":7",
                                           "\"attempts\":1", NULL};

    begin(0);
    work_at(server, "/hello");
    assert_int_equal(fetcher->progress.done, 1);
    assert_int_equal(fetcher->frontier.count, 0);
    end(expected);
    return 0;
}

static void fetched_url_has_a_record(void **state)
{
    (void)state;
    test_with_canned(fetch_one);
}

static int fetch_to_be_tried_again(test_canned *server)
{
    static const char *const expected[] = {
        "\"error\":\"DUET_ETRUNCATED\"", "\"attempts\":1",
        "the run ended before it was tried again", NULL};
    duet__fetch_url *url;

    begin(2);
    work_at(server, "/cut");
    assert_int_equal(fetcher->progress.failed, 0);
    assert_int_equal(fetcher->frontier.count, 1);
    url = duet__frontier_take_any(&fetcher->frontier);
    assert_int_equal(url->error, DUET_ETRUNCATED);
    duet__fetch_report_unfinished(fetcher, url);
    duet__frontier_drop(url);
    end(expected);
    return 0;
}

static void url_to_be_tried_again_goes_back_without_a_record(void **state)
{
    (void)state;
    test_with_canned(fetch_to_be_tried_again);
}

static int report_others(test_canned *server)
{
    static const char *const expected[] = {
        "\"error\":\"DUET_ECANCELED\",\"error_phase\":\"queue\"",
        "the run ended before it was begun",
        "\"error\":\"DUET_EURL\",\"error_phase\":\"input\"",
        "\"attempts\":0",
        "given up: the host asked to be left alone 3 times",
        NULL};
    duet__fetch_url *url;

    (void)server;
    begin(2);
    url = take("http://127.0.0.1/");
    duet__fetch_report_unfinished(fetcher, url);
    url->is_given_up = true;
    url->host->rests = 3;
    duet__fetch_work(fetcher, job, url);
    duet__fetch_report_line(fetcher,
                            &(duet__input_item){.url = duet__text_from("?"),
                                                .source = "list",
                                                .status = DUET_EURL,
                                                .detail = "no URL"});
    end(expected);
    return 0;
}

static void what_was_not_fetched_has_a_record_that_says_why(void **state)
{
    (void)state;
    test_with_canned(report_others);
}

TEST_MAIN(test(fetched_url_has_a_record),
          test(url_to_be_tried_again_goes_back_without_a_record),
          test(what_was_not_fetched_has_a_record_that_says_why))
