# SPDX-License-Identifier: MIT
"""The twin of loops.c."""

import asyncio
import os
import signal

from scenario import (Failed, make_runner, note, program, scenario,
                      sleep_for, sleep_until, spawn, word, work)


def tell(what, function):
    try:
        function()
    except asyncio.CancelledError:
        print(f"{what}: cancelled")
    except KeyboardInterrupt:
        print(f"{what}: interrupted")
    except Failed:
        print(f"{what}: failed")
    else:
        print(f"{what}: ok")


def tell_run(function, *arguments):
    def run():
        with make_runner() as runner:
            runner.run(function(*arguments))

    tell("run", run)


@program("main ends")
def main_ends():
    tell_run(work, "well", 10)
    tell_run(work, "failing", 10, Failed())


@program("main cancels itself")
def main_cancels_itself():
    async def cancel_self():
        asyncio.current_task().cancel()
        await sleep_for(10)

    tell_run(cancel_self)


@program("run in a run")
def run_in_a_run():
    async def run_within():
        never = work("never", 1)
        try:
            asyncio.run(never)
        except RuntimeError:
            never.close()
            note("run: busy")

    tell_run(run_within)


@program("run twice")
def run_twice():
    with make_runner() as runner:
        tell("first", lambda: runner.run(work("a", 10, Failed())))
        tell("second", lambda: runner.run(work("b", 10)))


TASKS = []


async def leave_two():
    TASKS[:] = [spawn(work, "quick", 5), spawn(work, "slow", 30, None, 5)]
    await sleep_until(10)
    note("main ends")


@program("tasks left at the end")
def tasks_left():
    tell_run(leave_two)


program("detached tasks at the end")(tasks_left)


@program("tasks left between runs")
def tasks_left_between_runs():
    with make_runner() as runner:
        tell("first", lambda: runner.run(leave_two()))
        tell("second", lambda: runner.run(work("b", 50)))


@scenario("signals handled")
async def handle_signals():
    async def note_signal(name):
        note(name)
        await sleep_for(5)
        note(f"{name}: done")

    def spawn_handler(name):
        TASKS.append(spawn(note_signal, name))

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, spawn_handler, "first")
    loop.add_signal_handler(signal.SIGUSR2, spawn_handler, "second")
    os.kill(os.getpid(), signal.SIGUSR1)
    await sleep_until(10)
    os.kill(os.getpid(), signal.SIGUSR2)
    await sleep_until(12)
    os.kill(os.getpid(), signal.SIGUSR1)
    await sleep_until(20)
    loop.remove_signal_handler(signal.SIGUSR1)
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    os.kill(os.getpid(), signal.SIGUSR1)
    await sleep_until(30)
    loop.remove_signal_handler(signal.SIGUSR2)


async def interrupt_self(times):
    for _ in range(times):
        os.kill(os.getpid(), signal.SIGINT)
        note(f"sleep: {await word(sleep_for(10))}")
        note(f"requests: {asyncio.current_task().cancelling()}")
    note(f"clean-up: {await word(sleep_for(5))}")
    raise asyncio.CancelledError


def tell_interrupted(*arguments):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    tell_run(*arguments)
    signal.signal(signal.SIGINT, before)


@program("interrupted")
def interrupted():
    tell_interrupted(interrupt_self, 1)


@program("interrupted, and main goes on")
def interrupted_and_goes_on():
    async def interrupt_and_go_on():
        os.kill(os.getpid(), signal.SIGINT)
        note(f"sleep: {await word(sleep_for(10))}")
        note(f"sleep: {await word(sleep_for(10))}")

    tell_interrupted(interrupt_and_go_on)


@program("interrupted twice")
def interrupted_twice():
    tell_interrupted(interrupt_self, 2)
