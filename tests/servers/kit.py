"""Real servers as processes of their own, and raw bytes to and from them."""

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from attrs import frozen

# Gunicorn ends a request line at 4094 bytes unless told otherwise, and a long text with escapes is longer.
_GUNICORN = ("gunicorn", "servers.application:wsgi_application", "--limit-request-line=0", "--graceful-timeout=1")
# Uvicorn takes the client's address from X-Forwarded-For if the peer is 127.0.0.1, as everybody is here.
_UVICORN = ("uvicorn", "servers.application:asgi_application", "--no-proxy-headers", "--http=h11", "--loop=asyncio")
_HYPERCORN = ("hypercorn", "servers.application:asgi_application", "--graceful-timeout=1")

_AIOHTTP = ("servers.of_aiohttp",)

#: How each server is started, but for what it binds to.
SERVERS = {
    "gunicorn-sync": _GUNICORN,
    "gunicorn-gthread": (*_GUNICORN, "--threads=8"),
    "uvicorn": _UVICORN,
    "hypercorn": _HYPERCORN,
    "aiohttp": _AIOHTTP,
}
#: Those whose endpoint keeps the time that a body takes.
ASYNC_SERVERS = ("uvicorn", "hypercorn", "aiohttp")

#: How long a loaded machine may take for anything.
PATIENCE_SECONDS = 20
_ids = itertools.count(4172212931)


def fresh_id():
    """The id of a message that nothing else in the run has."""
    return str(next(_ids))


def eventually(condition):
    """Whether something comes true within the time that a loaded machine may need."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def head(method, target, *headers, close=True):
    """The head of a request. With `close` it asks for the connection to end, so that reading the answer does too."""
    lines = (f"{method} {target} HTTP/1.1", "Host: localhost", *headers, *(("Connection: close",) if close else ()))
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1")


def head_of(push, path="/", *headers, without=(), close=True):
    """The head of a push, with some headers more and some of its own left out."""
    own = (f"{name}: {value}" for name, value in push.headers if name not in {"host", *without})
    target = f"{path}?{push.query.decode()}" if push.query else path
    return head(push.method, target, *own, *headers, close=close)


def chunked(data, size=50_000):
    """A body in chunks, and the empty one that ends it."""
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*pieces, b""))


@frozen
class Answer:
    """What a server said."""

    status: int
    headers: dict
    body: bytes

    @classmethod
    def parse(cls, said):
        lines, _, body = said.partition(b"\r\n\r\n")
        status_line, *pairs = lines.decode("latin-1").split("\r\n")
        version, status, *_ = status_line.split(" ")
        assert version in {"HTTP/1.1", "HTTP/1.0"}, said
        headers = {name.lower(): value.strip() for name, _, value in (pair.partition(":") for pair in pairs)}
        return cls(int(status), headers, body)


class Connection:
    """A connection to a server, a context manager."""

    def __init__(self, address):
        self._socket = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
        self._socket.settimeout(PATIENCE_SECONDS)
        try:
            self._socket.connect(address)
        except OSError:
            self._socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._socket.close()

    def send(self, *pieces):
        """Send bytes, or as many of them as a server takes that has already made up its mind."""
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            for piece in pieces:
                self._socket.sendall(piece)

    def interim_answer(self):
        """What the server says up to the first blank line, the connection staying as it is."""
        said = b""
        while not said.endswith(b"\r\n\r\n"):
            byte = self._socket.recv(1)
            assert byte, f"the connection ended after {said!r}"
            said += byte
        return Answer.parse(said)

    def answer(self):
        """What the server says until it ends the connection; None if it resets it without a word."""
        said = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := self._socket.recv(65536):
                said += piece
        return Answer.parse(said) if said else None


class Server:
    """A server in a process of its own, with everything it writes in one folder."""

    def __init__(self, name, *, unix=False):
        self.name = name
        # Short, for the sake of the Unix socket: its path may have about a hundred characters.
        self._folder = tempfile.TemporaryDirectory(prefix="mx-", ignore_cleanup_errors=True)
        folder = Path(self._folder.name)
        self._record, self._stderr, self._temporary = folder / "record", folder / "stderr", folder / "tmp"
        self._temporary.mkdir()
        for _ in range(3):
            # Somebody else may take a free port before the server does.
            self._address = str(folder / "socket") if unix else ("127.0.0.1", _free_port())
            self._process = self._start()
            if eventually(self._is_up_or_gone) and self._process.poll() is None:
                return
            stderr = self.stderr
            self._end()
        self._folder.cleanup()
        raise AssertionError(f"{name} does not start:\n{stderr}")

    def _start(self):
        module, *arguments = SERVERS[self.name]
        if isinstance(self._address, str):
            target = ("--uds", self._address) if module == "uvicorn" else ("--bind", f"unix:{self._address}")
        else:
            host, port = self._address
            target = ("--port", str(port)) if module == "uvicorn" else ("--bind", f"{host}:{port}")
        if module == "gunicorn":
            # Its heartbeat is a temporary file without a name, just as a large body is.
            target = (*target, "--worker-tmp-dir", self._folder.name)
        environment = os.environ | {
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "PYTHONWARNINGS": "default::ResourceWarning",
            "RECORD": str(self._record),
            "TMPDIR": str(self._temporary),
            # Where gunicorn puts the socket that it is controlled by.
            "HOME": self._folder.name,
            "XDG_RUNTIME_DIR": self._folder.name,
        }
        with self._stderr.open("wb") as stderr:
            return subprocess.Popen(
                (sys.executable, "-m", module, *target, *arguments),
                cwd=self._folder.name,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=stderr,
                stderr=stderr,
                start_new_session=True,
            )

    def _is_up_or_gone(self):
        try:
            self.connection().close()
        except OSError:
            return self._process.poll() is not None
        return True

    def stop(self):
        """End the process and forget what it wrote; return what it said."""
        self._end()
        stderr = self.stderr
        self._folder.cleanup()
        return stderr

    def terminate(self):
        self._process.terminate()

    def _end(self):
        self._process.terminate()
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            # The process leads a session, so its group is itself and what it started.
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    @property
    def stderr(self):
        return self._stderr.read_text(errors="replace")

    def connection(self):
        return Connection(self._address)

    def ask(self, *pieces):
        """Send bytes on a connection of their own and read the answer."""
        with self.connection() as connection:
            connection.send(*pieces)
            return connection.answer()

    def push(self, push, path="/"):
        return self.ask(head_of(push, path), push.body)

    def records(self, id_=None):
        """What the application has recorded, of one message or of all."""
        lines = self._record.read_text().splitlines() if self._record.exists() else []
        return [record for record in map(json.loads, lines) if id_ in {None, record["id"]}]

    def temporary_files(self):
        """The temporary files that the server holds, whether they have a name or not."""
        files = itertools.chain.from_iterable(map(_open_files, _family(self._process.pid)))
        nameless = [file for file in files if file.startswith(str(self._temporary))]
        return [*map(str, self._temporary.iterdir()), *nameless]


def _free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def _family(pid):
    """A process and everything it has started."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # it has ended
            for child in children.read_text().split():
                yield from _family(child)


def _open_files(pid):
    for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
        with contextlib.suppress(OSError):  # it was closed
            yield str(descriptor.readlink())
