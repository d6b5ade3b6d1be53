/* SPDX-License-Identifier: MIT */
#include "client/curl/error.h"
#include "support/test.h"

static void expect_text(CURLcode result, const char *text, duet_phase before,
                        int code, duet_phase after)
{
    duet_phase phase = before;

    assert_status(duet__curl_error(result, 0, text, &phase), code);
    assert_int_equal(phase, after);
}

static void expect(CURLcode result, long os_error, duet_phase before, int code,
                   duet_phase after)
{
    duet_phase phase = before;

    assert_status(duet__curl_error(result, os_error, "", &phase), code);
    assert_int_equal(phase, after);
}

static void connection_errors_are_told_apart(void **state)
{
    const duet_phase connect = DUET_PHASE_CONNECT;

    (void)state;
    expect(CURLE_COULDNT_CONNECT, ECONNREFUSED, connect, DUET_ECONNREFUSED,
           connect);
    expect(CURLE_COULDNT_CONNECT, EHOSTUNREACH, connect, DUET_EHOSTUNREACH,
           connect);
    expect(CURLE_COULDNT_CONNECT, 0, connect, DUET_ECONNECT, connect);
    expect(CURLE_PEER_FAILED_VERIFICATION, 0, connect, DUET_ECERTIFICATE,
           DUET_PHASE_TLS);
    expect(CURLE_SSL_CONNECT_ERROR, 0, connect, DUET_ETLS, DUET_PHASE_TLS);
}

static void lost_connection_depends_on_what_had_come(void **state)
{
    const duet_phase first = DUET_PHASE_FIRST_BYTE;
    const duet_phase body = DUET_PHASE_BODY;

    (void)state;
    expect(CURLE_GOT_NOTHING, 0, first, DUET_EDISCONNECTED, first);
    expect(CURLE_RECV_ERROR, ECONNRESET, first, DUET_ECONNRESET, first);
    expect(CURLE_RECV_ERROR, ECONNRESET, body, DUET_ETRUNCATED, body);
    expect(CURLE_PARTIAL_FILE, 0, body, DUET_ETRUNCATED, body);
    expect(CURLE_SEND_ERROR, 0, DUET_PHASE_SEND, DUET_EDISCONNECTED,
           DUET_PHASE_SEND);
}

static void what_the_server_did_wrong_is_told_by_libcurls_text(void **state)
{
    const duet_phase head = DUET_PHASE_HEAD;
    const duet_phase body = DUET_PHASE_BODY;

    (void)state;
    expect(CURLE_RECV_ERROR, ECONNRESET, head, DUET_ETRUNCATED, head);
    expect_text(CURLE_RECV_ERROR,
                "Malformed encoding found in chunked-encoding", body,
                DUET_EPROTOCOL, body);
    expect_text(CURLE_RECV_ERROR, "chunk hex-length char not a hex digit: 0x78",
                body, DUET_EPROTOCOL, body);
    expect_text(CURLE_RECV_ERROR, "Out of memory in chunked-encoding", body,
                DUET_ETOOLARGE, body);
    expect_text(CURLE_RECV_ERROR, "Too large response headers: 307201 > 307200",
                head, DUET_ETOOLARGE, head);
    expect_text(CURLE_RECV_ERROR, "Recv failure: Connection reset by peer",
                body, DUET_ETRUNCATED, body);
    expect(CURLE_UNSUPPORTED_PROTOCOL, 0, DUET_PHASE_FIRST_BYTE, DUET_EPROTOCOL,
           head);
    expect(CURLE_OUT_OF_MEMORY, 0, head, DUET_ETOOLARGE, head);
    expect(CURLE_OUT_OF_MEMORY, 0, DUET_PHASE_FIRST_BYTE, DUET_ETOOLARGE, head);
    expect_text(CURLE_WEIRD_SERVER_REPLY, "Nul byte in header",
                DUET_PHASE_FIRST_BYTE, DUET_EPROTOCOL, head);
    expect(CURLE_OUT_OF_MEMORY, 0, DUET_PHASE_CONNECT, DUET_ENOMEM,
           DUET_PHASE_CONNECT);
}

static void unknown_codes_stay_unknown(void **state)
{
    (void)state;
    expect(CURLE_OK, 0, DUET_PHASE_BODY, 0, DUET_PHASE_BODY);
    expect(CURLE_FTP_ACCEPT_FAILED, 0, DUET_PHASE_SEND, DUET_EUNKNOWN,
           DUET_PHASE_SEND);
}

TEST_MAIN(test(connection_errors_are_told_apart),
          test(lost_connection_depends_on_what_had_come),
          test(what_the_server_did_wrong_is_told_by_libcurls_text),
          test(unknown_codes_stay_unknown))
