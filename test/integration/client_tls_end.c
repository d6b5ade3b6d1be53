/* SPDX-License-Identifier: MIT */
/* How a TLS connection ends: with close_notify, which only the peer can say, or
 * with the end of TCP, which anybody on the way can make. */
#include "support/peer.h"
#include "support/test.h"

#include <stdio.h>

#include <duet/duet.h>

static const char SERVER[] =
    "import os, socket, ssl, sys\n"
    "context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n"
    "context.load_cert_chain('server.pem', 'server.key')\n"
    "if sys.argv[2] == '1.2':\n"
    "    context.maximum_version = ssl.TLSVersion.TLSv1_2\n"
    "listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
    "def answer(plain):\n"
    "    tls = context.wrap_socket(plain, server_side=True)\n"
    "    head = tls.recv(4096)\n"
    "    fields = b'Content-Length: 2\\r\\n' if b'/length' in head else b''\n"
    "    if b'/chunks' in head:\n"
    "        tls.sendall(b'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: "
    "chunked\\r\\n'\n"
    "                    b'\\r\\n2\\r\\nok\\r\\n0\\r\\n\\r\\n')\n"
    "    else:\n"
    "        tls.sendall(b'HTTP/1.1 200 OK\\r\\n' + fields + b'\\r\\nok')\n"
    "    if b'/told' in head:\n"
    "        try:\n"
    "            tls.unwrap().close()\n"
    "        except OSError:\n"
    "            tls.close()\n"
    "    else:\n"
    "        socket.socket(fileno=tls.detach()).close()\n"
    "while True:\n"
    "    plain = listener.accept()[0]\n"
    "    plain.settimeout(2)\n"
    "    try:\n"
    "        answer(plain)\n"
    "    except OSError:\n"
    "        plain.close()\n";

static test_peer server;

static void start(const char *version)
{
    char port[16];
    char script[TEST_FOLDER_BYTES + sizeof DUET_PYTHON + 64];

    test_peer_init(&server);
    test_command(server.folder, "openssl", "req", "-x509", "-newkey", "ec",
                 "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                 "server.key", "-out", "server.pem", "-days", "30", "-subj",
                 "/CN=server", NULL);
    test_file_write(server.folder, "server.py", SERVER, strlen(SERVER));
    snprintf(port, sizeof port, "%d", server.port);
    snprintf(script, sizeof script, "cd %s && exec %s server.py %s %s",
             server.folder, DUET_PYTHON, port, version);
    test_peer_start(&server, "sh", "-c", script, NULL);
}

static void expect(duet_session *session, const char *path, int code)
{
    duet_response *failed = NULL;
    const duet_fetch_options options = {.out_failed = &failed};
    duet_response *response;
    char url[64];
    int status;

    snprintf(url, sizeof url, "https://127.0.0.1:%d%s", server.port, path);
    status = duet_get(session, url, &options, &response, duet_in_ms(60000));
    if (status != code)
        print_error("%s: %s\n", path, duet_error_detail());
    assert_status(status, code);
    assert_string_equal(
        duet_response_body(status == 0 ? response : failed, NULL), "ok");
    if (status != 0)
        assert_int_equal(duet_error_phase(), DUET_PHASE_BODY);
    duet_response_free(response);
    duet_response_free(failed);
}

static int get_all(void *argument)
{
    const duet_session_options options = {.insecure_no_verify = true};
    duet_session *session;

    (void)argument;
    assert_status(duet_session_open(&options, &session), 0);
    for (int i = 0; i < 2; i++) {
        expect(session, "/told", 0);
        expect(session, "/cut", DUET_ETRUNCATED);
        expect(session, "/length", 0);
        expect(session, "/chunks", 0);
    }
    duet_session_close(session);
    return 0;
}

static void body_without_length_needs_close_notify(void **state)
{
    static const char *const versions[] = {"1.2", "1.3"};

    (void)state;
    if (!test_has_program("openssl"))
        test_skip("no openssl: how a TLS connection ends is not looked at");
    for (size_t i = 0; i < 2; i++) {
        start(versions[i]);
        assert_status(duet_run(get_all, NULL, NULL), 0);
        test_peer_stop(&server);
    }
}

TEST_MAIN(test(body_without_length_needs_close_notify))
