/* SPDX-License-Identifier: MIT */
#include "client/names/dns_lookup.h"
#include "support/asking.h"
#include "support/test.h"

#include <duet/duet.h>

static void ask_for_addresses(void)
{
    test_asking self;

    test_asking_server.ttl_s = 77;
    test_asking_finish(&self, "a.test");
    assert_string_equal(self.answer.addresses->text, "127.0.0.1");
    assert_int_equal(self.answer.ttl_s, 77);
    test_asking_end(&self);
    test_asking_finish(&self, "six.test");
    assert_string_equal(self.answer.addresses->text, "[::1]");
    test_asking_end(&self);
}

static void addresses_come_with_their_time_to_live(void **state)
{
    (void)state;
    test_asking_run(ask_for_addresses);
}

/* --- servers and networks that do not do as they should ------------------ */

static void expect(const char *host, const char *addresses)
{
    test_asking self;

    test_asking_server.arrived = 0;
    test_asking_finish(&self, host);
    assert_non_null(self.answer.addresses);
    assert_string_equal(self.answer.addresses->text, addresses);
    test_asking_end(&self);
}

static void ask_again(void)
{
    expect("lost.test", "127.0.0.1");
    assert_true(test_asking_server.arrived >= 2);
    expect("slow.test", "127.0.0.1");
    assert_true(test_asking_server.arrived >= 2);
}

static void lost_question_is_asked_again(void **state)
{
    (void)state;
    test_asking_run(ask_again);
}

static void ask_who_answers_twice(void)
{
    test_asking self;

    test_asking_finish(&self, "twice.test");
    assert_string_equal(self.answer.addresses->text, "127.0.0.1");
    /* The second answer finds nobody, and the next question its own. */
    for (int i = 0; i < 10; i++)
        assert_status(duet_yield(), 0);
    test_asking_end(&self);
    expect("a.test", "127.0.0.1");
}

static void second_answer_finds_nobody(void **state)
{
    (void)state;
    test_asking_run(ask_who_answers_twice);
}

static void ask_among_liars(void)
{
    expect("number.test", "127.0.0.1");
    expect("name.test", "127.0.0.1");
    expect("port.test", "127.0.0.1");
}

static void answer_of_another_number_name_or_port_is_not_taken(void **state)
{
    (void)state;
    test_asking_run(ask_among_liars);
}

static void ask_for_much(void)
{
    expect("large.test", "127.0.0.1");
    assert_true(test_asking_server.tcp_answers > 0);
}

static void answer_that_was_cut_off_is_asked_for_by_tcp(void **state)
{
    (void)state;
    test_asking_run(ask_for_much);
}

/* --- failures ------------------------------------------------------------ */

static void ask_in_vain(void)
{
    test_asking self;

    test_asking_finish(&self, "missing.test");
    assert_null(self.answer.addresses);
    assert_true(self.answer.is_lasting);
    assert_non_null(self.answer.flaw);
    test_asking_end(&self);
    test_asking_finish(&self, "broken.test");
    assert_null(self.answer.addresses);
    assert_false(self.answer.is_lasting);
    test_asking_end(&self);
}

static void no_such_name_lasts_and_a_failure_does_not(void **state)
{
    (void)state;
    test_asking_run(ask_in_vain);
}

static void close_early(void)
{
    test_asking self;

    test_asking_start(&self, "silent.test");
    assert_int_equal(self.answers, 0);
    duet__dns_close(&self.dns);
    assert_int_equal(self.answers, 1);
    assert_null(self.answer.addresses);
    assert_false(self.answer.is_lasting);
    duet__dns_close(&self.dns); /* a second time: nothing is open */
}

static void closing_answers_what_is_open(void **state)
{
    (void)state;
    test_asking_run(close_early);
}

static void open_badly(void)
{
    duet__dns dns;

    assert_status(duet__dns_open(&dns, "nonsense"), DUET_EINVAL);
    assert_non_null(strstr(duet_error_detail(), "nonsense"));
    duet__dns_close(&dns);
}

static void malformed_servers_are_refused(void **state)
{
    (void)state;
    test_asking_run(open_badly);
}

TEST_MAIN(test(addresses_come_with_their_time_to_live),
          test(lost_question_is_asked_again), test(second_answer_finds_nobody),
          test(answer_of_another_number_name_or_port_is_not_taken),
          test(answer_that_was_cut_off_is_asked_for_by_tcp),
          test(no_such_name_lasts_and_a_failure_does_not),
          test(closing_answers_what_is_open),
          test(malformed_servers_are_refused))
