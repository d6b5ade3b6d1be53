# SPDX-License-Identifier: MIT
"""The twin of waits.c."""

import asyncio

from scenario import (Failed, note, scenario, sleep_for, sleep_until, spawn,
                      word)


async def work(name, ms, fails=False, clean_up_ms=0, swallows_cancel=False):
    try:
        await sleep_for(ms)
    except asyncio.CancelledError:
        note(f"{name}: cancelled")
        if clean_up_ms:
            note(f"{name}: clean-up {await word(sleep_for(clean_up_ms))}")
        if not swallows_cancel:
            raise
        return
    note(f"{name}: ends")
    if fails:
        raise Failed


async def wait_until(until, timeout=None):
    tasks = [spawn(work, "a", 30), spawn(work, "b", 10),
             spawn(work, "c", 20, True)]
    done, _ = await asyncio.wait(tasks, return_when=until, timeout=timeout)
    note("wait: ok")
    note(f"done: {len(done)}")
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


@scenario("wait, cancelled member")
async def wait_cancelled():
    tasks = [spawn(work, "a", 10), spawn(work, "b", 30)]
    await sleep_until(5)
    tasks[0].cancel()
    for until in asyncio.FIRST_COMPLETED, asyncio.ALL_COMPLETED:
        done, _ = await asyncio.wait(tasks, return_when=until)
        note("wait: ok")
        note(f"done: {len(done)}")


@scenario("as completed")
async def as_completed():
    tasks = [spawn(work, "a", 30), spawn(work, "b", 10, True),
             spawn(work, "c", 20)]
    for each in asyncio.as_completed(tasks):
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


async def wait_for(timeout_ms, *arguments):
    result = await word(asyncio.wait_for(work(*arguments), timeout_ms / 1000))
    note(f"wait for: {result}")
    if result == "cancelled":
        raise asyncio.CancelledError


@scenario("wait for")
async def wait_for_several():
    await wait_for(20, "quick", 10)
    await wait_for(20, "failing", 10, True)
    await wait_for(20, "slow", 50)
    await wait_for(20, "tidy", 50, False, 30)
    await wait_for(20, "stubborn", 50, False, 30, True)
    await wait_for(0, "never", 50)


@scenario("wait for, cancelled")
async def wait_for_cancelled():
    task = spawn(wait_for, 40, "tidy", 50, False, 10)
    await sleep_until(5)
    task.cancel()
    note(f"result: {await word(task)}")


async def sleep_in_nest(outer_ms, inner_ms, sleep_ms):
    scopes = []

    async def sleep():
        result = await word(sleep_for(sleep_ms))
        note(f"sleep: {result}")
        note(f"expired: {scopes[1].expired():d} {scopes[0].expired():d}")
        if result == "cancelled":
            raise asyncio.CancelledError

    async def inner():
        async with asyncio.timeout(inner_ms / 1000) as scope:
            scopes.append(scope)
            await sleep()

    async def pass_on(name, awaitable):
        try:
            await awaitable
        except BaseException as error:
            kind = isinstance(error, asyncio.TimeoutError)
            note(f"{name}: {'timed out' if kind else 'cancelled'}")
            raise
        note(f"{name}: ok")

    async def outer():
        async with asyncio.timeout(outer_ms / 1000) as scope:
            scopes.append(scope)
            await pass_on("inner", inner())

    try:
        await pass_on("outer", outer())
    finally:
        note(f"requests: {asyncio.current_task().cancelling()}")
        note(f"next: {await word(sleep_for(1))}")


async def timeouts_nested(outer_ms, inner_ms, sleep_ms, cancel_at_ms=0):
    task = spawn(sleep_in_nest, outer_ms, inner_ms, sleep_ms)
    if cancel_at_ms:
        await sleep_until(cancel_at_ms)
        task.cancel()
    note(f"result: {await word(task)}")


for name, *times in (("inner first", 50, 10, 80), ("outer first", 10, 50, 80),
                     ("both at once", 10, 10, 80), ("none", 50, 50, 10),
                     ("cancelled", 50, 60, 80, 10),
                     ("cancelled as one expires", 50, 10, 80, 10)):
    scenario(f"timeouts, {name}")(
        lambda times=times: timeouts_nested(*times))


@scenario("timeout moved")
async def timeout_moved():
    async def moved():
        async with asyncio.timeout(0.01) as scope:
            await sleep_for(5)
            scope.reschedule(0.03)
            note(f"sleep: {await word(sleep_for(15))}")
            try:
                await sleep_for(50)
            except asyncio.CancelledError:
                note("sleep: cancelled")
                try:
                    scope.reschedule(0.09)
                except RuntimeError:
                    note("move: wrong state")
                raise

    note(f"timeout: {await word(moved())}")


async def shield(task):
    result = await word(asyncio.shield(task))
    note(f"shield: {result}")
    if result == "cancelled":
        raise asyncio.CancelledError


@scenario("shielded")
async def shielded():
    task = spawn(work, "inner", 30)
    outer = spawn(shield, task)
    await sleep_until(10)
    outer.cancel()
    note(f"outer: {await word(outer)}")
    note(f"inner: {await word(task)}")


@scenario("shielded from inside")
async def shielded_from_inside():
    task = spawn(work, "inner", 30)
    outer = spawn(shield, task)
    await sleep_until(10)
    task.cancel()
    await word(outer)
