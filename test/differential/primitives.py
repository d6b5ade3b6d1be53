# SPDX-License-Identifier: MIT
"""The twin of primitives.c."""

import asyncio

from scenario import (Failed, note, scenario, sleep_for, sleep_until, spawn,
                      word)

VALUES = (30, 10, 20, 11, 12, 13)


def members(function, *arguments):
    return [spawn(function, i, *arguments) for i in range(5)]


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

    tasks = members(hold)
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

    await asyncio.gather(*members(take_twice))
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

    tasks = members(wait)
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

    tasks = members(wait)
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

    tasks = members(come)
    await sleep_until(10)
    note(f"waiting: {barrier.n_waiting}")
    await barrier.reset()
    await asyncio.gather(*tasks)
    note(f"broken: {barrier.broken:d}")
    tasks = members(come)
    await sleep_until(20)
    await barrier.abort()
    await asyncio.gather(*tasks)
    note(f"broken: {barrier.broken:d}")
    note(f"late: {await word(barrier.wait())}")


async def queue_order(kind):
    queue = kind(3)
    for value in VALUES[:3]:
        queue.put_nowait(value)
    try:
        queue.put_nowait(30)
    except asyncio.QueueFull:
        note("put: full")
    for _ in range(3):
        note(f"got {queue.get_nowait()}")
    try:
        queue.get_nowait()
    except asyncio.QueueEmpty:
        note("get: empty")


@scenario("queue, first in")
async def first_in():
    await queue_order(asyncio.Queue)


@scenario("queue, last in")
async def last_in():
    await queue_order(asyncio.LifoQueue)


@scenario("queue, priority")
async def priority():
    await queue_order(asyncio.PriorityQueue)


@scenario("getters in line")
async def getters_in_line():
    queue = asyncio.Queue()

    async def get_one(number):
        try:
            note(f"{number}: got {await queue.get()}")
        except asyncio.CancelledError:
            note(f"{number}: cancelled")

    tasks = members(get_one)
    await sleep_until(5)
    tasks[1].cancel()
    await sleep_until(6)
    for value in VALUES[:4]:
        queue.put_nowait(value)
    await asyncio.gather(*tasks)
    note(f"left: {queue.qsize()}")


@scenario("putters in line")
async def putters_in_line():
    queue = asyncio.Queue(1)

    async def put_one(number):
        note(f"{number}: {await word(queue.put(VALUES[number]))}")

    tasks = members(put_one)
    await sleep_until(5)
    tasks[2].cancel()
    for _ in range(4):
        await sleep_for(2)
        note(f"got {queue.get_nowait()}")
    await asyncio.gather(*tasks)


@scenario("queue joined")
async def queue_joined():
    queue = asyncio.Queue()

    async def use():
        while True:
            got = await queue.get()
            await sleep_for(3)
            note(f"used {got}")
            queue.task_done()

    note(f"empty: {await word(queue.join())}")
    for value in VALUES[:3]:
        queue.put_nowait(value)
    user = spawn(use)
    note(f"joined: {await word(queue.join())}")
    try:
        queue.task_done()
    except ValueError:
        note("done: wrong state")
    user.cancel()
    await word(user)


async def future_settled(error):
    future = asyncio.get_running_loop().create_future()

    def settled(name):
        return lambda each: note(f"{name}: {each.done():d}")

    async def wait(number):
        note(f"{number}: {await word(future)}")

    future.add_done_callback(settled("first"))
    future.add_done_callback(settled("second"))
    tasks = members(wait)
    await sleep_until(5)
    if error is None:
        future.set_result(1)
        note("set: ok")
    else:
        future.set_exception(error)
        note("fail: ok")
    try:
        future.set_result(1)
    except asyncio.InvalidStateError:
        note("again: already set")
    await asyncio.gather(*tasks)
    note(f"late: {await word(future)}")
    future.add_done_callback(settled("late"))
    note("added")
    await sleep_for(1)


@scenario("future set")
async def future_set():
    await future_settled(None)


@scenario("future failed")
async def future_failed():
    await future_settled(Failed())
