/* SPDX-License-Identifier: MIT */
#include "fetch/work/descriptors.h"
#include "fetch/work/silence.h"
#include "support/test.h"

#include <stdio.h>

static duet__fetcher fetcher;

static void set_up(const char *const *lines)
{
    fetcher = (duet__fetcher){.options.at_once = 2, .lent_max = 1};
    duet__frontier_init(&fetcher.frontier,
                        &(duet__frontier_limits){
                            .per_host = 8, .share = 4, .bytes_max = 1000000});
    duet__link_init(&fetcher.running);
    duet__link_init(&fetcher.asking);
    for (uint64_t i = 0; lines[i] != NULL; i++)
        assert_status(duet__frontier_add(
                          &fetcher.frontier,
                          &(duet__input_item){.url = duet__text_from(lines[i]),
                                              .source = "list",
                                              .index = i}),
                      0);
}

static void take(duet__fetch_job *job)
{
    *job = (duet__fetch_job){
        .url = duet__frontier_next(&fetcher.frontier, 0, false)};
    assert_non_null(job->url);
    duet__link_init(&job->link);
    duet__fetch_silence_begin(&fetcher, job);
}

static void leave(duet__fetch_job *job)
{
    duet__fetch_silence_end(job);
    duet__frontier_drop(job->url);
    duet__fetch_place_left(&fetcher, job);
}

/* As if a second had passed. */
static void look(void)
{
    assert_false(duet_deadline_is_never(duet__fetch_silence_due(&fetcher)));
    fetcher.look_at_ns = 1;
    duet__fetch_silence_lend(&fetcher);
}

static void silent_jobs_lend_their_places(void **state)
{
    static const char *const lines[] = {"http://127.0.0.1:1/1",
                                        "http://127.0.0.1:1/2",
                                        "http://127.0.0.1:1/3", NULL};
    duet__fetch_job jobs[2];

    (void)state;
    set_up(lines);
    take(&jobs[0]);
    take(&jobs[1]);
    look(); /* both were heard just now */
    assert_int_equal(fetcher.places, 0);
    jobs[0].body.heard_ns -= INT64_C(2000000000);
    jobs[1].body.heard_ns -= INT64_C(2000000000);
    look();
    assert_int_equal(fetcher.places, 1);
    assert_int_equal(fetcher.lent, 1); /* and no more, of lent_max */
    assert_true(jobs[0].is_lent);
    assert_false(jobs[1].is_lent);
    /* A host that has never answered gets no more for now. */
    assert_int_equal(jobs[0].url->host->share, 1);
    assert_null(duet__frontier_next(&fetcher.frontier, 0, false));
    assert_true(duet_deadline_is_never(duet__fetch_silence_due(&fetcher)));
    leave(&jobs[0]);
    assert_int_equal(fetcher.places, 1);
    assert_int_equal(fetcher.lent, 0);
    leave(&jobs[1]);
    assert_int_equal(fetcher.places, 2);
    duet__frontier_free(&fetcher.frontier);
}

static void nothing_is_lent_if_nothing_could_begin(void **state)
{
    static const char *const lines[] = {"http://127.0.0.1:1/1", NULL};
    duet__fetch_job job;

    (void)state;
    set_up(lines);
    take(&job);
    fetcher.is_read_up = true;
    assert_true(duet_deadline_is_never(duet__fetch_silence_due(&fetcher)));
    leave(&job);
    duet__frontier_free(&fetcher.frontier);
}

static void slow_look_ups_make_room_for_others(void **state)
{
    enum { NAMES = 1025 };
    static char urls[NAMES][40];
    static const char *lines[NAMES + 1];
    static duet__frontier_host *hosts[NAMES];
    duet__frontier_host *last;

    (void)state;
    for (int i = 0; i < NAMES; i++) {
        snprintf(urls[i], sizeof urls[i], "http://host%d.example/", i);
        lines[i] = urls[i];
    }
    set_up(lines);
    assert_null(duet__frontier_next(&fetcher.frontier, 1, false));
    for (int i = 0; i < NAMES - 1; i++) {
        assert_true(duet__fetch_may_look_up(&fetcher));
        hosts[i] = duet__frontier_unnamed(&fetcher.frontier);
        duet__fetch_look_up_begins(&fetcher, hosts[i]);
    }
    assert_false(duet__fetch_may_look_up(&fetcher));
    hosts[0]->asked_ns -= INT64_C(2000000000);
    look();
    assert_true(duet__fetch_may_look_up(&fetcher));
    last = duet__frontier_unnamed(&fetcher.frontier);
    duet__fetch_look_up_begins(&fetcher, last);
    hosts[NAMES - 1] = last;
    assert_false(duet__fetch_may_look_up(&fetcher));
    for (int i = 0; i < NAMES; i++) {
        duet__fetch_look_up_ends(&fetcher, hosts[i]);
        duet__frontier_named(hosts[i], 0, NULL, INT64_MAX);
    }
    assert_int_equal(fetcher.look_ups, 0);
    assert_int_equal(fetcher.slow_look_ups, 0);
    duet__frontier_free(&fetcher.frontier);
}

static void as_many_are_lent_as_descriptors_are_left(void **state)
{
    duet__fetcher_options options = {.at_once = 10};
    int64_t needed = duet__fetcher_descriptors(&options);

    (void)state;
    assert_int_equal(duet__fetch_lent_max(&options, needed - 1), 0);
    assert_int_equal(duet__fetch_lent_max(&options, needed + 50), 50);
    assert_int_equal(duet__fetch_lent_max(&options, INT32_MAX), 1024);
    options.directory = ".";
    needed = duet__fetcher_descriptors(&options);
    assert_int_equal(duet__fetch_lent_max(&options, needed + 50), 25);
}

TEST_MAIN(test(silent_jobs_lend_their_places),
          test(nothing_is_lent_if_nothing_could_begin),
          test(slow_look_ups_make_room_for_others),
          test(as_many_are_lent_as_descriptors_are_left))
