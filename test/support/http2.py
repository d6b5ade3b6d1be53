# SPDX-License-Identifier: MIT
"""A server of HTTP/2 over TLS that does what the path says, well or ill.

    python3 http2.py PORT MOST_STREAMS

In a folder with server.pem and server.key. Each request is a line of the file
`requests` (connection, method, path) before it is answered. Whom it cannot
speak HTTP/2 with gets HTTP/1.1, one request on a connection.

    /number              answered with the number of the connection
    /hold                never answered before /release on that connection
    /together/N/NAME     answered when N of those are open on one connection,
                         the last one first
    /goaway/N/NAME       the same, but only the first half: GOAWAY for the rest
    /refuse-once/NAME    the first of NAME: RST_STREAM, REFUSED_STREAM
    /refuse/NAME         RST_STREAM, REFUSED_STREAM
    /reset               RST_STREAM, INTERNAL_ERROR, in place of a head
    /reset-body          the same in the middle of a body
    /drop-once/N/NAME    when N of those are open: the connection ends without
                         a word, the first time
    /drop/NAME           the connection ends without a word
    /misdirected         421
    /stall               half of a body, the rest with /release
    /upload              takes what the first window holds of the body; answers
                         with its length, and opens the window with /release
    /flood               the same, but before it takes the body it lets the
                         connection fill up, and answers all /hold on it then
    /length              takes the body, answers with its length
    /narrow/KIND         the same, but what the first window holds is a line
                         FULL of `requests`, and all the window there is until
                         the folder has a file `widen`: then the window is
                         opened, that of the stream (KIND is stream), of the
                         connection (connection) or of all streams (settings),
                         and there is a line WIDE
"""
import asyncio
import os
import socket
import ssl
import sys

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.settings

PORT, MOST_STREAMS = int(sys.argv[1]), int(sys.argv[2])
FIRST_WINDOW, WIDE = 65535, 1 << 24
seen = set()
connections = 0


class Server(asyncio.Protocol):
    def connection_made(self, transport):
        global connections
        self.number = connections
        connections += 1
        self.transport = transport
        self.waiting = {}  # stream: path
        self.bodies = {}  # stream: bytes so far
        self.paths = {}
        self.is_asked = False
        self.h2 = None
        chosen = transport.get_extra_info('ssl_object')
        if chosen.selected_alpn_protocol() != 'h2':
            return
        self.h2 = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=False))
        self.h2.local_settings = h2.settings.Settings(
            client=False, initial_values={
                h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: MOST_STREAMS})
        self.h2.initiate_connection()
        self.flush()

    def flush(self):
        self.transport.write(self.h2.data_to_send())

    def data_received(self, data):
        if self.h2 is None:
            self.transport.write(b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n'
                                 b'Connection: close\r\n\r\nHTTP/1.1')
            self.transport.close()
            return
        for event in self.h2.receive_data(data):
            self.take(event)
        if not self.transport.is_closing():
            self.flush()

    def take(self, event):
        stream = getattr(event, 'stream_id', None)
        if isinstance(event, h2.events.RequestReceived):
            fields = dict(event.headers)
            fields = {as_text(k): as_text(v) for k, v in fields.items()}
            path = self.paths[stream] = fields[':path']
            self.bodies[stream] = 0
            tell(self.number, fields[':method'], path)
            # Of one stream the window stays as small as it is at first.
            if not self.is_asked and path != '/narrow/connection':
                self.h2.increment_flow_control_window(WIDE)
            self.is_asked = True
            if path == '/narrow/connection':
                self.h2.increment_flow_control_window(WIDE, stream)
            if path == '/upload':
                self.waiting[stream] = path
            elif path == '/flood':
                self.fill(stream)
        elif isinstance(event, h2.events.DataReceived):
            self.bodies[stream] += len(event.data)
            if self.paths[stream].startswith('/narrow/'):
                if self.bodies[stream] == FIRST_WINDOW:
                    tell('FULL')
                    self.look(stream)
            elif self.paths[stream] != '/upload':
                self.h2.acknowledge_received_data(
                    event.flow_controlled_length, stream)
        elif isinstance(event, h2.events.StreamEnded):
            self.answer(stream, self.paths[stream])
        elif isinstance(event, h2.events.StreamReset):
            self.waiting.pop(stream, None)

    def send(self, stream, text, status='200', length=None):
        self.h2.send_headers(stream, [
            (':status', status),
            ('content-length', str(len(text) if length is None else length))])
        self.h2.send_data(stream, text.encode(),
                          end_stream=length in (None, len(text)))

    def answer(self, stream, path):
        word, _, rest = path[1:].partition('/')
        first = path not in seen
        seen.add(path)
        getattr(self, 'on_' + word.replace('-', '_'))(stream, rest, first)

    def on_number(self, stream, rest, first):
        self.send(stream, str(self.number))

    def on_length(self, stream, rest, first):
        self.waiting.pop(stream, None)
        self.send(stream, str(self.bodies[stream]))

    on_upload = on_flood = on_narrow = on_length

    def look(self, stream):
        if not os.path.exists('widen'):
            asyncio.get_running_loop().call_later(0.01, self.look, stream)
            return
        os.remove('widen')
        kind = self.paths[stream].split('/')[-1]
        if kind == 'stream':
            self.h2.increment_flow_control_window(WIDE, stream)
        elif kind == 'connection':
            self.h2.increment_flow_control_window(WIDE)
        else:
            self.h2.update_settings(
                {h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: WIDE})
        self.flush()
        tell('WIDE')

    def fill(self, stream):
        self.h2.increment_flow_control_window(WIDE, stream)
        self.transport.pause_reading()
        asyncio.get_running_loop().call_later(0.3, self.filled)

    def filled(self):
        self.let_go('/hold')
        self.flush()
        self.transport.resume_reading()

    def let_go(self, path):
        for held in [s for s, p in self.waiting.items() if p == path]:
            del self.waiting[held]
            self.send(held, str(self.number))

    def on_hold(self, stream, rest, first):
        self.waiting[stream] = '/hold'

    def on_release(self, stream, rest, first):
        self.send(stream, str(self.number))
        self.let_go('/hold')
        for held, path in list(self.waiting.items()):
            if path == '/stall':
                self.h2.send_data(held, b'half', end_stream=True)
            elif path == '/upload':
                self.h2.increment_flow_control_window(WIDE, held)
                continue
            del self.waiting[held]

    def on_stall(self, stream, rest, first):
        self.send(stream, 'half', length=8)
        self.waiting[stream] = '/stall'

    def together(self, stream, rest):
        """The streams that wait for each other, once all are there."""
        self.waiting[stream] = 'together'
        ready = [s for s, p in self.waiting.items() if p == 'together']
        if len(ready) < int(rest.split('/')[0]):
            return []
        for one in ready:
            del self.waiting[one]
        return ready

    def on_together(self, stream, rest, first):
        for one in reversed(self.together(stream, rest)):
            self.send(one, self.paths[one])

    def on_goaway(self, stream, rest, first):
        if not first:
            self.send(stream, self.paths[stream])
            return
        ready = sorted(self.together(stream, rest))
        done = ready[:len(ready) // 2]
        if not ready:
            return
        for one in done:
            self.send(one, self.paths[one])
        self.h2.close_connection(last_stream_id=done[-1])
        self.flush()
        self.transport.close()

    def reset(self, stream, code):
        self.h2.reset_stream(stream, error_code=code)

    def on_refuse_once(self, stream, rest, first):
        if first:
            self.reset(stream, h2.errors.ErrorCodes.REFUSED_STREAM)
        else:
            self.send(stream, self.paths[stream])

    def on_refuse(self, stream, rest, first):
        self.reset(stream, h2.errors.ErrorCodes.REFUSED_STREAM)

    def on_reset(self, stream, rest, first):
        self.reset(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)

    def on_reset_body(self, stream, rest, first):
        self.send(stream, 'half', length=8)
        self.flush()
        self.reset(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)

    def on_drop_once(self, stream, rest, first):
        if not first:
            self.send(stream, self.paths[stream])
        elif self.together(stream, rest):
            self.transport.close()

    def on_drop(self, stream, rest, first):
        self.transport.close()

    def on_misdirected(self, stream, rest, first):
        self.send(stream, 'not here', status='421')


def tell(*words):
    with open('requests', 'a') as file:
        print(*words, file=file)


def as_text(value):
    return value.decode() if isinstance(value, bytes) else value


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain('server.pem', 'server.key')
    context.set_alpn_protocols(['h2', 'http/1.1'])
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
    listener.bind(('127.0.0.1', PORT))
    server = await asyncio.get_running_loop().create_server(
        Server, sock=listener, ssl=context)
    await server.serve_forever()

asyncio.run(main())
