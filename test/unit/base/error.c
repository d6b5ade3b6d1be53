/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "base/error.h"

static void name_is_that_of_the_table(void **state)
{
    (void)state;
    assert_string_equal(duet_error_name(DUET_ETIMEDOUT), "DUET_ETIMEDOUT");
    assert_string_equal(duet_error_name(0), "0");
    assert_string_equal(duet_error_name(-99999), "DUET_EUNKNOWN");
}

static void
text_of_a_system_error_outside_the_table_is_the_systems(void **state)
{
    (void)state;
    assert_string_equal(duet_error_text(-ENOTBLK), strerrordesc_np(ENOTBLK));
    assert_string_equal(duet_error_text(DUET_EURL), "malformed URL");
    assert_string_equal(duet_error_text(0), "success");
}

static void detail_is_that_of_the_newest_failure(void **state)
{
    (void)state;
    assert_status(duet__fail(DUET_EINVAL, "port %d", 70000), DUET_EINVAL);
    assert_string_equal(duet_error_detail(), "port 70000");
    duet__fail(DUET_EINVAL, "was: %s", duet_error_detail());
    assert_string_equal(duet_error_detail(), "was: port 70000");
}

static void phase_belongs_to_the_newest_detail(void **state)
{
    (void)state;
    duet__fail(DUET_EINVAL, "first");
    duet__detail_set_phase(3);
    assert_int_equal(duet__detail_phase(), 3);
    duet__fail(DUET_EINVAL, "second");
    assert_int_equal(duet__detail_phase(), 0);
}

static void program_reports_as_duet_does(void **state)
{
    (void)state;
    assert_status(duet_fail(DUET_ENOENT, "no cat %d\n", 9), DUET_ENOENT);
    assert_string_equal(duet_error_detail(), "no cat 9?");
}

static void control_characters_in_a_detail_are_hidden(void **state)
{
    (void)state;
    duet__fail(DUET_EFIELD, "name \"%s\"", "a\r\nb\x1b[2J\x7f\xc3\xa9");
    assert_string_equal(duet_error_detail(), "name \"a??b?[2J?\xc3\xa9\"");
}

static void detail_of_a_task_is_its_own(void **state)
{
    duet__detail own = {0};

    (void)state;
    duet__fail(DUET_EINVAL, "outside");
    duet__detail_current = &own;
    assert_string_equal(duet_error_detail(), "");
    duet__fail(DUET_EINVAL, "inside");
    assert_string_equal(duet_error_detail(), "inside");
    duet__detail_current = NULL;
    assert_string_equal(duet_error_detail(), "outside");
    duet__detail_free(&own);
}

static void errno_becomes_its_negative(void **state)
{
    (void)state;
    assert_status(duet__error_from_errno(ECONNRESET), DUET_ECONNRESET);
    assert_status(duet__error_from_errno(0), DUET_EUNKNOWN);
}

static void message_is_the_detail_only_of_the_same_status(void **state)
{
    (void)state;
    duet__fail(DUET_EURL, "no host in it");
    assert_string_equal(duet_error_message(DUET_EURL), "no host in it");
    assert_string_equal(duet_error_message(DUET_EBUSY), "in use");
    assert_string_equal(duet_error_message(0), "success");
    /* It is not lost by other failures without a detail. */
    assert_status(duet__fail_plainly(DUET_EBUSY), DUET_EBUSY);
    assert_string_equal(duet_error_message(DUET_EURL), "no host in it");
    assert_status(duet__fail_plainly(DUET_EURL), DUET_EURL);
    assert_string_equal(duet_error_message(DUET_EURL), "malformed URL");
    assert_string_equal(duet_error_detail(), "");
}

static void what_is_returned_plainly_everywhere_has_no_sentence(void **state)
{
    (void)state;
    assert_status(duet__fail(DUET_EURL, "no host in it"), DUET_EURL);
    assert_status(duet__fail(DUET_ENOMEM, "read a: no memory"), DUET_ENOMEM);
    assert_string_equal(duet_error_message(DUET_ENOMEM),
                        duet_error_text(DUET_ENOMEM));
    assert_status(duet_fail(DUET_ENOLOOP, "no loop for a"), DUET_ENOLOOP);
    assert_string_equal(duet_error_message(DUET_ENOLOOP),
                        duet_error_text(DUET_ENOLOOP));
    assert_string_equal(duet_error_message(DUET_EURL), "no host in it");
}

static void a_system_error_has_no_older_sentence(void **state)
{
    (void)state;
    duet__fail(DUET_ENOENT, "no cat");
    assert_status(duet__error_from_errno(ENOENT), DUET_ENOENT);
    assert_string_equal(duet_error_message(DUET_ENOENT),
                        "no such file or directory");
}

static void details_of_others_come_with_their_code(void **state)
{
    duet__detail own = {0};
    duet__detail other = {0};

    (void)state;
    for (int in_task = 0; in_task < 2; in_task++) {
        duet__detail_current = &other;
        duet__fail(DUET_EIO, "the other's");
        duet__detail_set_phase(5);
        duet__detail_current = in_task ? &own : NULL;
        duet__fail(DUET_EBUSY, "mine");
        duet__detail_show(&other, DUET_EIO);
        assert_string_equal(duet_error_message(DUET_EIO), "the other's");
        assert_int_equal(duet__detail_phase(), 5);
        /* The other failed in the end with another code. */
        duet__fail(DUET_EBUSY, "mine");
        duet__detail_adopt(&other, DUET_EBUSY);
        assert_string_equal(duet_error_message(DUET_EBUSY), "in use");
        assert_null(other.text);
    }
    duet__detail_free(&own);
    duet__detail_current = NULL;
}

TEST_MAIN(test(message_is_the_detail_only_of_the_same_status),
          test(a_system_error_has_no_older_sentence),
          test(what_is_returned_plainly_everywhere_has_no_sentence),
          test(details_of_others_come_with_their_code),
          test(name_is_that_of_the_table),
          test(text_of_a_system_error_outside_the_table_is_the_systems),
          test(detail_is_that_of_the_newest_failure),
          test(phase_belongs_to_the_newest_detail),
          test(program_reports_as_duet_does),
          test(control_characters_in_a_detail_are_hidden),
          test(detail_of_a_task_is_its_own), test(errno_becomes_its_negative))
