/* SPDX-License-Identifier: MIT */
/* asking.c - see asking.h. */
#include "support/asking.h"

#include <duet/duet.h>

#include "support/test.h"

test_dns test_asking_server;
const char *test_asking_servers;

static void answered(duet__dns_question *question,
                     const duet__dns_answer *answer)
{
    test_asking *self = DUET__MEMBER(question, test_asking, question);

    self->answers++;
    self->answer = *answer;
}

static void ask(duet__ready *ready)
{
    test_asking *self = DUET__MEMBER(ready, test_asking, ready);

    duet__dns_ask(&self->dns, self->host, &self->question);
}

void test_asking_start(test_asking *self, const char *host)
{
    const char *servers = test_asking_servers != NULL
                              ? test_asking_servers
                              : test_asking_server.address;

    *self = (test_asking){
        .ready.run = ask, .question.answered = answered, .host = host};
    assert_status(duet__dns_open(&self->dns, servers), 0);
    duet__loop_append(self->dns.loop, &self->ready);
    assert_status(duet_yield(), 0);
}

void test_asking_finish(test_asking *self, const char *host)
{
    test_asking_start(self, host);
    while (self->answers == 0)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(self->answers, 1);
}

void test_asking_end(test_asking *self)
{
    duet__addresses_drop(self->answer.addresses);
    duet__dns_close(&self->dns);
    assert_int_equal(self->answers, 1);
}

typedef void test_body(void);

static int with_server(void *argument)
{
    test_dns_start(&test_asking_server);
    (*(test_body **)argument)();
    test_dns_stop(&test_asking_server);
    return 0;
}

void test_asking_run(void (*body)(void))
{
    assert_status(duet_run(with_server, &body, NULL), 0);
}
