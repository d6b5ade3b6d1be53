/* SPDX-License-Identifier: MIT */
#include "base/list.h"

#include "support/test.h"

typedef struct item {
    int number;
    duet__link link;
} item;

static int number_of(const duet__link *link)
{
    return DUET__MEMBER(link, item, link)->number;
}

static void assert_order(const duet__list *list, const int *numbers,
                         size_t count)
{
    const duet__link *link = list->next;
    const duet__link *back = list;

    for (size_t i = 0; i < count; i++, back = link, link = link->next) {
        assert_ptr_not_equal(link, list);
        assert_int_equal(number_of(link), numbers[i]);
        assert_ptr_equal(link->previous, back);
    }
    assert_ptr_equal(link, list);
    assert_ptr_equal(list->previous, back);
}

static void links_keep_the_order_they_were_pushed_in(void **state)
{
    duet__list list = DUET__LIST_EMPTY(list);
    item items[4] = {{.number = 1}, {.number = 2}, {.number = 3}};
    item first = {.number = 0};

    (void)state;
    assert_true(duet__list_is_empty(&list));
    assert_null(duet__list_pop_front(&list));
    for (int i = 0; i < 3; i++)
        duet__list_push_back(&list, &items[i].link);
    duet__list_push_front(&list, &first.link);
    assert_order(&list, (int[]){0, 1, 2, 3}, 4);
    assert_ptr_equal(duet__list_pop_front(&list), &first.link);
    assert_false(duet__link_is_in(&first.link));
    assert_order(&list, (int[]){1, 2, 3}, 3);
}

static void removing_twice_changes_nothing(void **state)
{
    duet__list list = DUET__LIST_EMPTY(list);
    item items[3] = {{.number = 1}, {.number = 2}, {.number = 3}};

    (void)state;
    for (int i = 0; i < 3; i++)
        duet__list_push_back(&list, &items[i].link);
    assert_true(duet__link_is_in(&items[1].link));
    duet__list_remove(&items[1].link);
    duet__list_remove(&items[1].link);
    assert_false(duet__link_is_in(&items[1].link));
    assert_order(&list, (int[]){1, 3}, 2);
    duet__list_remove(&items[0].link);
    duet__list_remove(&items[2].link);
    assert_true(duet__list_is_empty(&list));
}

static void appending_a_list_moves_all_of_it(void **state)
{
    duet__list to = DUET__LIST_EMPTY(to);
    duet__list from = DUET__LIST_EMPTY(from);
    item items[4] = {
        {.number = 0}, {.number = 1}, {.number = 2}, {.number = 3}};

    (void)state;
    duet__list_append_all(&to, &from);
    assert_true(duet__list_is_empty(&to));
    for (int i = 0; i < 2; i++)
        duet__list_push_back(&from, &items[i].link);
    duet__list_append_all(&to, &from);
    assert_true(duet__list_is_empty(&from));
    for (int i = 2; i < 4; i++)
        duet__list_push_back(&from, &items[i].link);
    duet__list_append_all(&to, &from);
    assert_true(duet__list_is_empty(&from));
    assert_order(&to, (int[]){0, 1, 2, 3}, 4);
    duet__list_append_all(&to, &from);
    assert_order(&to, (int[]){0, 1, 2, 3}, 4);
}

TEST_MAIN(test(links_keep_the_order_they_were_pushed_in),
          test(removing_twice_changes_nothing),
          test(appending_a_list_moves_all_of_it))
