# SPDX-License-Identifier: MIT
"""Point selects by ten threads with a connection of PyMySQL each.

usage: pymysql_select.py PORT COUNT
"""

import json
import sys
import threading
import time

import pymysql

CONNECTIONS, ROWS = 10, 10000


def select_points(connection, numbers):
    with connection.cursor() as cursor:
        for number in numbers:
            identity = number % ROWS
            cursor.execute("SELECT value FROM points WHERE id = %s",
                           (identity,))
            (value,) = cursor.fetchone()
            assert value == identity * 7


def main(port, count):
    connections = [pymysql.connect(host="127.0.0.1", port=port, user="root",
                                   database="test")
                   for _ in range(CONNECTIONS)]
    threads = [threading.Thread(target=select_points, args=(
        connection, range(index, count, CONNECTIONS)))
               for index, connection in enumerate(connections)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"requests": count,
                      "seconds": time.monotonic() - begin}))


main(int(sys.argv[1]), int(sys.argv[2]))
