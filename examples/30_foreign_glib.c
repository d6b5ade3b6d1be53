/* SPDX-License-Identifier: MIT */
/* 30_foreign_glib.c - tasks in a GLib program.
 * Shows:  g_unix_fd_add() drives the loop; GLib's callbacks wake tasks.
 * Run:    ./30_foreign_glib      (built where GLib is found)
 * Prints: glib: a timer; task: heard of it; glib: done */
#include <duet/duet.h>
#include <glib-unix.h>
#include <stdio.h>

static GMainLoop *glib;
static duet_loop *loop;

static int wait_for_glib(void *event)
{
    int status = duet_event_wait(event, DUET_NEVER);

    if (status == 0)
        puts("task: heard of it");
    return status;
}

static gboolean step(gint descriptor, GIOCondition condition, gpointer context)
{
    (void)descriptor, (void)condition, (void)context;
    if (duet_loop_step(loop) <= 0)
        g_main_loop_quit(glib);
    return G_SOURCE_CONTINUE;
}

static gboolean on_timer(gpointer event)
{
    puts("glib: a timer");
    duet_event_set(event);
    step(-1, 0, NULL); /* the task is ready now */
    return G_SOURCE_REMOVE;
}

int main(void)
{
    duet_event *event = NULL;
    int status = duet_loop_new(NULL, &loop);
    if (status == 0)
        status = duet_event_new(&event);
    if (status == 0)
        status = duet_loop_start(loop, wait_for_glib, event);
    if (status == 0) {
        glib = g_main_loop_new(NULL, FALSE);
        g_unix_fd_add(duet_loop_descriptor(loop), G_IO_IN, step, NULL);
        g_timeout_add(50, on_timer, event);
        g_main_loop_run(glib);
        g_main_loop_unref(glib);
        puts("glib: done");
        status = duet_loop_finish(loop);
    }
    duet_event_free(event);
    duet_loop_free(loop);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
