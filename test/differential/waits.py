# SPDX-License-Identifier: MIT
"""The twin of waits.c."""

import asyncio

from scenario import (Failed, cancel_at, note, scenario, sleep_until, spawn,
                      word, work)


def start_three():
    return [spawn(work, "a", 30), spawn(work, "b", 10),
            spawn(work, "c", 20, Failed())]


async def note_wait(tasks, until, timeout=None):
    done, _ = await asyncio.wait(tasks, return_when=until, timeout=timeout)
    note("wait: ok")
    note(f"done: {len(done)}")


async def wait_until(until, timeout=None):
    tasks = start_three()
    await note_wait(tasks, until, timeout)
    await asyncio.wait(tasks)


@scenario("wait, first")
async def wait_first():
    await wait_until(asyncio.FIRST_COMPLETED)


@scenario("wait, error")
async def wait_error():
    await wait_until(asyncio.FIRST_EXCEPTION)


@scenario("wait, all")
async def wait_all():
    await wait_until(asyncio.ALL_COMPLETED)


@scenario("wait, some time")
async def wait_some_time():
    await wait_until(asyncio.ALL_COMPLETED, 0.025)


async def with_cancelled_member(*untils):
    tasks = [spawn(work, "a", 10), spawn(work, "b", 30)]
    await sleep_until(5)
    tasks[0].cancel()
    for until in untils:
        await note_wait(tasks, until)


@scenario("wait, cancelled member")
async def wait_cancelled_member():
    await with_cancelled_member(asyncio.FIRST_COMPLETED, asyncio.ALL_COMPLETED)


@scenario("wait, error of a cancelled member")
async def wait_error_of_cancelled():
    await with_cancelled_member(asyncio.FIRST_EXCEPTION)


@scenario("wait, all have ended")
async def wait_for_ended():
    tasks = start_three()
    await sleep_until(50)
    for until in (asyncio.FIRST_COMPLETED, asyncio.FIRST_EXCEPTION,
                  asyncio.ALL_COMPLETED):
        await note_wait(tasks, until)


@scenario("wait for none")
async def wait_for_none():
    try:
        await asyncio.wait([])
    except ValueError:
        note("wait: invalid")


@scenario("as completed")
async def as_completed():
    for each in asyncio.as_completed(start_three()):
        note(f"next: {await word(each)}")


@scenario("as completed, taken late")
async def as_completed_late():
    completions = iter(asyncio.as_completed(start_three()))
    first = next(completions)  # it begins to collect by that
    await sleep_until(50)
    for each in first, *completions:
        note(f"next: {await word(each)}")


@scenario("as completed, deadline")
async def as_completed_with_deadline():
    tasks = [spawn(work, "a", 30), spawn(work, "b", 10)]
    for each in asyncio.as_completed(tasks, timeout=0.02):
        result = await word(each)
        note(f"next: {result}")
        if result != "ok":
            break
    await sleep_until(50)


@scenario("as completed of none")
async def as_completed_of_none():
    for each in asyncio.as_completed([]):
        note(f"next: {await word(each)}")
    note("next: empty")


async def wait_for(timeout_ms, *arguments):
    result = await word(asyncio.wait_for(work(*arguments), timeout_ms / 1000))
    note(f"wait for: {result}")
    if result == "cancelled":
        raise asyncio.CancelledError


@scenario("wait for")
async def wait_for_several():
    await wait_for(20, "quick", 10)
    await wait_for(20, "failing", 10, Failed())
    await wait_for(20, "slow", 50)
    await wait_for(20, "tidy", 50, None, 30)
    await wait_for(20, "stubborn", 50, None, 30, True)
    await wait_for(20, "clumsy", 50, Failed(), 30, True)
    await wait_for(0, "never", 50)


@scenario("wait for, cancelled")
async def wait_for_cancelled():
    await cancel_at(spawn(wait_for, 40, "tidy", 50, None, 10), 5)


async def shield(task):
    result = await word(asyncio.shield(task))
    note(f"shield: {result}")
    if result == "cancelled":
        raise asyncio.CancelledError
    if result == "failed":
        raise Failed


async def shield_and_cancel(*arguments):
    task = spawn(work, "inner", 30, *arguments)
    await cancel_at(spawn(shield, task), 10)
    note(f"inner: {await word(task)}")


@scenario("shielded")
async def shielded():
    await shield_and_cancel()


@scenario("shielded, fails unheard")
async def shielded_fails_unheard():
    await shield_and_cancel(Failed())


@scenario("shielded from inside")
async def shielded_from_inside():
    task = spawn(work, "inner", 30)
    outer = spawn(shield, task)
    await sleep_until(10)
    task.cancel()
    await word(outer)


@scenario("shielded, fails")
async def shielded_fails():
    task = spawn(work, "inner", 30, Failed())
    note(f"outer: {await word(spawn(shield, task))}")


@scenario("shielded, deadline")
async def shielded_in_timeout():
    async def bounded():
        async with asyncio.timeout(0.01):
            await asyncio.shield(task)

    task = spawn(work, "inner", 30)
    note(f"shield: {await word(bounded())}")
    note(f"inner: {await word(task)}")
