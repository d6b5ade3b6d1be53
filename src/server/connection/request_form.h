/* SPDX-License-Identifier: MIT */
/* request_form.h - the end of what a request's body was read into. */
#ifndef DUET_SERVER_CONNECTION_REQUEST_FORM_H
#define DUET_SERVER_CONNECTION_REQUEST_FORM_H

#include "server/request/request.h"

/* Frees its form and its parts; before its reader. */
void duet__request_form_free(duet_request *request);

#endif
