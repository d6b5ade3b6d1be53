# SPDX-License-Identifier: MIT
"""Point selects through aiomysql's pool of ten connections.

usage: aiomysql_select.py PORT COUNT
"""

import asyncio
import json
import sys
import time

import aiomysql

CONNECTIONS, TASKS, ROWS = 10, 64, 10000


async def select_points(pool, numbers):
    for number in numbers:
        identity = number % ROWS
        async with pool.acquire() as connection:
            async with connection.cursor() as cursor:
                await cursor.execute("SELECT value FROM points WHERE id = %s",
                                     (identity,))
                (value,) = await cursor.fetchone()
        assert value == identity * 7


async def main(port, count):
    pool = await aiomysql.create_pool(
        host="127.0.0.1", port=port, user="root", db="test",
        minsize=CONNECTIONS, maxsize=CONNECTIONS)
    numbers = iter(range(count))
    begin = time.monotonic()
    await asyncio.gather(*(select_points(pool, numbers)
                           for _ in range(TASKS)))
    seconds = time.monotonic() - begin
    pool.close()
    await pool.wait_closed()
    print(json.dumps({"requests": count, "seconds": seconds}))


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
