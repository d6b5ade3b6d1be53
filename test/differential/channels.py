# SPDX-License-Identifier: MIT
"""The twin of channels.c: its channels are those of peers.py."""

import asyncio
import os

import peers
from scenario import (Closed, note, scenario, sleep_for, sleep_until, spawn,
                      start_members, word)


async def senders_in_line(capacity):
    channel = peers.Channel(capacity)

    async def send(number):
        note(f"send {number}: {await word(channel.send(number))}")

    tasks = start_members(send)
    await sleep_until(5)
    tasks[3].cancel()
    for _ in range(4):
        await sleep_for(5)
        note(f"received {await channel.receive()}")
    await asyncio.gather(*tasks)


async def receivers_in_line(capacity):
    channel = peers.Channel(capacity)

    async def receive(number):
        try:
            note(f"{number}: received {await channel.receive()}")
        except asyncio.CancelledError:
            note(f"{number}: cancelled")

    tasks = start_members(receive)
    await sleep_until(5)
    tasks[1].cancel()
    for i in range(10, 14):
        await channel.send(i)
        note(f"sent {i}")
    await asyncio.gather(*tasks)


for name, capacity in (" of a meeting", 0), ("", 2):
    scenario(f"senders{name} in line")(
        lambda capacity=capacity: senders_in_line(capacity))
    scenario(f"receivers{name} in line")(
        lambda capacity=capacity: receivers_in_line(capacity))


@scenario("channel closed")
async def channel_closed():
    channel = peers.Channel(2)

    async def send(number):
        note(f"send {number}: {await word(channel.send(number))}")

    tasks = start_members(send)
    await sleep_until(5)
    channel.close()
    await asyncio.gather(*tasks)
    note(f"send: {await word(channel.send(9))}")
    for _ in range(2):
        note(f"received {await channel.receive()}")
    note(f"receive: {await word(channel.receive())}")


@scenario("channel closed to receivers")
async def channel_closed_to_receivers():
    channel = peers.Channel(0)

    async def receive(number):
        note(f"{number}: {await word(channel.receive())}")

    tasks = start_members(receive)
    await sleep_until(5)
    channel.close()
    await asyncio.gather(*tasks)


@scenario("generator")
async def generator():
    async def generate():
        try:
            for i in range(99):
                note(f"makes {i}")
                await sleep_for(2)
                yield i
        finally:
            note("generator: closed")

    made = generate()
    for _ in range(3):
        note(f"received {await anext(made)}")
        await sleep_for(10)
    await made.aclose()


async def send_later(channel, ms, value):
    await sleep_until(ms)
    note(f"send: {await word(channel.send(value))}")


@scenario("select, one of three")
async def select_one_of_three():
    a, b, c = (peers.Channel(0) for _ in range(3))

    async def select_all():
        for _ in range(4):
            try:
                index, value = await peers.select(
                    ("receive", a), ("receive", b), ("send", c, 7))
            except Closed:
                note("select: closed")
            else:
                note(f"received {value} from {index}" if index < 2 else
                     f"sent to {index}")

    task = spawn(select_all)
    await send_later(b, 5, 10)
    await send_later(a, 10, 20)
    await sleep_until(15)
    note(f"received {await c.receive()}")
    await sleep_until(20)
    a.close()
    await task


@scenario("select, the first is preferred")
async def select_prefers_the_first():
    a, b = peers.Channel(1), peers.Channel(1)
    await a.send(1)
    await b.send(2)
    for _ in range(2):
        index, value = await peers.select(("receive", a), ("receive", b))
        note(f"received {value} from {index}")


@scenario("select with a descriptor")
async def select_descriptor():
    channel = peers.Channel(0)
    reader, writer = os.pipe()

    async def select():
        selected = asyncio.wait_for(
            peers.select(("receive", channel), ("readable", reader)), 0.02)
        try:
            note(f"select: {(await selected)[0]}")
        except asyncio.TimeoutError:
            note("select: timed out")

    task = spawn(select)
    await sleep_until(10)
    os.write(writer, b"x")
    await task
    os.read(reader, 1)
    await spawn(select)
    task = spawn(select)
    await send_later(channel, 40, 1)
    await task
    os.close(reader)
    os.close(writer)
