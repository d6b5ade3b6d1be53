# SPDX-License-Identifier: MIT
"""The twin of locks.c."""

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
