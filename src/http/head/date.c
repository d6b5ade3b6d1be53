/* SPDX-License-Identifier: MIT */
/* date.c - reads and writes HTTP dates with calendar arithmetic of its own.
 * Owns nothing. */
#include "http/head/date.h"

#include <stdio.h>

enum { DAY_SECONDS = 86400 };

typedef struct date {
    int64_t year;
    int month; /* 1 to 12 */
    int day;   /* 1 to 31 */
    int hour;
    int minute;
    int second; /* 0 to 60 */
} date;

static const char month_names[12][4] = {"Jan", "Feb", "Mar", "Apr",
                                        "May", "Jun", "Jul", "Aug",
                                        "Sep", "Oct", "Nov", "Dec"};

/* 1970-01-01 was a Thursday. */
static const char *const day_names[7] = {"Thursday", "Friday", "Saturday",
                                         "Sunday",   "Monday", "Tuesday",
                                         "Wednesday"};

/* Days from 1970-01-01 to a date of the Gregorian calendar. Here years begin in
 * March, so that the leap day is the last day of a year; 400 of them have
 * 146097 days, and (153 * m + 2) / 5 days precede month m. */
static int64_t days_of(int64_t year, int month, int day)
{
    int64_t shifted = month > 2 ? year : year - 1;
    int64_t era = shifted / 400;
    int64_t year_of_era = shifted % 400;
    int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 -
           year_of_era / 100 + day_of_year - 719468;
}

/* The inverse of days_of(); `days` is at least that of 0001-01-01. */
static date date_of(int64_t days)
{
    int64_t shifted = days + 719468;
    int64_t era = shifted / 146097;
    int64_t day_of_era = shifted % 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
                           day_of_era / 146096) /
                          365;
    int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month = (int)((5 * day_of_year + 2) / 153);

    return (date){
        .year = era * 400 + year_of_era + (month >= 10),
        .month = month < 10 ? month + 3 : month - 9,
        .day = (int)day_of_year - (153 * month + 2) / 5 + 1,
    };
}

static int month_length(int64_t year, int month)
{
    static const int lengths[12] = {31, 28, 31, 30, 31, 30,
                                    31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return lengths[month - 1] + (month == 2 && is_leap);
}

/* Skips `word`, ignoring case. */
static bool skip_word(duet__text *rest, const char *word)
{
    duet__text expected = duet__text_from(word);

    if (rest->length < expected.length ||
        !duet__text_equal_ignoring_case(
            duet__text_of(rest->bytes, expected.length), expected))
        return false;
    *rest = duet__text_skip(*rest, expected.length);
    return true;
}

/* Cuts a number of exactly `digits` digits off. */
static bool read_number(duet__text *rest, size_t digits, int *number)
{
    uint64_t value;

    if (rest->length < digits ||
        !duet__text_to_number(duet__text_of(rest->bytes, digits), 9999, &value))
        return false;
    *rest = duet__text_skip(*rest, digits);
    *number = (int)value;
    return true;
}

static bool read_year(duet__text *rest, size_t digits, int64_t *year)
{
    int number;

    if (!read_number(rest, digits, &number))
        return false;
    *year = number;
    return true;
}

static bool read_month(duet__text *rest, int *month)
{
    for (*month = 1; *month <= 12; ++*month) {
        if (skip_word(rest, month_names[*month - 1]))
            return true;
    }
    return false;
}

static bool read_time(duet__text *rest, date *date)
{
    return read_number(rest, 2, &date->hour) && skip_word(rest, ":") &&
           read_number(rest, 2, &date->minute) && skip_word(rest, ":") &&
           read_number(rest, 2, &date->second);
}

/* Behind "Sun, ": "06 Nov 1994 08:49:37 GMT" */
static bool read_fixdate(duet__text *rest, date *date)
{
    return read_number(rest, 2, &date->day) && skip_word(rest, " ") &&
           read_month(rest, &date->month) && skip_word(rest, " ") &&
           read_year(rest, 4, &date->year) && skip_word(rest, " ") &&
           read_time(rest, date) && skip_word(rest, " GMT");
}

/* Behind "Sunday, ": "06-Nov-94 08:49:37 GMT" */
static bool read_rfc850(duet__text *rest, date *date, int64_t now)
{
    int64_t this_year = date_of(now / DAY_SECONDS).year;
    bool is_read = read_number(rest, 2, &date->day) && skip_word(rest, "-") &&
                   read_month(rest, &date->month) && skip_word(rest, "-") &&
                   read_year(rest, 2, &date->year) && skip_word(rest, " ") &&
                   read_time(rest, date) && skip_word(rest, " GMT");

    date->year += this_year / 100 * 100 + 100;
    while (date->year > this_year + 50)
        date->year -= 100;
    return is_read;
}

/* Behind "Sun ": "Nov  6 08:49:37 1994" */
static bool read_asctime(duet__text *rest, date *date)
{
    return read_month(rest, &date->month) && skip_word(rest, " ") &&
           (skip_word(rest, " ") ? read_number(rest, 1, &date->day)
                                 : read_number(rest, 2, &date->day)) &&
           skip_word(rest, " ") && read_time(rest, date) &&
           skip_word(rest, " ") && read_year(rest, 4, &date->year);
}

/* The name of the day decides which form it is. */
static bool read_date(duet__text *rest, date *date, int64_t now)
{
    for (size_t i = 0; i < 7; i++) {
        char abbreviation[4] = {day_names[i][0], day_names[i][1],
                                day_names[i][2], '\0'};

        if (skip_word(rest, day_names[i]))
            return skip_word(rest, ", ") && read_rfc850(rest, date, now);
        if (!skip_word(rest, abbreviation))
            continue;
        if (skip_word(rest, ", "))
            return read_fixdate(rest, date);
        return skip_word(rest, " ") && read_asctime(rest, date);
    }
    return false;
}

static bool is_possible(const date *date)
{
    return date->year >= 1 && date->year <= 9999 && date->day >= 1 &&
           date->day <= month_length(date->year, date->month) &&
           date->hour <= 23 && date->minute <= 59 && date->second <= 60;
}

#define FIRST_SECOND INT64_C(-62135596800) /* 0001-01-01 00:00:00 */
#define LAST_SECOND INT64_C(253402300799)  /* 9999-12-31 23:59:59 */

static int64_t clamp(int64_t seconds)
{
    if (seconds < FIRST_SECOND)
        return FIRST_SECOND;
    return seconds > LAST_SECOND ? LAST_SECOND : seconds;
}

bool duet__date_parse(duet__text text, int64_t now, int64_t *seconds)
{
    duet__text rest = duet__text_trim(text);
    date date = {0};

    if (!read_date(&rest, &date, clamp(now)) || rest.length > 0 ||
        !is_possible(&date))
        return false;
    *seconds = days_of(date.year, date.month, date.day) * DAY_SECONDS +
               date.hour * 3600 + date.minute * 60 + date.second;
    return true;
}

void duet__date_format(int64_t seconds, char *text)
{
    /* counted from 0001-01-01, a Monday, so that nothing is negative */
    int64_t shifted = clamp(seconds) - FIRST_SECOND;
    int64_t day = shifted / DAY_SECONDS + FIRST_SECOND / DAY_SECONDS;
    int time = (int)(shifted % DAY_SECONDS);
    date date = date_of(day);
    char longest[64]; /* what numbers of any size would take */

    snprintf(longest, sizeof longest, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
             day_names[(shifted / DAY_SECONDS + 4) % 7], date.day,
             month_names[date.month - 1], (int)date.year, time / 3600,
             time / 60 % 60, time % 60);
    memcpy(text, longest, DUET__DATE_BYTES - 1);
    text[DUET__DATE_BYTES - 1] = '\0';
}
