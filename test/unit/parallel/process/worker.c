/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/duet.h>

#include "parallel/process/process.h"
#include "parallel/process/pool.h"
#include "parallel/process/worker.h"
#include "support/process.h"
#include "support/worker.h"

/* A worker without a pool; our end of its socket is returned. */
static duet__worker_line start(duet_process_function *initializer,
                               duet_process **process)
{
    const duet__worker_setup setup = {initializer, 1000};
    int status = 1;
    int ends[2];
    const duet_process_options options = {.descriptors = &ends[1],
                                          .descriptor_count = 1};

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_status(duet_process_start(duet__worker_main, &setup, sizeof setup,
                                     &options, process, DUET_NEVER),
                  0);
    close(ends[1]);
    const duet__worker_line line = {ends[0], -1};
    assert_status(
        duet__worker_receive_bytes(line, &status, sizeof status, DUET_NEVER),
        0);
    assert_status(status, initializer != NULL ? DUET_EACCES : 0);
    return line;
}

static int exit_code(duet_process *process)
{
    duet_exit_status status;

    assert_status(duet_process_wait(process, &status, DUET_NEVER), 0);
    duet_process_free(process);
    return status.code;
}

static void several_inputs_are_answered_one_by_one(void **state)
{
    const duet_process_input inputs[] = {{"abc", 3}, {NULL, 0}, {"xy", 2}};
    const duet__worker_request request = {worker_reverse, NULL, 3};
    const char *expected[] = {"cba", "", "yx"};
    duet_process_output output;
    duet_process *process;
    duet__worker_line line = start(NULL, &process);

    (void)state;
    assert_status(duet__worker_send(line, &request, inputs, DUET_NEVER), 0);
    for (int i = 0; i < 3; i++) {
        assert_status(duet__worker_receive(line, 1000, &output, DUET_NEVER), 0);
        assert_int_equal(output.length, strlen(expected[i]));
        assert_true(output.length == 0 ||
                    memcmp(output.bytes, expected[i], output.length) == 0);
        duet_process_output_clear(&output);
    }
    assert_status(duet__worker_receive(line, 1000, &output, DUET_NOW),
                  DUET_ETIMEDOUT);
    close(line.socket);
    assert_int_equal(exit_code(process), 0);
}

static int refuse(const void *argument, size_t length)
{
    (void)argument;
    return length == 0 ? DUET_EACCES : 0;
}

static void failed_initializer_is_told_and_ends_the_worker(void **state)
{
    duet_process *process;
    duet__worker_line line = start(refuse, &process);
    duet_process_output output;

    (void)state;
    assert_status(duet__worker_receive(line, 1000, &output, DUET_NEVER),
                  DUET_EDIED);
    assert_int_equal(exit_code(process), 1);
    close(line.socket);
}

static void dead_worker_is_noticed_when_receiving_and_sending(void **state)
{
    int number = -SIGKILL;
    const duet_process_input input = {&number, sizeof number};
    const duet__worker_request request = {worker_square, NULL, 1};
    duet_process_output output;
    duet_process *process;
    duet__worker_line line = start(NULL, &process);

    (void)state;
    assert_status(duet__worker_send(line, &request, &input, DUET_NEVER), 0);
    assert_status(duet__worker_receive(line, 1000, &output, DUET_NEVER),
                  DUET_EDIED);
    assert_status(duet__worker_send(line, &request, &input, DUET_NEVER),
                  DUET_EDIED);
    assert_int_equal(exit_code(process), -1);
    close(line.socket);
}

static void reply_over_the_limit_is_no_reply(void **state)
{
    const duet__worker_reply reply = {.length = 1001};
    duet_process_output output;
    int ends[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(write(ends[1], &reply, sizeof reply), sizeof reply);
    const duet__worker_line line = {ends[0], -1};
    assert_status(duet__worker_receive(line, 1000, &output, DUET_NEVER),
                  DUET_EDIED);
    close(ends[0]);
    close(ends[1]);
}

PROCESS_TEST_MAIN(test(several_inputs_are_answered_one_by_one),
                  test(failed_initializer_is_told_and_ends_the_worker),
                  test(dead_worker_is_noticed_when_receiving_and_sending),
                  test(reply_over_the_limit_is_no_reply))
