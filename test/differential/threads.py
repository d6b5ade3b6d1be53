# SPDX-License-Identifier: MIT
"""The twin of threads.c."""

import asyncio
import threading

from scenario import Failed, note, scenario, spawn, word


@scenario("to a thread")
async def to_thread():
    def fail():
        raise Failed

    note(f"to thread: {await word(asyncio.to_thread(int))}")
    note(f"to thread: {await word(asyncio.to_thread(fail))}")


@scenario("to a thread, cancelled")
async def to_thread_cancelled():
    async def go_through():
        note(f"to thread: {await word(asyncio.to_thread(gate.wait))}")

    gate = threading.Event()
    task = spawn(go_through)
    for _ in range(3):
        await asyncio.sleep(0)
    task.cancel()
    note(f"result: {await word(task)}")
    gate.set()
    note(f"to thread: {await word(asyncio.to_thread(int))}")


def start_thread(function):
    thread = threading.Thread(target=function)
    thread.start()
    return thread


@scenario("calls from a thread")
async def calls_from_thread():
    loop, event = asyncio.get_running_loop(), asyncio.Event()

    def set_event():
        note("sets the event")
        event.set()

    def call_three():
        loop.call_soon_threadsafe(note, "first")
        loop.call_soon_threadsafe(note, "second")
        loop.call_soon_threadsafe(set_event)

    thread = start_thread(call_three)
    note(f"event: {await word(event.wait())}")
    thread.join()


@scenario("tasks from a thread")
async def runs_from_thread():
    loop = asyncio.get_running_loop()

    async def yield_and_fail(error):
        note("in the loop")
        await asyncio.sleep(0)
        if error is not None:
            raise error

    def run_two():
        for error in None, Failed():
            run = asyncio.run_coroutine_threadsafe(yield_and_fail(error), loop)
            try:
                run.result()
            except Failed:
                loop.call_soon_threadsafe(note, "the thread: failed")
            else:
                loop.call_soon_threadsafe(note, "the thread: ok")

    await asyncio.to_thread(run_two)
    await asyncio.sleep(0)
    note("main")


@scenario("future set from a thread")
async def future_from_thread():
    loop = asyncio.get_running_loop()
    for error in None, Failed():
        future = loop.create_future()

        def settle(future=future, error=error):
            if error is None:
                loop.call_soon_threadsafe(future.set_result, 1)
            else:
                loop.call_soon_threadsafe(future.set_exception, error)

        thread = start_thread(settle)
        note(f"future: {await word(future)}")
        thread.join()
