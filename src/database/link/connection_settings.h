/* SPDX-License-Identifier: MIT */
/* connection_settings.h - the options of a connection, checked and complete. */
#ifndef DUET_DATABASE_LINK_CONNECTION_SETTINGS_H
#define DUET_DATABASE_LINK_CONNECTION_SETTINGS_H

#include <duet/database.h>

/* duet_database_options whose texts are owned or borrowed. */
typedef duet_database_options duet__database_settings;

/* Checks options and fills the defaults in; texts are borrowed.
 *
 * Returns 0, or
 *   DUET_EINVAL  an option is out of range; the detail says which */
int duet__database_settings_read(const duet_database_options *options,
                                 duet__database_settings *out_settings);

/* Reads an option: 0 means `standard`.
 *
 *   name   the field's, for the detail
 *   least  DUET_NO_LIMIT where that is allowed
 *
 * Returns 0, or DUET_EINVAL with detail if it is out of range. */
int duet__database_option(const char *name, int64_t *value, int64_t standard,
                          int64_t least, int64_t most);

/* Copies settings with their texts. Returns 0 or DUET_ENOMEM. */
int duet__database_settings_copy(const duet__database_settings *from,
                                 duet__database_settings *out_settings);
void duet__database_settings_free(duet__database_settings *settings);

/* The flags for mysql_real_connect(). */
unsigned long duet__database_flags(const duet__database_settings *settings);

#endif
