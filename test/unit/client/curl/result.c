/* SPDX-License-Identifier: MIT */
#include "client/curl/result.h"
#include "client/curl/transfer.h"
#include "client/session/session.h"
#include "support/client.h"
#include "support/test.h"

#include <duet/duet.h>

static void expect_judged(duet__transfer *transfer, int code, duet_phase phase,
                          const char *sentence)
{
    assert_status(duet__transfer_judge(transfer), code);
    assert_int_equal(duet_error_phase(), phase);
    assert_non_null(strstr(duet_error_detail(), "a.test:80"));
    assert_non_null(strstr(duet_error_detail(), sentence));
}

static void judge_some(test_client *client)
{
    duet__transfer *transfer = duet__transfer_take(client->session->driver);
    duet__hop hop = {.where = "a.test:80"};

    transfer->hop = &hop;
    transfer->state = DUET__TRANSFER_DONE;
    transfer->result = CURLE_ABORTED_BY_CALLBACK;
    transfer->spoke_first = true;
    expect_judged(transfer, DUET_EPROTOCOL, DUET_PHASE_FIRST_BYTE,
                  "the server spoke before it was asked");
    transfer->spoke_first = false;
    transfer->result = CURLE_WRITE_ERROR;
    transfer->has_strayed = true;
    expect_judged(transfer, DUET_EDISCONNECTED, DUET_PHASE_FIRST_BYTE,
                  "the request may have arrived");
    transfer->has_strayed = false;
    transfer->broken = DUET_ENOMEM;
    /* It has no sentence of its own, but a phase. */
    assert_status(duet__transfer_judge(transfer), DUET_ENOMEM);
    assert_int_equal(duet_error_phase(), DUET_PHASE_CONNECT);
    assert_string_equal(duet_error_message(DUET_ENOMEM),
                        duet_error_text(DUET_ENOMEM));
    transfer->broken = 0;
    transfer->result = CURLE_OK;
    hop.incoming.head_is_whole = true;
    assert_status(duet__transfer_judge(transfer), 0);
    duet__transfer_recycle(transfer);
}

static void failures_name_phase_host_and_reason(void **state)
{
    (void)state;
    test_client_run(judge_some, NULL);
}

static void silence_is_told_by_phase(void **state)
{
    (void)state;
    assert_string_equal(duet__transfer_silence(DUET_PHASE_BODY),
                        "nothing more came");
    assert_string_equal(duet__transfer_silence(DUET_PHASE_SEND),
                        "the server takes no more");
    assert_string_equal(duet__transfer_silence(DUET_PHASE_CONNECT),
                        "no answer");
}

TEST_MAIN(test(failures_name_phase_host_and_reason),
          test(silence_is_told_by_phase))
