# SPDX-License-Identifier: MIT
"""The twin of timeouts.c."""

import asyncio

from scenario import (Failed, cancel_at, note, scenario, sleep_for,
                      sleep_until, spawn, word)


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
    await cancel_at(spawn(sleep_in_nest, outer_ms, inner_ms, sleep_ms),
                    cancel_at_ms)


for name, *times in (("inner first", 50, 10, 80), ("outer first", 10, 50, 80),
                     ("both at once", 10, 10, 80), ("none", 50, 50, 10),
                     ("as the sleep ends", 50, 10, 10),
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


async def move(name, first_ms, second_ms):
    begin = asyncio.get_running_loop().time()

    def after(ms):
        return None if ms is None else begin + ms / 1000

    async def moved():
        async with asyncio.timeout_at(after(first_ms)) as scope:
            await sleep_for(5)
            scope.reschedule(after(second_ms))
            result = await word(sleep_until(begin * 1000 + 50))
            note(f"{name}: {result}")
            if result == "cancelled":
                raise asyncio.CancelledError

    note(f"timeout: {await word(moved())}")


@scenario("timeout off and on")
async def timeout_off_and_on():
    await move("on", None, 20)
    await move("off", 20, None)
    await move("into the past", 20, 4)


@scenario("timeout that has passed")
async def timeout_has_passed():
    async def body():
        async with asyncio.timeout(0):
            note("body")
            result = await word(sleep_for(50))
            note(f"sleep: {result}")
            if result == "cancelled":
                raise asyncio.CancelledError

    note(f"timeout: {await word(body())}")
    note(f"next: {await word(sleep_for(1))}")


async def end_by(error):
    async def body():
        async with asyncio.timeout(0.01):
            note(f"sleep: {await word(sleep_for(50))}")
            note(f"clean-up: {await word(sleep_for(5))}")
            if error is not None:
                raise error

    note(f"timeout: {await word(body())}")
    note(f"requests: {asyncio.current_task().cancelling()}")


@scenario("timeout whose body goes on")
async def timeout_body_goes_on():
    for error in None, Failed(), asyncio.CancelledError():
        await end_by(error)
