/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "http/head/method.h"

static void every_name_finds_its_method(void **state)
{
    (void)state;
    for (int method = 0; method < DUET__METHOD_OTHER; method++)
        assert_int_equal(duet__method_of(duet__text_from(
                             duet__method_name((duet__method)method))),
                         method);
    assert_int_equal(duet__method_of(DUET__TEXT("get")), DUET__METHOD_OTHER);
    assert_int_equal(duet__method_of(DUET__TEXT("GETS")), DUET__METHOD_OTHER);
    assert_int_equal(duet__method_of(DUET__TEXT("")), DUET__METHOD_OTHER);
    assert_string_equal(duet__method_name(DUET__METHOD_OTHER), "");
}

static void promises_are_those_of_rfc_9110(void **state)
{
    (void)state;
    assert_true(duet__method_is_safe(DUET__METHOD_GET));
    assert_true(duet__method_is_idempotent(DUET__METHOD_HEAD));
    assert_false(duet__method_is_safe(DUET__METHOD_PUT));
    assert_true(duet__method_is_idempotent(DUET__METHOD_PUT));
    assert_true(duet__method_is_idempotent(DUET__METHOD_DELETE));
    assert_false(duet__method_is_idempotent(DUET__METHOD_POST));
    assert_false(duet__method_is_idempotent(DUET__METHOD_PATCH));
    assert_false(duet__method_is_idempotent(DUET__METHOD_CONNECT));
    assert_false(duet__method_is_safe(DUET__METHOD_OTHER));
    assert_false(duet__method_is_idempotent(DUET__METHOD_OTHER));
}

TEST_MAIN(test(every_name_finds_its_method),
          test(promises_are_those_of_rfc_9110))
