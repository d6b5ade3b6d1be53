# SPDX-License-Identifier: MIT
"""The twin of points.h, points_primitives.c and points_tasks.c."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from threading import Event as ThreadEvent

import peers
from scenario import note, sleep_until, spawn, word

POINTS = []


class Point:
    """One call that waits, and what is around it."""

    wakes_from_callback = False
    cleans_up = False
    pool = None

    def __init__(self):
        self.loop = asyncio.get_running_loop()
        self.lock = asyncio.Lock()
        self.event = asyncio.Event()
        self.condition = asyncio.Condition(self.lock)
        self.semaphore = asyncio.BoundedSemaphore(1)
        self.barrier = asyncio.Barrier(2)
        self.queue = peers.Queue(1)
        self.future = self.loop.create_future()
        self.read_write = peers.ReadWriteLock()
        self.channel, self.meeting = peers.Channel(1), peers.Channel(0)
        self.gate = ThreadEvent()
        self.reader, self.writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self.noted = False

    def close(self):
        os.close(self.reader)
        os.close(self.writer)
        if self.pool is not None:
            self.pool.shutdown()

    async def make(self):
        pass

    async def wake(self):
        pass

    def give_back(self):
        pass

    async def look(self):
        pass


def point(name):
    def add(kind):
        kind.name = name
        POINTS.append(kind)
        return kind
    return add


# --- locks and events ---------------------------------------------------------

@point("sleep")
class Sleep(Point):
    async def wait(self):
        await sleep_until(15)


@point("lock")
class Lock(Point):
    async def make(self):
        await self.lock.acquire()

    async def wait(self):
        await self.lock.acquire()

    async def wake(self):
        self.lock.release()

    def give_back(self):
        self.lock.release()

    async def look(self):
        note(f"lock: {'held' if self.lock.locked() else 'free'}")


@point("event")
class Event(Point):
    wakes_from_callback = True

    async def wait(self):
        await self.event.wait()

    async def wake(self):
        self.event.set()


@point("condition")
class Condition(Point):
    async def wait(self):
        await self.lock.acquire()
        try:
            await self.condition.wait()
        finally:
            await self.look()
            self.lock.release()

    async def wake(self):
        await self.lock.acquire()
        self.condition.notify(1)
        self.lock.release()

    look = Lock.look


@point("predicate")
class Predicate(Condition):
    async def wait(self):
        async with self.lock:
            await self.condition.wait_for(lambda: self.noted)

    async def wake(self):
        self.noted = True
        await super().wake()


@point("semaphore")
class Semaphore(Point):
    wakes_from_callback = True

    async def make(self):
        await self.semaphore.acquire()

    async def wait(self):
        await self.semaphore.acquire()

    async def wake(self):
        self.semaphore.release()

    def give_back(self):
        self.semaphore.release()

    async def look(self):
        note(f"slots: {self.semaphore._value}")


@point("barrier")
class Barrier(Point):
    async def wait(self):
        await self.barrier.wait()

    async def partner(self):
        note(f"partner: {await word(self.barrier.wait())}")

    async def wake(self):
        self.task = spawn(self.partner)

    async def look(self):
        note(f"at the barrier: {self.barrier.n_waiting}")
        if self.barrier.n_waiting > 0:
            await self.barrier.abort()


@point("read lock")
class ReadLock(Point):
    writes = False

    async def make(self):
        await self.read_write.acquire(not self.writes)

    async def wait(self):
        await self.read_write.acquire(self.writes)

    async def wake(self):
        self.read_write.release()

    def give_back(self):
        self.read_write.release()

    async def look(self):
        note(f"lock: {'held' if self.read_write.locked() else 'free'}")


@point("write lock")
class WriteLock(ReadLock):
    writes = True


# --- queue and channel --------------------------------------------------------

@point("queue get")
class QueueGet(Point):
    wakes_from_callback = True

    async def wait(self):
        await self.queue.get()

    async def wake(self):
        self.queue.put_nowait(1)

    async def look(self):
        note(f"queue: {self.queue.qsize()}")


@point("queue put")
class QueuePut(QueueGet):
    async def make(self):
        self.queue.put_nowait(1)

    async def wait(self):
        await self.queue.put(2)

    async def wake(self):
        self.queue.get_nowait()


@point("queue join")
class QueueJoin(QueueGet):
    async def make(self):
        self.queue.put_nowait(1)

    async def wait(self):
        await self.queue.join()

    async def wake(self):
        self.queue.get_nowait()
        self.queue.task_done()


@point("queue get until it is shut")
class QueueGetShut(QueueGet):
    async def wake(self):
        self.queue.shutdown()


@point("queue put until it is shut")
class QueuePutShut(QueuePut):
    async def wake(self):
        self.queue.shutdown()


@point("receive")
class Receive(Point):
    wakes_from_callback = True

    async def wait(self):
        await self.channel.receive()

    async def wake(self):
        await self.channel.send(1)

    async def look(self):
        note(f"channel: {len(self.channel.values)}")


@point("send")
class Send(Receive):
    async def make(self):
        await self.channel.send(1)

    async def wait(self):
        await self.channel.send(2)

    async def wake(self):
        await self.channel.receive()


@point("meeting to receive")
class MeetingReceive(Point):
    wakes_from_callback = True

    async def wait(self):
        await self.meeting.receive()

    async def wake(self):
        done = self.meeting.try_send(1)
        note(f"send: {'ok' if done else 'nobody there'}")


@point("meeting to send")
class MeetingSend(MeetingReceive):
    async def wait(self):
        await self.meeting.send(1)

    async def wake(self):
        done = self.meeting.try_receive()
        note(f"receive: {'ok' if done else 'nobody there'}")


@point("select")
class Select(Receive):
    async def wait(self):
        index, _ = await peers.select(
            ("receive", self.meeting), ("readable", self.reader),
            ("receive", self.channel))
        note(f"selected: {index}")


# --- from outside -------------------------------------------------------------

@point("future")
class Future(Point):
    wakes_from_callback = True

    async def wait(self):
        await self.future

    async def wake(self):
        try:
            self.future.set_result(1)
            note("set: ok")
        except asyncio.InvalidStateError:
            note("set: already set")


@point("readable")
class Readable(Point):
    async def wait(self):
        ready = asyncio.Event()
        self.loop.add_reader(self.reader, ready.set)
        try:
            await ready.wait()
        finally:
            self.loop.remove_reader(self.reader)

    async def wake(self):
        os.write(self.writer, b"x")


@point("writable")
class Writable(Point):
    async def make(self):
        try:
            while True:
                os.write(self.writer, bytes(4096))
        except BlockingIOError:
            pass

    async def wait(self):
        ready = asyncio.Event()
        self.loop.add_writer(self.writer, ready.set)
        try:
            await ready.wait()
        finally:
            self.loop.remove_writer(self.writer)

    async def wake(self):
        try:
            while True:
                os.read(self.reader, 4096)
        except BlockingIOError:
            pass


@point("call in a thread")
class ThreadCall(Point):
    async def wait(self):
        self.pool = ThreadPoolExecutor(1)
        await self.loop.run_in_executor(self.pool, self.gate.wait)

    async def wake(self):
        self.gate.set()
        if self.pool is not None:
            self.pool.submit(int).result()


# --- tasks --------------------------------------------------------------------

class OfTasks(Event):
    """All of them wait for the event."""

    wakes_from_callback = False

    async def inner(self):
        result = await word(self.event.wait())
        note(f"inner: {result}")
        if result == "cancelled":
            raise asyncio.CancelledError


@point("join")
class Join(OfTasks):
    async def make(self):
        self.task = spawn(self.inner)

    async def wait(self):
        await self.task


@point("task wait")
class TaskWait(Join):
    async def wait(self):
        await asyncio.wait({self.task})


@point("shield")
class Shield(Join):
    async def wait(self):
        await asyncio.shield(self.task)


@point("wait for call")
class WaitFor(OfTasks):
    cleans_up = True

    async def wait(self):
        await asyncio.wait_for(self.inner(), None)


@point("wait for task")
class WaitForTask(Join):
    cleans_up = True

    async def wait(self):
        await asyncio.wait_for(self.task, None)


@point("gather")
class Gather(OfTasks):
    cleans_up = True

    async def wait(self):
        await asyncio.gather(self.inner(), self.inner())


@point("gather collecting")
class GatherCollecting(OfTasks):
    cleans_up = True

    async def wait(self):
        await asyncio.gather(self.inner(), self.inner(),
                             return_exceptions=True)


@point("group")
class Group(OfTasks):
    cleans_up = True

    async def wait(self):
        async with asyncio.TaskGroup() as group:
            group.create_task(self.inner())


@point("group body")
class GroupBody(OfTasks):
    cleans_up = True

    async def wait(self):
        async with asyncio.TaskGroup() as group:
            group.create_task(self.inner())
            await self.event.wait()


@point("wait for first")
class WaitForFirst(Join):
    until = asyncio.FIRST_COMPLETED

    async def wait(self):
        await asyncio.wait({self.task}, return_when=self.until)


@point("wait for error")
class WaitForError(WaitForFirst):
    until = asyncio.FIRST_EXCEPTION


@point("wait for all")
class WaitForAll(Join):
    async def make(self):
        await super().make()
        self.partner = spawn(self.inner)

    async def wait(self):
        await asyncio.wait({self.task, self.partner})


@point("next completion")
class Completion(Join):
    async def wait(self):
        await next(iter(asyncio.as_completed([self.task])))


@point("map")
class Map(OfTasks):
    cleans_up = True

    async def wait(self):
        await peers.bounded_map(range(2), lambda _: self.inner())


@point("in timeouts")
class InTimeouts(OfTasks):
    async def wait(self):
        async with asyncio.timeout(None):
            await self.event.wait()


@point("repeat")
class Repeat(OfTasks):
    async def beat(self):
        note("beat")
        return self.event.is_set()

    async def wait(self):
        await peers.repeat_every(6, self.beat)
