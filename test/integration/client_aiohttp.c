/* SPDX-License-Identifier: MIT */
/* The client against aiohttp: bodies both ways, slow and broken answers. */
#include "support/client.h"
#include "support/peer.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include <duet/duet.h>

static const char *const SERVER =
    "import asyncio, sys\n"
    "from aiohttp import web\n"
    "async def echo(request):\n"
    "    body = await request.read()\n"
    "    return web.Response(body=body, headers={\n"
    "        'X-Method': request.method, 'X-Type': request.content_type})\n"
    "async def drip(request):\n"
    "    reply = web.StreamResponse()\n"
    "    await reply.prepare(request)\n"
    "    for i in range(5):\n"
    "        await reply.write(b'drop')\n"
    "        await asyncio.sleep(0.02)\n"
    "    return reply\n"
    "async def stall(request):\n"
    "    await asyncio.sleep(3600)\n"
    "async def stall_in_body(request):\n"
    "    reply = web.StreamResponse()\n"
    "    await reply.prepare(request)\n"
    "    await reply.write(b'drop')\n"
    "    await asyncio.sleep(3600)\n"
    "async def cut(request):\n"
    "    reply = web.StreamResponse(headers={'Content-Length': '100'})\n"
    "    await reply.prepare(request)\n"
    "    await reply.write(b'drop')\n"
    "    request.transport.close()\n"
    "    return reply\n"
    "async def move(request):\n"
    "    raise web.HTTPTemporaryRedirect('/echo')\n"
    "async def see(request):\n"
    "    raise web.HTTPSeeOther('/echo')\n"
    "application = web.Application(client_max_size=2**26)\n"
    "for path, handler in (('/echo', echo), ('/drip', drip),\n"
    "                      ('/stall', stall), ('/cut', cut),\n"
    "                      ('/stall_in_body', stall_in_body),\n"
    "                      ('/move', move), ('/see', see)):\n"
    "    application.router.add_route('*', path, handler)\n"
    "web.run_app(application, host='127.0.0.1', port=int(sys.argv[1]),\n"
    "            print=None, shutdown_timeout=0)\n";

static test_peer peer;

static int start_server(void **state)
{
    char port[16];

    (void)state;
    if (system(DUET_PYTHON " -c 'import aiohttp' 2>/dev/null") != 0)
        test_skip_all("no aiohttp here: it is not tried as a server");
    test_peer_init(&peer);
    test_file_write(peer.folder, "server.py", SERVER, strlen(SERVER));
    snprintf(port, sizeof port, "%d", peer.port);
    test_peer_start(&peer, DUET_PYTHON, "server.py", port, NULL);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    test_peer_stop(&peer);
    return 0;
}

static const char *url_of(const char *path)
{
    static char url[128];

    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", peer.port, path);
    return url;
}

static void expect_echo(duet_session *session, const char *path,
                        const char *body, size_t body_bytes, const char *method)
{
    duet_response *response;
    size_t bytes;

    assert_status(duet_post(session, url_of(path), body, body_bytes, NULL,
                            &response, duet_in_ms(60000)),
                  0);
    assert_int_equal(duet_response_status(response), 200);
    assert_string_equal(
        duet_fields_get(duet_response_fields(response), "X-Method"), method);
    assert_memory_equal(duet_response_body(response, &bytes),
                        strcmp(method, "GET") == 0 ? "" : body,
                        strcmp(method, "GET") == 0 ? 0 : body_bytes);
    assert_int_equal(bytes, strcmp(method, "GET") == 0 ? 0 : body_bytes);
    duet_response_free(response);
}

static void post(duet_session *session)
{
    enum { BIG = 3000000 };
    char *big = malloc(BIG);

    for (int i = 0; i < BIG; i++)
        big[i] = (char)(i * 31);
    expect_echo(session, "/echo", "", 0, "POST");
    expect_echo(session, "/echo", "small", 5, "POST");
    expect_echo(session, "/echo", big, BIG, "POST");
    expect_echo(session, "/move", big, 100000, "POST");
    expect_echo(session, "/see", "dropped", 7, "GET");
    free(big);
}

static void body_comes_back_as_it_was_sent(void **state)
{
    (void)state;
    test_session_run(post);
}

static void drip(duet_session *session)
{
    duet_response *response;

    assert_status(
        duet_get(session, url_of("/drip"), NULL, &response, duet_in_ms(60000)),
        0);
    assert_string_equal(duet_response_body(response, NULL),
                        "dropdropdropdropdrop");
    assert_true(duet_response_timings(response).body_ns > 0);
    duet_response_free(response);
}

static void chunks_are_joined(void **state)
{
    (void)state;
    test_session_run(drip);
}

static void expect_failure(duet_session *session, const char *path,
                           const duet_fetch_options *options, int code,
                           duet_phase phase)
{
    duet_response *response;

    assert_status(
        duet_get(session, url_of(path), options, &response, duet_in_ms(60000)),
        code);
    assert_int_equal(duet_error_phase(), phase);
}

static void stall(duet_session *session)
{
    const duet_fetch_options first_byte = {.first_byte_ms = 100};
    const duet_fetch_options idle = {.idle_ms = 100};

    expect_failure(session, "/stall", &first_byte, DUET_ETIMEDOUT,
                   DUET_PHASE_FIRST_BYTE);
    expect_failure(session, "/stall_in_body", &idle, DUET_ETIMEDOUT,
                   DUET_PHASE_BODY);
    expect_failure(session, "/cut", NULL, DUET_ETRUNCATED, DUET_PHASE_BODY);
}

static void stalled_and_cut_answers_are_errors(void **state)
{
    (void)state;
    test_session_run(stall);
}

static int get_stalled(void *argument)
{
    duet_response *response;

    return duet_get(argument, url_of("/stall"), NULL, &response, DUET_NEVER);
}

static void cancel_many(duet_session *session)
{
    enum { MANY = 50 };
    duet_task *tasks[MANY];

    for (int i = 0; i < MANY; i++)
        assert_status(duet_spawn(get_stalled, session, NULL, &tasks[i]), 0);
    (void)!duet_sleep(duet_in_ms(50));
    for (int i = 0; i < MANY; i++)
        duet_task_cancel(tasks[i]);
    for (int i = 0; i < MANY; i++) {
        int result;

        assert_status(duet_join(tasks[i], &result, DUET_NEVER), 0);
        assert_status(result, DUET_ECANCELED);
    }
    expect_echo(session, "/echo", "next", 4, "POST");
}

static void cancelled_exchanges_make_room(void **state)
{
    (void)state;
    test_session_run(cancel_many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(body_comes_back_as_it_was_sent),
        test(chunks_are_joined),
        test(stalled_and_cut_answers_are_errors),
        test(cancelled_exchanges_make_room),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
