/* SPDX-License-Identifier: MIT */
/* The client against a TLS server that says more than it was asked for: what is
 * left on a connection is never the answer to the next request. (Without TLS:
 * unit.curl_reuse.) */
#include "client/curl/state.h"
#include "client/session/session.h"
#include "support/peer.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <duet/duet.h>

static test_peer server;

/* The path names what is left and when it comes; the answer to /right is the
 * number of the connection. */
static const char script[] =
    "import socket, ssl, sys, threading, time\n"
    "WRONG = b'HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nwrong'\n"
    "EMPTY = b'HTTP/1.1 204 No Content\\r\\n\\r\\n'\n"
    "HEAD = b'HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\n'\n"
    "CHUNKED = (b'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: "
    "chunked\\r\\n\\r\\n'\n"
    "           b'5\\r\\nright\\r\\n0\\r\\n\\r\\n')\n"
    "SAY = {'/late': (HEAD + b'right', WRONG),\n"
    "       '/crlf': (HEAD + b'right', b'\\r\\n'),\n"
    "       '/408': (HEAD + b'right', b'HTTP/1.1 408 Late\\r\\n\\r\\n'),\n"
    "       '/204': (EMPTY, WRONG),\n"
    "       '/204-with': (EMPTY + b'wr', b'ong'),\n"
    "       '/head': (HEAD, b'wrong'),\n"
    "       '/head-with': (HEAD + b'wr', b'ong'),\n"
    "       '/with': (HEAD + b'right' + WRONG[:9], WRONG[9:]),\n"
    "       '/chunked': (CHUNKED + WRONG[:9], WRONG[9:])}\n"
    "def serve(plain, number):\n"
    "    stream = context.wrap_socket(plain, server_side=True)\n"
    "    lines = stream.makefile('rb')\n"
    "    while True:\n"
    "        path = lines.readline().decode().split(' ')[1]\n"
    "        while lines.readline() != b'\\r\\n':\n"
    "            pass\n"
    "        if path in SAY:\n"
    "            stream.sendall(SAY[path][0])\n"
    "            time.sleep(0.02)\n"
    "            stream.sendall(SAY[path][1])\n"
    "        else:\n"
    "            text = str(number).encode()\n"
    "            stream.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: "
    "%d\\r\\n'\n"
    "                           b'\\r\\n%s' % (len(text), text))\n"
    "def start(plain, number):\n"
    "    try:\n"
    "        serve(plain, number)\n"
    "    except (OSError, IndexError):\n"
    "        plain.close()\n"
    "context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n"
    "context.load_cert_chain('server.pem', 'server.key')\n"
    "listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
    "number = 0\n"
    "while True:\n"
    "    plain, _ = listener.accept()\n"
    "    threading.Thread(target=start, args=(plain, number),\n"
    "                     daemon=True).start()\n"
    "    number += 1\n";

static int start_server(void **state)
{
    char port[16];

    (void)state;
    if (!test_has_program("openssl"))
        test_skip_all("no openssl: leftovers over TLS are not tried");
    test_peer_init(&server);
    test_command(server.folder, "openssl", "req", "-x509", "-newkey", "ec",
                 "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                 "server.key", "-out", "server.pem", "-days", "30", "-subj",
                 "/CN=server", NULL);
    test_file_write(server.folder, "server.py", script, strlen(script));
    snprintf(port, sizeof port, "%d", server.port);
    test_peer_start(&server, DUET_PYTHON, "server.py", port, NULL);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    test_peer_stop(&server);
    return 0;
}

static duet_response *get(duet_session *session, const char *method,
                          const char *path)
{
    duet_response *response;
    char url[64];

    snprintf(url, sizeof url, "https://127.0.0.1:%d%s", server.port, path);
    assert_status(
        duet_fetch(session, method, url, NULL, &response, duet_in_ms(60000)),
        0);
    return response;
}

/* The connection that the answer came on. */
static int ask(duet_session *session)
{
    duet_response *response = get(session, "GET", "/right");
    const char *body = duet_response_body(response, NULL);
    int number;

    assert_int_equal(duet_response_status(response), 200);
    assert_in_range(body[0], '0', '9');
    number = atoi(body);
    duet_response_free(response);
    return number;
}

/* Does the session keep a connection that it has not ended? */
static bool keeps_one(const duet_session *session)
{
    const duet__curl_driver *driver = session->driver;
    char byte;

    for (size_t i = 0; i < driver->descriptors; i++)
        if (driver->sockets[i].is_ours &&
            recv((int)i, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0)
            return true;
    return false;
}

static int leave_and_ask(void *argument)
{
    const duet_session_options options = {.insecure_no_verify = true};
    const char *path = argument;
    duet_session *session;
    int number;

    assert_status(duet_session_open(&options, &session), 0);
    number = ask(session);
    assert_int_equal(ask(session), number); /* tickets are no leftovers */
    duet_response_free(
        get(session, strncmp(path, "/head", 5) == 0 ? "HEAD" : "GET", path));
    while (keeps_one(session)) /* until it has heard what is left */
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_not_equal(ask(session), number);
    duet_session_close(session);
    return 0;
}

static void nothing_left_over_is_the_next_answer(void **state)
{
    static char paths[][16] = {"/late", "/crlf",      "/408",
                               "/204",  "/204-with",  "/head",
                               "/with", "/head-with", "/chunked"};

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        assert_status(duet_run(leave_and_ask, paths[i], NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(nothing_left_over_is_the_next_answer),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
