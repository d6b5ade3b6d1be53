# SPDX-License-Identifier: MIT
"""The HTTP server that the client examples talk to.

    /hello            "hello\\n"
    /number/N         "N\\n"
    /json             {"name": "duet", "voices": 2}
    /status/CODE      that status, with its reason as the body
    /delay/MS         waits so long, then "after MS ms\\n"
    /redirect/PATH    302 to /PATH
    /echo             the method, a space and the body
"""

import http
import http.server
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        name, _, rest = self.path.lstrip("/").partition("/")
        status, text, fields = 200, None, {"Content-Type": "text/plain"}
        if name == "hello":
            text = "hello\n"
        elif name == "number":
            text = f"{rest}\n"
        elif name == "json":
            text = '{"name": "duet", "voices": 2}'
            fields["Content-Type"] = "application/json"
        elif name == "status":
            status = int(rest)
            text = http.HTTPStatus(status).phrase + "\n"
        elif name == "delay":
            time.sleep(int(rest) / 1000)
            text = f"after {rest} ms\n"
        elif name == "redirect":
            status, text, fields["Location"] = 302, "", "/" + rest
        elif name == "echo":
            text = f"{self.command} {body.decode()}\n"
        else:
            status, text = 404, "no such page\n"
        self.send_response(status)
        for field, value in fields.items():
            self.send_header(field, value)
        content = text.encode()
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def handle_error(self, request, client_address):
        pass  # a client that goes away is part of some examples


class Upstream:
    """with Upstream() as url: ..."""

    def __enter__(self):
        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever,
                         kwargs={"poll_interval": 0.02}, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *exception):
        self.server.shutdown()
        self.server.server_close()
