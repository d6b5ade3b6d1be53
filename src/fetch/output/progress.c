/* SPDX-License-Identifier: MIT */
/* progress.c - formats counters as a line. Owns nothing. */
#include "fetch/output/progress.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    TERMINAL_INTERVAL_MS = 200,
    LINES_INTERVAL_MS = 10000,
    MEASURE_MS = 1000,
    NARROWEST_COLUMNS = 20,
    AMOUNT_BYTES = 32
};

void duet__progress_init(duet__progress *progress, int descriptor,
                         int64_t now_ns)
{
    *progress = (duet__progress){
        .descriptor = descriptor,
        .is_terminal = descriptor >= 0 && isatty(descriptor) == 1,
        .started_ns = now_ns,
        .measured_ns = now_ns,
        .ended_rate = -1,
    };
}

int64_t duet__progress_interval_ms(const duet__progress *progress)
{
    return progress->is_terminal ? TERMINAL_INTERVAL_MS : LINES_INTERVAL_MS;
}

/* --- texts --------------------------------------------------------------- */

/* "812 B", "4.2 MB". */
static void format_bytes(double bytes, char *text, size_t size)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;

    while (bytes >= 999.5 && unit + 1 < sizeof units / sizeof units[0]) {
        bytes /= 1000;
        unit++;
    }
    snprintf(text, size, unit > 0 && bytes < 99.95 ? "%.1f %s" : "%.0f %s",
             bytes, units[unit]);
}

/* "12s", "3m05s", "2h07m". */
static void format_duration(double seconds, char *text, size_t size)
{
    uint64_t whole = seconds < 1e15 ? (uint64_t)(seconds + 0.5) : 0;

    if (seconds >= 1e15)
        snprintf(text, size, "ages");
    else if (whole < 60)
        snprintf(text, size, "%" PRIu64 "s", whole);
    else if (whole < 3600)
        snprintf(text, size, "%" PRIu64 "m%02" PRIu64 "s", whole / 60,
                 whole % 60);
    else
        snprintf(text, size, "%" PRIu64 "h%02" PRIu64 "m", whole / 3600,
                 whole % 3600 / 60);
}

static double smooth(double rate, double newest)
{
    return rate < 0 ? newest : rate * 0.7 + newest * 0.3;
}

static uint64_t ended_of(const duet__progress *progress)
{
    return progress->done + progress->failed + progress->skipped;
}

/* Updates the rates, at most once in MEASURE_MS. */
static void measure(duet__progress *progress, int64_t now_ns)
{
    double seconds = (double)(now_ns - progress->measured_ns) / 1e9;
    uint64_t ended = ended_of(progress);

    if (seconds * 1000 < MEASURE_MS)
        return;
    progress->bytes_rate =
        smooth(progress->ended_rate < 0 ? -1 : progress->bytes_rate,
               (double)(progress->bytes - progress->measured_bytes) / seconds);
    progress->ended_rate =
        smooth(progress->ended_rate,
               (double)(ended - progress->measured_ended) / seconds);
    progress->measured_ns = now_ns;
    progress->measured_ended = ended;
    progress->measured_bytes = progress->bytes;
}

/* ", 12s left", or "" while that is unknown. URLs in flight or waiting were
 * taken from the input, but are not done. */
static void format_left(const duet__progress *progress, int64_t now_ns,
                        double fraction, char *text, size_t size)
{
    double elapsed = (double)(now_ns - progress->started_ns) / 1e9;
    double ended = (double)ended_of(progress);
    double done;
    char duration[AMOUNT_BYTES];

    text[0] = '\0';
    if (fraction < 0 || ended == 0)
        return;
    done = fraction * ended /
           (ended + (double)(progress->in_flight + progress->waiting));
    if (done <= 0)
        return;
    format_duration(elapsed * (1 - done) / done, duration, sizeof duration);
    snprintf(text, size, ", %s left", duration);
}

void duet__progress_format(duet__progress *progress, int64_t now_ns,
                           double fraction, char *line)
{
    char bytes[AMOUNT_BYTES];
    char rate[AMOUNT_BYTES];
    char left[2 * AMOUNT_BYTES];
    char speed[3 * AMOUNT_BYTES] = "";
    char waiting[AMOUNT_BYTES] = "";

    measure(progress, now_ns);
    format_bytes((double)progress->bytes, bytes, sizeof bytes);
    format_left(progress, now_ns, fraction, left, sizeof left);
    if (progress->ended_rate >= 0) {
        format_bytes(progress->bytes_rate, rate, sizeof rate);
        snprintf(speed, sizeof speed, ", %.*f/s, %s/s",
                 progress->ended_rate < 10 ? 1 : 0, progress->ended_rate, rate);
    }
    if (progress->waiting > 0)
        snprintf(waiting, sizeof waiting, "%" PRIu64 " waiting, ",
                 progress->waiting);
    snprintf(line, DUET__PROGRESS_LINE_BYTES,
             "%" PRIu64 " done, %" PRIu64 " failed, %" PRIu64
             " in flight, %s%s%s%s",
             progress->done, progress->failed, progress->in_flight, waiting,
             bytes, speed, left);
}

/* ", 3 cancelled, 4 skipped", each only if there is one. */
static void format_others(const duet__progress *progress, char *text,
                          size_t size)
{
    int length = 0;

    text[0] = '\0';
    if (progress->cancelled > 0)
        length = snprintf(text, size, ", %" PRIu64 " cancelled",
                          progress->cancelled);
    if (progress->skipped > 0)
        snprintf(text + length, size - (size_t)length, ", %" PRIu64 " skipped",
                 progress->skipped);
}

void duet__progress_summary(const duet__progress *progress, int64_t now_ns,
                            char *line)
{
    double seconds = (double)(now_ns - progress->started_ns) / 1e9;
    double ended = (double)ended_of(progress);
    char bytes[AMOUNT_BYTES];
    char others[4 * AMOUNT_BYTES];
    int length;

    format_bytes((double)progress->bytes, bytes, sizeof bytes);
    format_others(progress, others, sizeof others);
    length = snprintf(
        line, DUET__PROGRESS_LINE_BYTES,
        "%" PRIu64 " fetched, %" PRIu64 " failed%s, %s in %.*f %s",
        progress->done, progress->failed, others, bytes, seconds < 1 ? 0 : 1,
        seconds < 1 ? seconds * 1000 : seconds, seconds < 1 ? "ms" : "s");
    if (progress->in_flight_max > 1 && seconds > 0) /* else meaningless */
        snprintf(line + length, DUET__PROGRESS_LINE_BYTES - (size_t)length,
                 " (%.0f per second, at most %" PRIu64 " at once)",
                 ended / seconds, progress->in_flight_max);
}

/* --- the screen ---------------------------------------------------------- */

/* Writes if that does not block. */
static void put(const duet__progress *progress, const char *bytes,
                size_t length)
{
    struct pollfd poll_one = {.fd = progress->descriptor, .events = POLLOUT};

    if (poll(&poll_one, 1, 0) <= 0 || (poll_one.revents & POLLOUT) == 0)
        return;
    if (write(progress->descriptor, bytes, length) < 0)
        return; /* no reader: no loss */
}

/* The line must not wrap, as a wrapped line cannot be overwritten. */
static size_t columns_of(int terminal)
{
    struct winsize size;

    if (ioctl(terminal, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 79;
    return size.ws_col > NARROWEST_COLUMNS ? size.ws_col - 1u
                                           : (size_t)NARROWEST_COLUMNS;
}

void duet__progress_show(duet__progress *progress, int64_t now_ns,
                         double fraction)
{
    char line[DUET__PROGRESS_LINE_BYTES];
    char screen[DUET__PROGRESS_LINE_BYTES + 16];
    int length;

    if (progress->descriptor < 0)
        return;
    duet__progress_format(progress, now_ns, fraction, line);
    if (progress->is_terminal)
        length = snprintf(screen, sizeof screen, "\r%.*s\x1b[K",
                          (int)columns_of(progress->descriptor), line);
    else
        length = snprintf(screen, sizeof screen, "duet: %s\n", line);
    put(progress, screen, (size_t)length);
    progress->is_shown = progress->is_terminal;
}

void duet__progress_hide(duet__progress *progress)
{
    static const char erase[] = "\r\x1b[K";

    if (!progress->is_shown)
        return;
    put(progress, erase, sizeof erase - 1);
    progress->is_shown = false;
}
