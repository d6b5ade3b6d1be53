# SPDX-License-Identifier: MIT
"""The twin of events.c."""

import asyncio

from scenario import (note, scenario, sleep_for, sleep_until, spawn,
                      start_members, word)


@scenario("event set and cleared")
async def event_set_and_cleared():
    event = asyncio.Event()

    async def wait(number):
        note(f"{number}: {await word(event.wait())}")

    tasks = start_members(wait)
    await sleep_until(5)
    event.set()
    event.clear()
    await asyncio.gather(*tasks)
    note("set" if event.is_set() else "clear")
    event.set()
    note(f"at once: {await word(event.wait())}")


@scenario("condition in line")
async def condition_in_line():
    condition = asyncio.Condition()

    async def wait(number):
        async with condition:
            note(f"{number}: {await word(condition.wait())}")
            await sleep_for(1)

    async def notify(count):
        async with condition:
            condition.notify(count)
            note("notified")

    tasks = start_members(wait)
    await sleep_until(10)
    await notify(1)
    await sleep_until(20)
    await notify(2)
    await sleep_until(30)
    tasks[3].cancel()
    await sleep_until(40)
    await notify(99)
    await asyncio.gather(*tasks)


@scenario("barrier with a rest")
async def barrier_with_rest():
    barrier = asyncio.Barrier(3)

    async def come(number):
        await sleep_for(1 + number)
        try:
            note(f"{number}: index {await barrier.wait()}")
        except asyncio.BrokenBarrierError:
            note(f"{number}: broken")

    tasks = start_members(come)
    await sleep_until(10)
    note(f"waiting: {barrier.n_waiting}")
    await barrier.reset()
    await asyncio.gather(*tasks)
    note(f"broken: {barrier.broken:d}")
    tasks = start_members(come)
    await sleep_until(20)
    await barrier.abort()
    await asyncio.gather(*tasks)
    note(f"broken: {barrier.broken:d}")
    note(f"late: {await word(barrier.wait())}")


@scenario("event, some give up")
async def event_some_give_up():
    event = asyncio.Event()

    async def wait(number):
        waiting = asyncio.wait_for(event.wait(), 0.01 * (number + 1))
        note(f"{number}: {await word(waiting)}")

    tasks = start_members(wait)
    await sleep_until(25)
    tasks[4].cancel()
    await sleep_until(26)
    event.set()
    await asyncio.gather(*tasks)


@scenario("condition with a predicate")
async def condition_with_predicate():
    condition = asyncio.Condition()
    level = 0

    async def wait(number):
        async with condition:
            await condition.wait_for(lambda: level > number)
            note(f"{number}: level {level}")

    tasks = start_members(wait)
    for _ in range(3):
        await sleep_for(10)
        async with condition:
            level += 2
            condition.notify_all()
    await asyncio.gather(*tasks)


async def stop_waiter(notifies, cancels, timeout=None):
    """The lock is held until 20 ms; in between the waiter stops waiting."""
    begin_ms = asyncio.get_running_loop().time() * 1000
    condition = asyncio.Condition()

    async def wait():
        async with asyncio.timeout(timeout):
            await condition.wait()

    async def wait_and_lock():
        await condition.acquire()
        note(f"wait: {await word(wait())}")
        condition.release()
        note(f"next: {await word(sleep_for(1))}")

    task = spawn(wait_and_lock)
    await sleep_for(5)
    await condition.acquire()
    if notifies:
        condition.notify()
    await sleep_until(begin_ms + 15)
    if cancels:
        task.cancel()
    await sleep_until(begin_ms + 20)
    note("releases")
    condition.release()
    await task


@scenario("condition, its lock held meanwhile")
async def condition_stopped():
    await stop_waiter(True, False)
    await stop_waiter(False, True)
    await stop_waiter(False, False, 0.01)
    await stop_waiter(False, True, 0.01)


@scenario("condition notified, then cancelled")
async def condition_notified_and_cancelled():
    await stop_waiter(True, True)


@scenario("condition without its lock")
async def condition_without_lock():
    condition = asyncio.Condition()
    try:
        await condition.wait()
    except RuntimeError:
        note("wait: not held")
    try:
        condition.notify()
    except RuntimeError:
        note("notify: not held")


@scenario("barrier again and again")
async def barrier_again():
    barrier = asyncio.Barrier(2)

    async def come(number):
        note(f"{number}: {await word(barrier.wait())}")

    for _ in range(2):
        tasks = start_members(come)
        await sleep_for(5)
        note(f"waiting: {barrier.n_waiting}")
        tasks[4].cancel()
        await asyncio.gather(*tasks)
        note(f"waiting: {barrier.n_waiting}")
