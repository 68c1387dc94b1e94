"""Program: the smallest service with a child of its own; it can be told to crash, to fall ill and to grow.

It imports little: each test starts two. HOST PORT are its arguments.
"""

import subprocess
import sys
from os import _exit
from socketserver import StreamRequestHandler, ThreadingTCPServer

CRASH_CODE = 3
GROWTH = 80 * 2**20


class Handler(StreamRequestHandler):
    """`GET /healthz`, and orders."""

    status = b"200 OK"
    ballast: list[bytes] = []  # noqa: RUF012 - one process, one service

    def handle(self) -> None:
        """Obey, then answer; the connection ends with it."""
        path = self.rfile.readline().split()[1:2]
        while self.rfile.readline().strip():
            pass
        if path == [b"/crash"]:
            _exit(CRASH_CODE)
        if path == [b"/sicken"]:
            Handler.status = b"503 Service Unavailable"
        if path == [b"/grow"]:
            Handler.ballast.append(b"x" * GROWTH)
        self.wfile.write(b"HTTP/1.0 " + Handler.status + b"\r\n\r\n")


class Server(ThreadingTCPServer):
    """On the same port again at once after a restart."""

    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    host, port = sys.argv[1], int(sys.argv[2])
    sys.stdout.write(f"listening on {port}\n")
    with subprocess.Popen(["sleep", "600"]):  # noqa: S607 - wherever it is
        Server((host, port), Handler).serve_forever()
