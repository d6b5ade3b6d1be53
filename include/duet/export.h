/* SPDX-License-Identifier: MIT */
/* export.h - the attributes that the public declarations carry. */
#ifndef DUET_EXPORT_H
#define DUET_EXPORT_H

/* The declaration is part of the library's interface; everything else is
 * hidden. */
#define DUET_API __attribute__((visibility("default")))

/* The caller must use the returned value. */
#define DUET_MUST_USE __attribute__((warn_unused_result))

/* Parameter `format_index` is a printf format, its arguments start at
 * parameter `first_index` (both count from 1). */
#define DUET_PRINTF(format_index, first_index)                                 \
    __attribute__((format(printf, format_index, first_index)))

#ifdef __cplusplus
#define DUET_BEGIN_DECLARATIONS extern "C" {
#define DUET_END_DECLARATIONS }
#else
#define DUET_BEGIN_DECLARATIONS
#define DUET_END_DECLARATIONS
#endif

#endif
