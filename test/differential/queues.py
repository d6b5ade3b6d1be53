# SPDX-License-Identifier: MIT
"""The twin of queues.c."""

import asyncio

import peers
from scenario import (note, scenario, sleep_for, sleep_until, spawn,
                      start_members, word)

VALUES = (30, 10, 20, 11, 12, 13)


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

    tasks = start_members(get_one)
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

    tasks = start_members(put_one)
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


@scenario("queue joined by several")
async def queue_joined_by_several():
    queue = asyncio.Queue()

    async def join(number):
        note(f"{number}: {await word(queue.join())}")

    queue.put_nowait(1)
    tasks = start_members(join)
    await sleep_until(5)
    tasks[2].cancel()
    queue.get_nowait()
    queue.task_done()
    await asyncio.gather(*tasks)


@scenario("queue, priority with putters in line")
async def priority_with_putters():
    queue = asyncio.PriorityQueue(2)

    async def put_one(number):
        note(f"{number}: {await word(queue.put(VALUES[number]))}")

    tasks = start_members(put_one)
    for _ in range(5):
        await sleep_for(5)
        note(f"got {queue.get_nowait()}")
    await asyncio.gather(*tasks)


@scenario("queue, a putter is overtaken")
async def putter_is_overtaken():
    queue = asyncio.Queue(1)

    async def put_two():
        note(f"putter: {await word(queue.put(2))}")

    queue.put_nowait(1)
    putter = spawn(put_two)
    await sleep_until(5)
    note(f"got {queue.get_nowait()}")
    try:
        queue.put_nowait(3)
        note("put: ok")
    except asyncio.QueueFull:
        note("put: full")
    await sleep_until(10)
    note(f"got {queue.get_nowait()}")
    await putter


@scenario("queue, a getter is overtaken")
async def getter_is_overtaken():
    queue = asyncio.Queue()

    async def get():
        note(f"getter: got {await queue.get()}")

    getter = spawn(get)
    await sleep_until(5)
    queue.put_nowait(1)
    try:
        note(f"got {queue.get_nowait()}")
    except asyncio.QueueEmpty:
        note("get: empty")
    await sleep_until(10)
    queue.put_nowait(2)
    await getter


async def queue_shut(immediately):
    queue = peers.Queue(2)

    async def put_one(number):
        note(f"put {number}: {await word(queue.put(VALUES[number]))}")

    async def join():
        note(f"join: {await word(queue.join())}")

    tasks = [*start_members(put_one), spawn(join)]
    await sleep_until(5)
    queue.shutdown(immediately)
    await sleep_until(10)
    note(f"put: {await word(queue.put(1))}")
    for _ in range(3):
        note(f"get: {await word(queue.get())}")
    note(f"left: {queue.qsize()}")
    if not immediately:
        queue.task_done()
        queue.task_done()
    await asyncio.gather(*tasks)


@scenario("queue shut down")
async def queue_shut_down():
    await queue_shut(False)


@scenario("queue shut down immediately")
async def queue_shut_down_immediately():
    await queue_shut(True)


@scenario("getters of a queue that is shut down")
async def getters_of_shut_down():
    queue = peers.Queue()

    async def get_one(number):
        note(f"{number}: {await word(queue.get())}")

    tasks = start_members(get_one)
    await sleep_until(5)
    queue.put_nowait(1)
    queue.shutdown()
    await asyncio.gather(*tasks)
