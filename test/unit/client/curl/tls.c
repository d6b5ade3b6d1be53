/* SPDX-License-Identifier: MIT */
/* Which transfers need close_notify; that it is seen is tested with a server,
 * integration/client_tls_end.c. */
#include "client/curl/tls.h"
#include "client/curl/transfer.h"
#include "client/session/session.h"
#include "support/client.h"
#include "support/test.h"

#include <duet/duet.h>

static void feed(duet__incoming *incoming, const char *line)
{
    assert_status(duet__incoming_line(incoming, duet__text_from(line)), 0);
}

/* Does a response with this status line and field need it? */
static bool needs(duet__transfer *transfer, const char *url,
                  const char *status_line, const char *field)
{
    duet_url *parsed;
    duet__hop hop = {.where = "a.test:443"};
    bool answer;

    assert_status(duet_url_parse(url, &parsed), 0);
    hop.url = parsed;
    duet__incoming_init(&hop.incoming);
    feed(&hop.incoming, status_line);
    feed(&hop.incoming, field);
    feed(&hop.incoming, "\r\n");
    transfer->hop = &hop;
    answer = duet__curl_tls_needs_close(transfer);
    transfer->hop = NULL;
    duet__incoming_free(&hop.incoming);
    duet_url_free(parsed);
    return answer;
}

static void ask(test_client *client)
{
    static const char ok[] = "HTTP/1.1 200 OK\r\n";
    static const char any[] = "A: b\r\n";
    duet__transfer *transfer = duet__transfer_take(client->session->driver);

    transfer->watches_tls = true;
    assert_true(needs(transfer, "https://a/", ok, any));
    assert_false(needs(transfer, "http://a/", ok, any));
    assert_false(needs(transfer, "https://a/", ok, "Content-Length: 5\r\n"));
    assert_false(
        needs(transfer, "https://a/", ok, "Transfer-Encoding: chunked\r\n"));
    assert_false(needs(transfer, "https://a/", "HTTP/1.1 204 None\r\n", any));
    transfer->watches_tls = false; /* nobody would see it */
    assert_false(needs(transfer, "https://a/", ok, any));
    transfer->watches_tls = transfer->is_http2 = true;
    assert_false(needs(transfer, "https://a/", ok, any));
    transfer->is_http2 = false;
    duet__transfer_recycle(transfer);
}

static void only_a_body_without_length_over_tls_needs_close_notify(void **state)
{
    (void)state;
    test_client_run(ask, NULL);
}

static void nothing_is_seen_where_nobody_spoke(void **state)
{
    (void)state;
    assert_false(duet__curl_tls_was_closed());
}

TEST_MAIN(test(only_a_body_without_length_over_tls_needs_close_notify),
          test(nothing_is_seen_where_nobody_spoke))
