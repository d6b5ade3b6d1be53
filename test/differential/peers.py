# SPDX-License-Identifier: MIT
"""What asyncio lacks and duet has, written on asyncio: the twins' peers.

A task that is cancelled as it is given something gives it back, as asyncio's
own primitives do.
"""

import asyncio
import math
from collections import deque

from scenario import Closed, sleep_until, spawn


class Queue(asyncio.Queue):
    """asyncio.Queue with the shutdown() of CPython 3.13."""

    if not hasattr(asyncio.Queue, "shutdown"):
        is_shut = False

        def shutdown(self, immediate=False):
            self.is_shut = True
            if immediate:
                while not self.empty():
                    self._get()
                    if self._unfinished_tasks > 0:
                        self._unfinished_tasks -= 1
                if self._unfinished_tasks == 0:
                    self._finished.set()
            for line in self._getters, self._putters:
                while line:
                    waiter = line.popleft()
                    if not waiter.done():
                        waiter.set_result(None)

        def put_nowait(self, item):
            if self.is_shut:
                raise Closed
            super().put_nowait(item)

        def get_nowait(self):
            if self.is_shut and self.empty():
                raise Closed
            return super().get_nowait()

        async def put(self, item):
            while self.full() and not self.is_shut:
                waiter = asyncio.get_running_loop().create_future()
                self._putters.append(waiter)
                await waiter
            self.put_nowait(item)

        async def get(self):
            while self.empty() and not self.is_shut:
                waiter = asyncio.get_running_loop().create_future()
                self._getters.append(waiter)
                await waiter
            return self.get_nowait()


class ReadWriteLock:
    """Many readers or one writer, in the order they asked."""

    def __init__(self):
        self.readers = 0
        self.writes = False
        self.line = deque()

    def _has_room(self, writes):
        return not self.writes and not (writes and self.readers)

    def _enter(self, writes):
        if writes:
            self.writes = True
        else:
            self.readers += 1

    def _let_in(self):
        while self.line:
            writes, waiter = self.line[0]
            if not waiter.done():
                if not self._has_room(writes):
                    break
                self._enter(writes)
                waiter.set_result(None)
            self.line.popleft()

    async def acquire(self, writes):
        waiter = asyncio.get_running_loop().create_future()
        self.line.append((writes, waiter))
        self._let_in()
        if waiter.done():
            return
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.cancelled():
                self._let_in()
            else:
                self.release()
            raise

    def release(self):
        if self.writes:
            self.writes = False
        else:
            self.readers -= 1
        self._let_in()

    def locked(self):
        return self.writes or self.readers > 0


class Channel:
    """Go's channel: capacity 0 is a meeting."""

    def __init__(self, capacity):
        self.capacity = capacity
        self.values = deque()
        self.senders = deque()    # (waiter, index of its case, value)
        self.receivers = deque()  # (waiter, index of its case)
        self.closed = False

    def _next(self, line):
        while line:
            first = line.popleft()
            if not first[0].done():
                return first
        return None

    def try_send(self, value):
        if self.closed:
            raise Closed
        receiver = self._next(self.receivers)
        if receiver is not None:
            receiver[0].set_result((receiver[1], value))
        elif len(self.values) < self.capacity:
            self.values.append(value)
        else:
            return False
        return True

    def try_receive(self):
        """(value,), or () if there is none."""
        sender = None
        if self.values or self.capacity == 0:
            sender = self._next(self.senders)
        if sender is not None:
            sender[0].set_result((sender[1], None))
            self.values.append(sender[2])
        if self.values:
            return (self.values.popleft(),)
        if self.closed:
            raise Closed
        return ()

    def close(self):
        self.closed = True
        for line in self.senders, self.receivers:
            while (each := self._next(line)) is not None:
                each[0].set_result((each[1], Closed))

    async def send(self, value):
        await select(("send", self, value))

    async def receive(self):
        return (await select(("receive", self)))[1]


def try_case(case):
    """(value,) if it was done at once, else ()."""
    kind, channel, *value = case
    if kind == "receive":
        return channel.try_receive()
    if kind == "send":
        return (None,) if channel.try_send(*value) else ()
    return ()


def enter_line(case, waiter, index):
    kind, thing, *value = case
    if kind == "receive":
        thing.receivers.append((waiter, index))
    elif kind == "send":
        thing.senders.append((waiter, index, *value))
    elif kind == "readable":
        def set_result():
            if not waiter.done():
                waiter.set_result((index, None))
        asyncio.get_running_loop().add_reader(thing, set_result)


async def select(*cases):
    """Does the first of several things: (its index, the value received)."""
    for index, case in enumerate(cases):
        done = try_case(case)
        if done:
            return index, done[0]
    waiter = asyncio.get_running_loop().create_future()
    for index, case in enumerate(cases):
        enter_line(case, waiter, index)
    try:
        index, value = await waiter
    except asyncio.CancelledError:
        if not waiter.cancelled():
            index, value = waiter.result()
            if cases[index][0] == "receive" and value is not Closed:
                channel = cases[index][1]
                if not channel.try_send(value):
                    channel.values.appendleft(value)
        raise
    finally:
        for case in cases:
            if case[0] == "readable":
                asyncio.get_running_loop().remove_reader(case[1])
    if value is Closed:
        raise Closed
    return index, value


async def bounded_map(inputs, work, take=None, at_once=64, in_order=False):
    """Works on all inputs, so many at a time; see bounded_map.h."""
    inputs, flying, ended = iter(inputs), deque(), asyncio.Queue()

    def feed():
        while len(flying) < at_once:
            for each in inputs:
                task = spawn(work, each)
                task.input = each
                task.add_done_callback(ended.put_nowait)
                flying.append(task)
                break
            else:
                break

    def has_ended():
        return flying[0].done() if in_order else not ended.empty()

    async def next_ended():
        if not in_order:
            task = await ended.get()
        else:
            task = flying[0]
            await asyncio.wait({task})
        flying.remove(task)
        return task

    def finish(task):
        if take is not None:
            take(task)
        else:
            task.result()

    try:
        feed()
        while flying:
            finish(await next_ended())
            while flying and has_ended():
                finish(await next_ended())
            feed()
    except BaseException:
        for task in flying:
            task.cancel()
        if flying:
            await asyncio.wait(flying)
        while flying:
            task = await next_ended()
            if take is not None:
                take(task)
        raise


async def repeat_every(interval_ms, function):
    """Calls function at even intervals until it returns true."""
    loop = asyncio.get_running_loop()
    begin_ms = loop.time() * 1000
    while not (result := await function()):
        passed = loop.time() * 1000 - begin_ms
        beats = math.floor(passed / interval_ms + 1e-6) + 1
        await sleep_until(begin_ms + beats * interval_ms)
    return result
