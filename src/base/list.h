/* SPDX-License-Identifier: MIT */
/* list.h - a doubly linked list whose links live in its members.
 *
 * Invariant: a link is either in exactly one list or points to itself; so
 * removing a link is always allowed and needs no search. */
#ifndef DUET_BASE_LIST_H
#define DUET_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct duet__link {
    struct duet__link *previous;
    struct duet__link *next;
} duet__link;

/* The head is a link too: an empty list is a head that points to itself. */
typedef duet__link duet__list;

#define DUET__LIST_EMPTY(head)                                                 \
    {                                                                          \
        &(head), &(head)                                                       \
    }

/* The member that `link` lives in, as field `field` of type `type`. */
#define DUET__MEMBER(link, type, field)                                        \
    ((type *)(void *)((char *)(link)-offsetof(type, field)))

static inline void duet__link_init(duet__link *link)
{
    link->previous = link->next = link;
}

static inline bool duet__list_is_empty(const duet__list *list)
{
    return list->next == list;
}

/* True while `link` is in a list. */
static inline bool duet__link_is_in(const duet__link *link)
{
    return link->next != link;
}

static inline void duet__list_insert_before(duet__link *place, duet__link *link)
{
    link->previous = place->previous;
    link->next = place;
    place->previous->next = link;
    place->previous = link;
}

static inline void duet__list_push_back(duet__list *list, duet__link *link)
{
    duet__list_insert_before(list, link);
}

static inline void duet__list_push_front(duet__list *list, duet__link *link)
{
    duet__list_insert_before(list->next, link);
}

static inline void duet__list_remove(duet__link *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    duet__link_init(link);
}

/* Takes the first link out; NULL if the list is empty. */
static inline duet__link *duet__list_pop_front(duet__list *list)
{
    duet__link *first = list->next;

    if (first == list)
        return NULL;
    duet__list_remove(first);
    return first;
}

/* Moves all links of `from` to the end of `to`. */
static inline void duet__list_append_all(duet__list *to, duet__list *from)
{
    if (duet__list_is_empty(from))
        return;
    from->next->previous = to->previous;
    to->previous->next = from->next;
    from->previous->next = to;
    to->previous = from->previous;
    duet__link_init(from);
}

#endif
