/* SPDX-License-Identifier: MIT */
#include "client/names/resolver.h"
#include "support/dns.h"
#include "support/test.h"

#include <stdio.h>

#include <duet/duet.h>

static test_dns dns;
static duet__resolver *resolver;

static duet__resolver_options standard(void)
{
    return (duet__resolver_options){
        .ttl_min_ns = 1000000,
        .ttl_max_ns = 3600000000000,
        .negative_ttl_ns = 3600000000000,
        .entries_max = 100,
        .servers = dns.address,
    };
}

typedef void test_body(void);

static int with_server(void *argument)
{
    duet__resolver_options options;

    test_dns_start(&dns);
    options = standard();
    assert_status(duet__resolver_open(&options, &resolver), 0);
    (*(test_body **)argument)();
    duet__resolver_close(resolver);
    test_dns_stop(&dns);
    return 0;
}

/* On real time: c-ares has its own clock. */
static void run(test_body *body)
{
    assert_status(duet_run(with_server, &body, NULL), 0);
}

static void reopen(const duet__resolver_options *options)
{
    duet__resolver_close(resolver);
    assert_status(duet__resolver_open(options, &resolver), 0);
}

static duet__search search_for(const char *host, duet_deadline deadline)
{
    return (duet__search){.host = host,
                          .port = 80,
                          .begin_ns = duet_clock_ns(),
                          .turn_deadline = DUET_NEVER,
                          .limit_ns = INT64_MAX,
                          .deadline = deadline};
}

static int find(const char *host, const char *expected, duet_deadline deadline)
{
    duet__search search = search_for(host, deadline);
    duet__addresses *addresses;
    const char *flaw;
    int status = duet__resolver_find(resolver, &search, &addresses, &flaw);

    if (expected == NULL)
        assert_null(addresses);
    else
        assert_string_equal(addresses->text, expected);
    duet__addresses_drop(addresses);
    return status;
}

static void find_addresses(void)
{
    assert_status(find("a.test", "127.0.0.1", DUET_NEVER), 0);
    assert_status(find("six.test", "[::1]", DUET_NEVER), 0);
    assert_int_equal(dns.questions, 2);
    assert_status(find("a.test", "127.0.0.1", DUET_NOW), 0);
    assert_int_equal(dns.questions, 2);
}

static void answers_are_remembered(void **state)
{
    (void)state;
    run(find_addresses);
}

static void find_without_asking(void)
{
    assert_status(find("127.0.0.1", NULL, DUET_NOW), 0);
    assert_status(find("::1", NULL, DUET_NOW), 0);
    assert_status(find("localhost", "127.0.0.1,[::1]", DUET_NOW), 0);
    assert_int_equal(dns.questions, 0);
}

static void addresses_and_localhost_ask_nobody(void **state)
{
    (void)state;
    run(find_without_asking);
}

static void find_missing(void)
{
    int questions;

    assert_status(find("missing.test", NULL, DUET_NEVER), DUET_ERESOLVE);
    questions = dns.questions;
    assert_status(find("missing.test", NULL, DUET_NEVER), DUET_ERESOLVE);
    assert_int_equal(dns.questions, questions);
}

static void missing_names_are_remembered(void **state)
{
    (void)state;
    run(find_missing);
}

static void find_broken(void)
{
    int questions;

    assert_status(find("broken.test", NULL, DUET_NEVER), DUET_ERESOLVE);
    questions = dns.questions;
    assert_status(find("broken.test", NULL, DUET_NEVER), DUET_ERESOLVE);
    assert_true(dns.questions > questions);
}

static void failures_of_the_server_are_not_remembered(void **state)
{
    (void)state;
    run(find_broken);
}

static void find_again(void)
{
    duet__resolver_options options = standard();

    options.ttl_max_ns = 1000000;
    reopen(&options);
    assert_status(find("a.test", "127.0.0.1", DUET_NEVER), 0);
    (void)!duet_sleep(duet_in_ms(5));
    assert_status(find("a.test", "127.0.0.1", DUET_NEVER), 0);
    assert_int_equal(dns.questions, 2);
    options = standard();
    options.ttl_min_ns = 3600000000000;
    dns.ttl_s = 0;
    reopen(&options);
    assert_status(find("a.test", "127.0.0.1", DUET_NEVER), 0);
    assert_status(find("a.test", "127.0.0.1", DUET_NEVER), 0);
    assert_int_equal(dns.questions, 3);
}

static void time_to_live_is_kept_within_its_bounds(void **state)
{
    (void)state;
    run(find_again);
}

static void find_too_many(void)
{
    duet__resolver_options options = standard();

    options.entries_max = 2;
    reopen(&options);
    assert_status(find("a.test", "127.0.0.1", DUET_NEVER), 0);
    assert_status(find("b.test", "127.0.0.1", DUET_NEVER), 0);
    assert_status(find("a.test", "127.0.0.1", DUET_NEVER), 0);
    assert_status(find("c.test", "127.0.0.1", DUET_NEVER), 0);
    assert_int_equal(dns.questions, 3);
    assert_status(find("a.test", "127.0.0.1", DUET_NEVER), 0);
    assert_int_equal(dns.questions, 3); /* b was used less recently */
    assert_status(find("b.test", "127.0.0.1", DUET_NEVER), 0);
    assert_int_equal(dns.questions, 4);
}

static void least_recently_used_name_is_dropped(void **state)
{
    (void)state;
    run(find_too_many);
}

/* --- at the same time ---------------------------------------------------- */

typedef struct asker {
    const char *host;
    duet_deadline deadline;
    int status;
    int64_t turn_ns;
} asker;

static int ask(void *argument)
{
    asker *self = argument;
    duet__search search = search_for(self->host, self->deadline);
    duet__addresses *addresses;
    const char *flaw;

    self->status = duet__resolver_find(resolver, &search, &addresses, &flaw);
    self->turn_ns = search.turn_ns;
    duet__addresses_drop(addresses);
    return 0;
}

static void find_together(void)
{
    asker askers[3] = {{"a.test", DUET_NEVER, 1, 0},
                       {"a.test", DUET_NEVER, 1, 0},
                       {"a.test", DUET_NEVER, 1, 0}};
    duet_task *tasks[3];

    for (int i = 0; i < 3; i++)
        assert_status(duet_spawn(ask, &askers[i], NULL, &tasks[i]), 0);
    (void)!duet_yield();
    duet_task_cancel(tasks[0]);
    for (int i = 0; i < 3; i++)
        assert_status(duet_join(tasks[i], NULL, DUET_NEVER), 0);
    assert_status(askers[0].status, DUET_ECANCELED);
    assert_status(askers[1].status, 0);
    assert_status(askers[2].status, 0);
    assert_int_equal(dns.questions, 1);
}

static void lookups_of_a_name_are_one_and_outlive_who_asked_first(void **state)
{
    (void)state;
    run(find_together);
}

static void find_more_than_may_be(void)
{
    static const char *const hosts[] = {
        "a.test", "missing.test", "b.test", "broken.test", "c.test", "a.test"};
    duet__resolver_options options = standard();
    asker askers[6];
    duet_task *tasks[6];

    options.entries_max = 1;
    reopen(&options);
    for (int i = 0; i < 6; i++) {
        askers[i] = (asker){hosts[i], DUET_NEVER, 1, 0};
        assert_status(duet_spawn(ask, &askers[i], NULL, &tasks[i]), 0);
    }
    for (int i = 0; i < 6; i++)
        assert_status(duet_join(tasks[i], NULL, DUET_NEVER), 0);
    for (int i = 0; i < 6; i++)
        assert_status(askers[i].status,
                      i % 2 == 0 || i == 5 ? 0 : DUET_ERESOLVE);
    for (int i = 1; i < 5; i++) /* in turn */
        assert_true(askers[i].turn_ns >= askers[i - 1].turn_ns);
    assert_true(askers[5].turn_ns <= askers[1].turn_ns); /* together with 0 */
}

static void names_beyond_the_bound_wait_for_their_turn(void **state)
{
    (void)state;
    run(find_more_than_may_be);
}

static void give_up_waiting(void)
{
    duet__resolver_options options = standard();
    asker askers[3] = {{"silent.test", DUET_NEVER, 1, 0},
                       {"a.test", DUET_NEVER, 1, 0},
                       {"b.test", DUET_NEVER, 1, 0}};
    duet_task *tasks[3];
    duet__search search = search_for("c.test", DUET_NEVER);
    duet__addresses *addresses;
    const char *flaw;

    options.entries_max = 1;
    reopen(&options);
    for (int i = 0; i < 3; i++)
        assert_status(duet_spawn(ask, &askers[i], NULL, &tasks[i]), 0);
    while (dns.questions == 0)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    search.turn_deadline = duet_in_ms(5);
    assert_status(duet__resolver_find(resolver, &search, &addresses, &flaw),
                  DUET_ETIMEDOUT);
    assert_int_equal(search.turn_ns, 0);
    duet_task_cancel(tasks[1]);
    assert_status(duet_join(tasks[1], NULL, DUET_NEVER), 0);
    assert_status(askers[1].status, DUET_ECANCELED);
    duet__resolver_close(resolver);
    resolver = NULL;
    for (int i = 0; i < 3; i += 2)
        assert_status(duet_join(tasks[i], NULL, DUET_NEVER), 0);
    assert_status(askers[0].status, DUET_ECLOSED);
    assert_status(askers[2].status, DUET_ECLOSED);
    assert_true(askers[0].turn_ns > 0);
    assert_true(askers[2].turn_ns == 0);
}

static void waiting_for_its_turn_ends_by_deadline_cancel_and_close(void **state)
{
    (void)state;
    run(give_up_waiting);
}

static void find_silent(void)
{
    assert_status(find("silent.test", NULL, duet_in_ms(10)), DUET_ETIMEDOUT);
    assert_status(find("silent.test", NULL, DUET_NOW), DUET_ETIMEDOUT);
}

static void silence_ends_at_the_deadline(void **state)
{
    (void)state;
    run(find_silent);
}

static void close_while_asking(void)
{
    asker askers[2] = {{"silent.test", DUET_NEVER, 1, 0},
                       {"other.test", DUET_NEVER, 1, 0}};
    duet_task *tasks[2];

    assert_status(duet_spawn(ask, &askers[0], NULL, &tasks[0]), 0);
    (void)!duet_sleep(duet_in_ms(5));
    assert_status(duet_spawn(ask, &askers[1], NULL, &tasks[1]), 0);
    (void)!duet_yield();
    duet__resolver_close(resolver);
    resolver = NULL;
    for (int i = 0; i < 2; i++) {
        assert_status(duet_join(tasks[i], NULL, DUET_NEVER), 0);
        assert_status(askers[i].status, DUET_ECLOSED);
    }
}

static void closing_ends_the_waits(void **state)
{
    (void)state;
    run(close_while_asking);
}

static void open_badly(void)
{
    duet__resolver_options options = standard();
    duet__resolver *bad;

    options.servers = "not an address";
    assert_status(duet__resolver_open(&options, &bad), DUET_EINVAL);
    assert_null(bad);
}

static void malformed_servers_are_refused(void **state)
{
    (void)state;
    run(open_badly);
}

TEST_MAIN(test(answers_are_remembered),
          test(addresses_and_localhost_ask_nobody),
          test(missing_names_are_remembered),
          test(failures_of_the_server_are_not_remembered),
          test(time_to_live_is_kept_within_its_bounds),
          test(least_recently_used_name_is_dropped),
          test(lookups_of_a_name_are_one_and_outlive_who_asked_first),
          test(names_beyond_the_bound_wait_for_their_turn),
          test(waiting_for_its_turn_ends_by_deadline_cancel_and_close),
          test(silence_ends_at_the_deadline), test(closing_ends_the_waits),
          test(malformed_servers_are_refused))
