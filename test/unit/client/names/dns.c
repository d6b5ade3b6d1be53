/* SPDX-License-Identifier: MIT */
#include "client/names/dns_lookup.h"
#include "support/dns.h"
#include "support/test.h"

#include <duet/duet.h>

static test_dns server;

/* A question asked on the loop's stack, and its answer. */
typedef struct asking {
    duet__ready ready;
    duet__dns dns;
    duet__dns_question question;
    const char *host;
    int answers;
    duet__dns_answer answer;
} asking;

static void answered(duet__dns_question *question,
                     const duet__dns_answer *answer)
{
    asking *self = DUET__MEMBER(question, asking, question);

    self->answers++;
    self->answer = *answer;
}

static void ask(duet__ready *ready)
{
    asking *self = DUET__MEMBER(ready, asking, ready);

    duet__dns_ask(&self->dns, self->host, &self->question);
}

static void start(asking *self, const char *host)
{
    *self =
        (asking){.ready.run = ask, .question.answered = answered, .host = host};
    assert_status(duet__dns_open(&self->dns, server.address), 0);
    duet__loop_append(self->dns.loop, &self->ready);
    assert_status(duet_yield(), 0);
}

static void finish(asking *self, const char *host)
{
    start(self, host);
    while (self->answers == 0)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(self->answers, 1);
}

static void end(asking *self)
{
    duet__addresses_drop(self->answer.addresses);
    duet__dns_close(&self->dns);
    assert_int_equal(self->answers, 1);
}

typedef void test_body(void);

static int with_server(void *argument)
{
    test_dns_start(&server);
    (*(test_body **)argument)();
    test_dns_stop(&server);
    return 0;
}

/* On real time: c-ares has its own clock. */
static void run(test_body *body)
{
    assert_status(duet_run(with_server, &body, NULL), 0);
}

static void ask_for_addresses(void)
{
    asking self;

    server.ttl_s = 77;
    finish(&self, "a.test");
    assert_string_equal(self.answer.addresses->text, "127.0.0.1");
    assert_int_equal(self.answer.ttl_s, 77);
    end(&self);
    finish(&self, "six.test");
    assert_string_equal(self.answer.addresses->text, "[::1]");
    end(&self);
}

static void addresses_come_with_their_time_to_live(void **state)
{
    (void)state;
    run(ask_for_addresses);
}

/* --- servers and networks that do not do as they should ------------------ */

static void expect(const char *host, const char *addresses)
{
    asking self;

    server.arrived = 0;
    finish(&self, host);
    assert_non_null(self.answer.addresses);
    assert_string_equal(self.answer.addresses->text, addresses);
    end(&self);
}

static void ask_again(void)
{
    expect("lost.test", "127.0.0.1");
    assert_true(server.arrived >= 2);
    expect("slow.test", "127.0.0.1");
    assert_true(server.arrived >= 2);
}

static void lost_question_is_asked_again(void **state)
{
    (void)state;
    run(ask_again);
}

static void ask_who_answers_twice(void)
{
    asking self;

    finish(&self, "twice.test");
    assert_string_equal(self.answer.addresses->text, "127.0.0.1");
    /* The second answer finds nobody, and the next question its own. */
    for (int i = 0; i < 10; i++)
        assert_status(duet_yield(), 0);
    end(&self);
    expect("a.test", "127.0.0.1");
}

static void second_answer_finds_nobody(void **state)
{
    (void)state;
    run(ask_who_answers_twice);
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
    run(ask_among_liars);
}

static void ask_for_much(void)
{
    expect("large.test", "127.0.0.1");
    assert_true(server.tcp_answers > 0);
}

static void answer_that_was_cut_off_is_asked_for_by_tcp(void **state)
{
    (void)state;
    run(ask_for_much);
}

/* --- failures ------------------------------------------------------------ */

static void ask_in_vain(void)
{
    asking self;

    finish(&self, "missing.test");
    assert_null(self.answer.addresses);
    assert_true(self.answer.is_lasting);
    assert_non_null(self.answer.flaw);
    end(&self);
    finish(&self, "broken.test");
    assert_null(self.answer.addresses);
    assert_false(self.answer.is_lasting);
    end(&self);
}

static void no_such_name_lasts_and_a_failure_does_not(void **state)
{
    (void)state;
    run(ask_in_vain);
}

static void close_early(void)
{
    asking self;

    start(&self, "silent.test");
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
    run(close_early);
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
    run(open_badly);
}

TEST_MAIN(test(addresses_come_with_their_time_to_live),
          test(lost_question_is_asked_again), test(second_answer_finds_nobody),
          test(answer_of_another_number_name_or_port_is_not_taken),
          test(answer_that_was_cut_off_is_asked_for_by_tcp),
          test(no_such_name_lasts_and_a_failure_does_not),
          test(closing_answers_what_is_open),
          test(malformed_servers_are_refused))
