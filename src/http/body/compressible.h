/* SPDX-License-Identifier: MIT */
/* compressible.h - which media types are worth compressing. */
#ifndef DUET_HTTP_BODY_COMPRESSIBLE_H
#define DUET_HTTP_BODY_COMPRESSIBLE_H

#include <stdbool.h>

#include "base/text.h"

/* Is a body of this type likely to become much smaller? True for text of all
 * kinds (also JSON, XML, JavaScript, SVG), WebAssembly, and the few formats of
 * images and fonts that are not compressed by themselves; false for all others,
 * such as photographs, films and archives, and for text/event-stream, whose
 * events would be held back.
 *
 *   content_type  the value of Content-Type, with or without parameters */
bool duet__is_compressible(duet__text content_type);

#endif
