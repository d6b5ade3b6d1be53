# SPDX-License-Identifier: MIT
"""The twin of maps.c: its map is that of peers.py."""

import asyncio

import peers
from scenario import (Failed, cancel_at, note, scenario, sleep_for,
                      sleep_until, spawn, work)


async def map_works(works, takes=True, in_order=False, stops_at=None,
                    fails_at=None):
    started = set()

    def inputs():
        for i, each in enumerate(works):
            if i == fails_at:
                raise Failed
            yield each

    async def work_on(each):
        started.add(each[0])
        await work(*each)

    def take(task):
        name = task.input[0]
        result = ("cancelled" if task.cancelled() else
                  "failed" if task.exception() else "ok")
        never = "" if name in started else ", never ran"
        note(f"taken {name}: {result}{never}")
        if stops_at == name:
            raise Failed

    await peers.bounded_map(inputs(), work_on, take if takes else None,
                            at_once=2, in_order=in_order)


async def run_map(works, cancel_at_ms=0, deadline=None, **options):
    async def run():
        try:
            async with asyncio.timeout(deadline):
                await map_works(works, **options)
        except asyncio.CancelledError:
            note("map: cancelled")
            raise
        except (Failed, asyncio.TimeoutError) as error:
            note(f"map: {'failed' if type(error) is Failed else 'timed out'}")
            raise
        note("map: ok")

    await cancel_at(spawn(run), cancel_at_ms)
    await sleep_until(100)


WORKS = ("a", 30), ("b", 10), ("c", 10), ("d", 5), ("e", 30, None, 3)
WITH_FAILURE = (("a", 30, None, 3), ("b", 10), ("c", 10, Failed()), ("d", 5),
                ("e", 5))

for name, works, arguments in (
        ("map as they end", WORKS, {}),
        ("map in order", WORKS, {"in_order": True}),
        ("map of nothing", (), {}),
        ("map, one fails", WITH_FAILURE, {"takes": False}),
        ("map, one fails and is taken", WITH_FAILURE, {}),
        ("map stopped", WORKS, {"stops_at": "c"}),
        ("map, no more input", WORKS, {"fails_at": 3}),
        ("map with a deadline", WORKS, {"deadline": 0.027}),
        ("map cancelled", WORKS, {"cancel_at_ms": 12})):
    scenario(name)(lambda works=works, arguments=arguments:
                   run_map(works, **arguments))


@scenario("repeated")
async def repeated():
    lasts = [3, 10, 25, 1, 0]

    async def beat():
        note("beat")
        await sleep_for(lasts.pop(0))
        return 0 if lasts else 7

    note(f"repeat: {await peers.repeat_every(10, beat)}")
