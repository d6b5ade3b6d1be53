/* SPDX-License-Identifier: MIT */
/* 06_producer_consumer.c - one task makes, another uses.
 * Shows:  a queue with room for two: the producer waits for the consumer.
 * Run:    ./06_producer_consumer
 * Prints: items 1 to 5, made and used in order; then: nothing more */
#include <duet/duet.h>
#include <stdio.h>

static int produce(void *queue)
{
    static int items[] = {1, 2, 3, 4, 5};
    int status = 0;

    for (int i = 0; i < 5 && status == 0; i++) {
        printf("made %d\n", items[i]);
        status = duet_queue_put(queue, &items[i], DUET_NEVER);
    }
    duet_queue_shutdown(queue, false);
    return status;
}

static int consume(void *queue)
{
    void *item;
    int status = 0;

    while (status == 0) {
        status = duet_queue_get(queue, &item, DUET_NEVER);
        if (status == 0) {
            printf("used %d\n", *(int *)item);
            status = duet_sleep(duet_in_ms(50));
        }
    }
    if (status == DUET_ECLOSED)
        printf("nothing more\n");
    return status == DUET_ECLOSED ? 0 : status;
}

static int run(void *argument)
{
    duet_queue *queue;
    int status = duet_queue_new(&(duet_queue_options){.capacity = 2}, &queue);

    (void)argument;
    if (status != 0)
        return status;
    duet_call calls[] = {{.function = produce, .argument = queue},
                         {.function = consume, .argument = queue}};
    status = duet_gather(calls, 2, NULL, DUET_NEVER);
    duet_queue_free(queue);
    return status;
}

int main(void)
{
    int status = duet_run(run, NULL, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
