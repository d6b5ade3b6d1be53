# SPDX-License-Identifier: MIT
"""The twin of awaits.c."""

import asyncio

from points import POINTS
from scenario import note, scenario, sleep_for, sleep_until, spawn, word

DEADLINE_MS = 5
MOMENTS = ("woken", "cancelled", "cancelled twice", "cancelled then woken",
           "woken then cancelled", "cancelled before its start", "deadline",
           "woken at its deadline", "deadline as it is woken",
           "cancelled at its deadline", "cancelled, then its deadline",
           "deadline, then cancelled",
           "called back, then its deadline", "deadline, then called back")


async def victim(own, moment):
    note("begins")
    deadline = DEADLINE_MS / 1000 if "deadline" in moment else None
    result = await word(bounded(own, deadline))
    note(f"await: {result}")
    if result == "ok":
        own.give_back()
    note(f"next: {await word(sleep_for(1))}")
    note(f"requests: {asyncio.current_task().cancelling()}")


async def bounded(own, deadline):
    async with asyncio.timeout(deadline):
        await own.wait()


def wake_from_callback(own):
    """own.wake() without a task: it must not wait."""
    try:
        own.wake().send(None)
    except StopIteration:
        return
    raise RuntimeError(f"{own.name} waits in a callback")


def call_back(function, *arguments):
    asyncio.get_running_loop().call_at(DEADLINE_MS / 1000, function,
                                       *arguments)


async def act(own, moment, task):
    """Acts on the victim; false if it still waits for what it may wait for."""
    if moment == "cancelled at its deadline":
        await sleep_until(DEADLINE_MS)
        task.cancel()
        return False
    if moment.startswith("deadline, then"):
        await sleep_until(1)
    if moment in ("cancelled, then its deadline", "deadline, then cancelled"):
        call_back(task.cancel)
        return False
    if "called back" in moment:
        call_back(wake_from_callback, own)
        return True
    if moment in ("woken at its deadline", "deadline as it is woken"):
        await sleep_until(1 if moment[0] == "d" else DEADLINE_MS)
        await sleep_until(DEADLINE_MS)
        await own.wake()
        return True
    await sleep_until(10)
    if moment in ("woken", "woken then cancelled"):
        await own.wake()
    for _ in range({"cancelled": 1, "cancelled then woken": 1,
                    "cancelled twice": 2, "woken then cancelled": 1}
                   .get(moment, 0)):
        task.cancel()
    if moment == "cancelled then woken":
        await own.wake()
    return "woken" in moment


async def attempt(kind, moment):
    own = kind()
    await own.make()
    task = spawn(victim, own, moment)
    if moment == "cancelled before its start":
        task.cancel()
    woken = await act(own, moment, task)
    await sleep_until(20)
    await own.look()
    if not woken:
        await own.wake()
    own.event.set()
    await sleep_until(30)
    await own.look()
    note(f"victim: {await word(task)}")
    own.close()


def add(kind, moment):
    scenario(f"{kind.name}, {moment}")(lambda: attempt(kind, moment))


for each in POINTS:
    for when in MOMENTS:
        if "called back" in when and not each.wakes_from_callback:
            continue
        if when == "deadline, then cancelled" and not each.cleans_up:
            continue
        add(each, when)
