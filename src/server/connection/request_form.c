/* SPDX-License-Identifier: MIT */
/* request_form.c - the body of a request as a form, as a whole or part by part.
 *
 * A body that was found to be of no use stays so: what follows a flaw is never
 * read as another form. */
#include "server/connection/request_form.h"

static int read_form(duet_request *request,
                     const duet_form_read_options *options,
                     duet_deadline deadline)
{
    return duet_form_read(duet_request_reader(request),
                          duet_request_field(request, "Content-Type"), options,
                          &request->asked.form, deadline);
}

int duet_request_form(duet_request *request,
                      const duet_form_read_options *options,
                      duet_form **out_form, duet_deadline deadline)
{
    if (request->asked.form == NULL && request->asked.form_failure == 0)
        request->asked.form_failure = read_form(request, options, deadline);
    *out_form = request->asked.form;
    return request->asked.form_failure;
}

int duet_next_part(duet_request *request, duet_part **out_part,
                   duet_deadline deadline)
{
    *out_part = NULL;
    if (request->asked.parts == NULL && request->asked.form_failure == 0)
        request->asked.form_failure =
            duet_multipart_new(duet_request_reader(request),
                               duet_request_field(request, "Content-Type"),
                               NULL, &request->asked.parts);
    if (request->asked.form_failure != 0)
        return request->asked.form_failure;
    return duet_multipart_next(request->asked.parts, out_part, deadline);
}

void duet__request_form_free(duet_request *request)
{
    duet_multipart_free(request->asked.parts);
    duet_form_free(request->asked.form);
}
