/* SPDX-License-Identifier: MIT */
/* limit.h - the value that stands for no limit. */
#ifndef DUET_LIMIT_H
#define DUET_LIMIT_H

/* In an options field: no limit, where 0 means the default. */
#define DUET_NO_LIMIT (-1)

#endif
