/* SPDX-License-Identifier: MIT */
#include "support/folder.h"
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fetch/work/body.h"
#include "fetch/output/name.h"

/* NIST: of "abc" and of nothing. */
#define OF_ABC                                                                 \
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define OF_NOTHING                                                             \
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void body_is_counted_and_hashed_piece_by_piece(void **state)
{
    duet__fetch_body body;

    (void)state;
    assert_status(duet__fetch_body_init(&body, EVP_sha256(), -1, 1), 0);
    assert_status(duet__fetch_body_begin(&body), 0);
    assert_status(duet__fetch_body_add(&body, "ab", 2), 0);
    assert_status(duet__fetch_body_add(&body, "c", 1), 0);
    assert_status(duet__fetch_body_end(&body), 0);
    assert_int_equal(body.bytes, 3);
    assert_string_equal(body.sha256, OF_ABC);
    duet__fetch_body_free(&body);
}

static void body_begins_anew_for_each_exchange(void **state)
{
    duet__fetch_body body;

    (void)state;
    assert_status(duet__fetch_body_init(&body, EVP_sha256(), -1, 1), 0);
    assert_status(duet__fetch_body_begin(&body), 0);
    assert_status(duet__fetch_body_add(&body, "half of it", 10), 0);
    assert_status(duet__fetch_body_begin(&body), 0);
    assert_string_equal(body.sha256, "");
    assert_status(duet__fetch_body_end(&body), 0);
    assert_int_equal(body.bytes, 0);
    assert_string_equal(body.sha256, OF_NOTHING);
    duet__fetch_body_free(&body);
}

static void bodies_of_one_url_get_names_of_their_own(void **state)
{
    char folder[] = "duet-body-XXXXXX";
    char names[3][DUET__OUTPUT_NAME_BYTES];
    duet__fetch_body body;
    bool is_other;
    int directory;

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_status(duet__body_directory_open(folder, &directory), 0);
    assert_status(duet__fetch_body_init(&body, EVP_sha256(), directory, 1), 0);
    for (uint64_t i = 0; i < 3; i++) {
        assert_status(duet__fetch_body_begin(&body), 0);
        assert_status(duet__fetch_body_add(&body, "x", 1), 0);
        assert_status(duet__fetch_body_keep(&body, DUET__TEXT("http://h/"), 9,
                                            names[i], &is_other),
                      0);
        assert_true(is_other == (i > 0));
    }
    assert_string_not_equal(names[0], names[1]);
    assert_string_not_equal(names[1], names[2]);
    for (int i = 0; i < 3; i++)
        assert_int_equal(unlinkat(directory, names[i], 0), 0);
    duet__fetch_body_free(&body);
    assert_int_equal(rmdir(folder), 0);
    close(directory);
}

static void body_that_is_freed_leaves_no_file(void **state)
{
    char folder[] = "duet-body-XXXXXX";
    duet__fetch_body body;
    int directory;

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_status(duet__body_directory_open(folder, &directory), 0);
    assert_status(duet__fetch_body_init(&body, EVP_sha256(), directory, 1), 0);
    assert_status(duet__fetch_body_begin(&body), 0);
    assert_status(duet__fetch_body_add(&body, "x", 1), 0);
    duet__fetch_body_free(&body);
    assert_int_equal(rmdir(folder), 0);
    close(directory);
}

static void failure_to_write_stays_with_its_detail(void **state)
{
    duet__fetch_body body;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

    (void)state;
    assert_status(duet__fetch_body_init(&body, EVP_sha256(), -1, 1), 0);
    assert_status(duet__fetch_body_begin(&body), 0);
    body.is_kept = true;
    body.file.descriptor = full;
    snprintf(body.file.temporary, sizeof body.file.temporary, "part");
    assert_status(duet__fetch_body_add(&body, "x", 1), DUET_ENOSPC);
    assert_status(duet__fetch_body_add(&body, "x", 1), DUET_ENOSPC);
    assert_int_equal(body.failure, DUET_ENOSPC);
    assert_string_equal(body.detail, "write part: No space left on device");
    body.file.descriptor = -1;
    duet__fetch_body_free(&body);
    close(full);
}

TEST_MAIN(in_folder(body_is_counted_and_hashed_piece_by_piece),
          in_folder(body_begins_anew_for_each_exchange),
          in_folder(bodies_of_one_url_get_names_of_their_own),
          in_folder(body_that_is_freed_leaves_no_file),
          in_folder(failure_to_write_stays_with_its_detail))
