/* SPDX-License-Identifier: MIT */
/* error.c - the table of errors, and the detail message of the newest failure.
 *
 * Owns each thread's fallback detail; a task's detail belongs to the task. */
#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 512 };

_Thread_local duet__detail *duet__detail_current;

/* For failures outside any task; never freed: one small text for each
 * thread. */
static _Thread_local char thread_text[TEXT_BYTES];
static _Thread_local int thread_code;
static _Thread_local int thread_phase;

const char *duet_error_name(int code)
{
    switch (code) {
    case 0:
        return "0";
#define ERROR_NAME(name, value, sentence)                                      \
    case value:                                                                \
        return #name;
        DUET_ERROR_TABLE(ERROR_NAME)
#undef ERROR_NAME
    default:
        return "DUET_EUNKNOWN";
    }
}

static const char *system_text(int code)
{
    const char *text = code < 0 && code > -1000 ? strerrordesc_np(-code) : NULL;

    return text != NULL ? text : "unknown error";
}

const char *duet_error_text(int code)
{
    switch (code) {
    case 0:
        return "success";
#define ERROR_TEXT(name, value, sentence)                                      \
    case value:                                                                \
        return sentence;
        DUET_ERROR_TABLE(ERROR_TEXT)
#undef ERROR_TEXT
    default:
        return system_text(code);
    }
}

/* --- the newest detail ---------------------------------------------------- */

const char *duet_error_detail(void)
{
    if (duet__detail_current == NULL)
        return thread_text;
    return duet__detail_current->text != NULL ? duet__detail_current->text : "";
}

const char *duet__detail_of(int code)
{
    const duet__detail *own = duet__detail_current;

    if (own == NULL)
        return thread_text[0] != '\0' && thread_code == code ? thread_text
                                                             : NULL;
    return own->text != NULL && own->code == code ? own->text : NULL;
}

const char *duet_error_message(int status)
{
    const char *detail = duet__detail_of(status);

    return detail != NULL ? detail : duet_error_text(status);
}

/* Details quote data from untrusted peers, so control characters must not reach
 * a terminal or start a new line in a log. */
static void hide_controls(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
    }
}

/* Codes that many places return without setting a detail: the detail of an
 * older failure with that code must not be shown for them, and the code's own
 * text says everything. */
static bool has_no_detail(int code)
{
    return code == DUET_ENOMEM || code == DUET_ENOLOOP;
}

static void record(int code, const char *format, va_list arguments)
{
    char text[TEXT_BYTES];

    if (has_no_detail(code)) {
        duet__detail_set_phase(0);
        return;
    }
    vsnprintf(text, sizeof text, format, arguments);
    hide_controls(text);
    duet__detail_set_phase(0);
    if (duet__detail_current == NULL) {
        memcpy(thread_text, text, sizeof text);
        thread_code = code;
    } else {
        free(duet__detail_current->text);
        duet__detail_current->text = strdup(text);
        duet__detail_current->code = code;
    }
}

int duet__fail(int code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    record(code, format, arguments);
    va_end(arguments);
    return code;
}

int duet_fail(int code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    record(code, format, arguments);
    va_end(arguments);
    return code;
}

int duet__fail_plainly(int code)
{
    if (duet__detail_of(code) == NULL)
        return code;
    duet__detail_set_phase(0);
    if (duet__detail_current == NULL)
        thread_text[0] = '\0';
    else
        duet__detail_free(duet__detail_current);
    return code;
}

void duet__detail_set_phase(int phase)
{
    if (duet__detail_current == NULL)
        thread_phase = phase;
    else
        duet__detail_current->phase = phase;
}

int duet__detail_phase(void)
{
    return duet__detail_current == NULL ? thread_phase
                                        : duet__detail_current->phase;
}

int duet__detail_code(void)
{
    return duet__detail_current == NULL ? thread_code
                                        : duet__detail_current->code;
}

int duet__error_from_errno(int error)
{
    return duet__fail_plainly(error > 0 ? -error : DUET_EUNKNOWN);
}

/* --- details of others ---------------------------------------------------- */

void duet__detail_show(const duet__detail *from, int code)
{
    if (from->text == NULL || from->code != code) {
        duet__fail_plainly(code);
        return;
    }
    duet__fail(code, "%s", from->text);
    duet__detail_set_phase(from->phase);
}

void duet__detail_adopt(duet__detail *from, int code)
{
    if (duet__detail_current == NULL || from->text == NULL ||
        from->code != code) {
        duet__detail_show(from, code);
        duet__detail_free(from);
        return;
    }
    free(duet__detail_current->text);
    *duet__detail_current = *from;
    from->text = NULL;
}

void duet__detail_free(duet__detail *detail)
{
    free(detail->text);
    detail->text = NULL;
}
