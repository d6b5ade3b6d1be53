# SPDX-License-Identifier: MIT
"""The twin of futures.c."""

import asyncio

from scenario import (Failed, note, scenario, sleep_for, sleep_until,
                      start_members, word)


async def future_settled(error):
    future = asyncio.get_running_loop().create_future()

    def settled(name):
        return lambda each: note(f"{name}: {each.done():d}")

    async def wait(number):
        note(f"{number}: {await word(future)}")

    future.add_done_callback(settled("first"))
    future.add_done_callback(settled("second"))
    tasks = start_members(wait)
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


@scenario("future cancelled")
async def future_cancelled():
    future = asyncio.get_running_loop().create_future()

    async def wait(number):
        note(f"{number}: {await word(future)}")

    tasks = start_members(wait)
    await sleep_until(5)
    note(f"cancel: {'ok' if future.cancel() else 'already set'}")
    note(f"again: {'ok' if future.cancel() else 'already set'}")
    await asyncio.gather(*tasks)
    note(f"done: {future.done():d}")
    note(f"late: {await word(future)}")


@scenario("future, some give up")
async def future_some_give_up():
    future = asyncio.get_running_loop().create_future()

    async def wait(number):
        note(f"{number}: {await word(asyncio.shield(future))}")

    tasks = start_members(wait)
    await sleep_until(5)
    tasks[1].cancel()
    tasks[3].cancel()
    await sleep_until(10)
    future.set_result(1)
    await asyncio.gather(*tasks)
