/* SPDX-License-Identifier: MIT */
/* fetch_help.h - the text of `duet help fetch`. */
#ifndef DUET_TOOL_FETCH_HELP_H
#define DUET_TOOL_FETCH_HELP_H

/* Its parts; NULL ends them. */
extern const char *const duet__fetch_help[];

#endif
