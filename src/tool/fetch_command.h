/* SPDX-License-Identifier: MIT */
/* fetch_command.h - `duet fetch`. */
#ifndef DUET_TOOL_FETCH_COMMAND_H
#define DUET_TOOL_FETCH_COMMAND_H

#include "tool/command.h"

extern const duet__command duet__command_fetch;

#endif
