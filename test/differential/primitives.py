# SPDX-License-Identifier: MIT
"""The twin of primitives.c."""

import asyncio

import peers
from scenario import (note, scenario, sleep_for, sleep_until, spawn,
                      start_members, word)


@scenario("lock in line")
async def lock_in_line():
    lock = asyncio.Lock()

    async def hold(number):
        result = await word(lock.acquire())
        note(f"{number}: {result}")
        if result == "ok":
            await sleep_for(2)
            lock.release()
            note(f"{number}: released")

    tasks = start_members(hold)
    await sleep_until(3)
    tasks[2].cancel()
    tasks[4].cancel()
    await asyncio.gather(*tasks)
    note("held" if lock.locked() else "free")
    try:
        lock.release()
    except RuntimeError:
        note("release: wrong state")


@scenario("semaphore in line")
async def semaphore_in_line():
    semaphore = asyncio.BoundedSemaphore(2)

    async def take_twice(number):
        for _ in range(2):
            await semaphore.acquire()
            note(f"{number}: in")
            await sleep_for(2)
            semaphore.release()

    await asyncio.gather(*start_members(take_twice))
    note(f"slots: {semaphore._value}")
    try:
        semaphore.release()
    except ValueError:
        note("release: wrong state")


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


@scenario("lock, asked again at once")
async def lock_asked_again():
    lock = asyncio.Lock()

    async def hold(number):
        await lock.acquire()
        note(f"{number}: holds")
        lock.release()

    await lock.acquire()
    tasks = start_members(hold)
    await sleep_until(5)
    lock.release()
    await lock.acquire()
    note("main: holds")
    lock.release()
    await asyncio.gather(*tasks)


@scenario("lock released by another")
async def lock_released_by_another():
    lock = asyncio.Lock()

    async def release():
        lock.release()
        note("release: ok")

    await lock.acquire()
    await spawn(release)
    note("held" if lock.locked() else "free")


@scenario("lock, the next in line is cancelled")
async def lock_next_is_cancelled():
    lock = asyncio.Lock()

    async def hold(number):
        result = await word(lock.acquire())
        note(f"{number}: {result}")
        if result == "ok":
            lock.release()

    await lock.acquire()
    tasks = start_members(hold)
    await sleep_until(5)
    tasks[0].cancel()
    lock.release()
    await asyncio.gather(*tasks)
    note("held" if lock.locked() else "free")


@scenario("semaphore without bound")
async def semaphore_without_bound():
    semaphore = asyncio.Semaphore(0)

    async def take(number):
        await semaphore.acquire()
        note(f"{number}: in")

    tasks = start_members(take)
    await sleep_until(5)
    for _ in range(7):
        semaphore.release()
    await asyncio.gather(*tasks)
    note(f"slots: {semaphore._value}")


@scenario("semaphore, asked again at once")
async def semaphore_asked_again():
    semaphore = asyncio.BoundedSemaphore(1)

    async def take(number):
        await semaphore.acquire()
        note(f"{number}: in")
        semaphore.release()

    await semaphore.acquire()
    tasks = start_members(take)
    await sleep_until(5)
    semaphore.release()
    await semaphore.acquire()
    note("main: in")
    semaphore.release()
    await asyncio.gather(*tasks)


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


@scenario("readers and writers in line")
async def readers_and_writers():
    lock = peers.ReadWriteLock()

    async def enter(number):
        writes = number in (2, 3)
        await lock.acquire(writes)
        note(f"{number}: {'writes' if writes else 'reads'}")
        await sleep_for(10)
        lock.release()
        note(f"{number}: out")

    await asyncio.gather(*start_members(enter))


@scenario("a writer gives up between readers")
async def writer_gives_up():
    lock = peers.ReadWriteLock()

    async def enter(number):
        writes = number == 1
        result = await word(lock.acquire(writes))
        note(f"{number}: {result}")
        if result == "ok":
            await sleep_for(10)
            lock.release()

    tasks = start_members(enter)
    await sleep_until(5)
    tasks[1].cancel()
    await asyncio.gather(*tasks)
