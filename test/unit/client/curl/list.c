/* SPDX-License-Identifier: MIT */
#include "client/curl/list.h"
#include "support/memory.h"
#include "support/test.h"

static void texts_stay_in_order_and_an_empty_field_is_marked(void **state)
{
    struct curl_slist *list = NULL;

    (void)state;
    assert_true(duet__curl_list_add(&list, "Expect:"));
    assert_true(duet__curl_list_add_field(&list, "A", "b"));
    assert_true(duet__curl_list_add_field(&list, "Empty", ""));
    assert_string_equal(list->data, "Expect:");
    assert_string_equal(list->next->data, "A: b");
    assert_string_equal(list->next->next->data, "Empty;");
    assert_null(list->next->next->next);
    curl_slist_free_all(list);
}

static void list_without_memory_is_as_before(void **state)
{
    struct curl_slist *list = NULL;

    (void)state;
    assert_true(duet__curl_list_add(&list, "A: b"));
    test_fail_allocation(1);
    assert_false(duet__curl_list_add_field(&list, "C", "d"));
    assert_string_equal(list->data, "A: b");
    assert_null(list->next);
    curl_slist_free_all(list);
}

TEST_MAIN(test(texts_stay_in_order_and_an_empty_field_is_marked),
          test(list_without_memory_is_as_before))
