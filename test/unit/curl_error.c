/* SPDX-License-Identifier: MIT */
#include "client/curl_error.h"
#include "support/test.h"

static void expect(CURLcode result, long os_error, duet_phase before, int code,
                   duet_phase after)
{
    duet_phase phase = before;

    assert_status(duet__curl_error(result, os_error, &phase), code);
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

static void unknown_codes_stay_unknown(void **state)
{
    (void)state;
    expect(CURLE_OK, 0, DUET_PHASE_BODY, 0, DUET_PHASE_BODY);
    expect(CURLE_FTP_ACCEPT_FAILED, 0, DUET_PHASE_SEND, DUET_EUNKNOWN,
           DUET_PHASE_SEND);
}

TEST_MAIN(test(connection_errors_are_told_apart),
          test(lost_connection_depends_on_what_had_come),
          test(unknown_codes_stay_unknown))
