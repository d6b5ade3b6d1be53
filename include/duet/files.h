/* SPDX-License-Identifier: MIT */
/* files.h - a chapter: files, folders and temporary ones. */
#ifndef DUET_FILES_H
#define DUET_FILES_H

#include <duet/file.h>
#include <duet/file_reader.h>
#include <duet/file_writer.h>
#include <duet/path.h>
#include <duet/temporary.h>
#include <duet/whole_file.h>

#endif
