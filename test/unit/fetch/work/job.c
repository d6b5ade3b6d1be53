/* SPDX-License-Identifier: MIT */
#include "support/peer.h"
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fetch/work/job.h"

static const char text[] = "http://h/page.html";

/* A URL as the frontier gives it out. */
static duet__fetch_url *make_url(void)
{
    duet__fetch_url *url = calloc(1, sizeof *url + sizeof text);

    assert_non_null(url);
    url->source = "list";
    url->line = 3;
    url->index = 4;
    url->length = sizeof text - 1;
    memcpy(url->text, text, sizeof text);
    return url;
}

/* As if an attempt had ended so. */
static void pretend(duet__fetch_job *job, int error, int http_status)
{
    job->url->attempts++;
    assert_status(duet__fetch_body_begin(&job->body), 0);
    assert_status(duet__fetch_body_add(&job->body, "hello", 5), 0);
    job->attempt =
        (duet__fetch_attempt){.error = error, .http_status = http_status};
    if (error == 0)
        assert_status(duet__fetch_body_end(&job->body), 0);
}

static void record_tells_of_url_and_attempt(void **state)
{
    duet__fetch_job *job = duet__fetch_job_new(EVP_sha256(), -1, 1);
    duet__fetch_url *url = make_url();
    duet__record record;

    (void)state;
    assert_non_null(job);
    duet__fetch_job_begin(job, url);
    pretend(job, 0, 200);
    duet__fetch_job_judge(job);
    record = duet__fetch_job_record(job, NULL);
    assert_true(duet__text_equal(record.url, duet__text_from(text)));
    assert_string_equal(record.source, "list");
    assert_int_equal(record.line, 3);
    assert_int_equal(record.index, 4);
    assert_int_equal(record.attempts, 1);
    assert_int_equal(record.bytes, 5);
    assert_true(record.has_body);
    assert_int_equal(record.error, 0);
    assert_null(record.file);
    assert_true(record.timings.total_ns >= 0);
    duet__fetch_job_end(job);
    duet__fetch_job_free(job);
    free(url);
}

static void status_outside_2xx_is_a_failure_with_a_body(void **state)
{
    duet__fetch_job *job = duet__fetch_job_new(EVP_sha256(), -1, 1);
    duet__fetch_url *url = make_url();
    duet__record record;

    (void)state;
    assert_non_null(job);
    duet__fetch_job_begin(job, url);
    pretend(job, 0, 404);
    duet__fetch_job_judge(job);
    record = duet__fetch_job_record(job, NULL);
    assert_int_equal(record.error, DUET_EHTTP);
    assert_string_equal(record.error_phase, "status");
    assert_string_equal(record.error_detail, "404 Not Found");
    assert_true(record.has_body);
    duet__fetch_job_free(job);
    free(url);
}

static void failed_attempt_has_no_body_whatever_came_before(void **state)
{
    duet__fetch_job *job = duet__fetch_job_new(EVP_sha256(), -1, 1);
    duet__fetch_url *url = make_url();

    (void)state;
    assert_non_null(job);
    duet__fetch_job_begin(job, url);
    pretend(job, 0, 503);
    duet__fetch_job_end(job);
    duet__fetch_job_begin(job, url);
    pretend(job, DUET_ETRUNCATED, 0);
    duet__fetch_job_judge(job);
    assert_false(duet__fetch_job_record(job, NULL).has_body);
    assert_int_equal(duet__fetch_job_record(job, NULL).attempts, 2);
    duet__fetch_job_free(job);
    free(url);
}

/* The folder can be removed by rmdir() only if nothing else is in it. */
static void only_fetched_bodies_leave_a_file(void **state)
{
    char folder[TEST_FOLDER_BYTES];
    duet__fetch_url *url = make_url();
    duet__fetch_job *job;
    int directory;

    (void)state;
    test_folder_make(folder);
    assert_status(duet__body_directory_open(folder, &directory), 0);
    job = duet__fetch_job_new(EVP_sha256(), directory, 1);
    assert_non_null(job);
    duet__fetch_job_begin(job, url);
    pretend(job, 0, 404);
    duet__fetch_job_judge(job);
    assert_null(duet__fetch_job_record(job, folder).file);
    duet__fetch_job_end(job);
    duet__fetch_job_begin(job, url);
    pretend(job, 0, 200);
    duet__fetch_job_judge(job);
    assert_non_null(duet__fetch_job_record(job, folder).file);
    assert_int_equal(unlinkat(directory, job->file, 0), 0);
    duet__fetch_job_free(job);
    free(url);
    assert_int_equal(rmdir(folder), 0);
    close(directory);
}

TEST_MAIN(test(record_tells_of_url_and_attempt),
          test(status_outside_2xx_is_a_failure_with_a_body),
          test(failed_attempt_has_no_body_whatever_came_before),
          test(only_fetched_bodies_leave_a_file))
