"""Running `mxinbound serve` as a user does: in the main thread, ended by Ctrl-C, with somebody who pushes meanwhile."""

import contextlib
import io
import queue
import re
import signal
import socket
import threading

from mxinbound.cli import main


class Lines(io.TextIOBase):
    """A standard output whose lines can be waited for."""

    def __init__(self):
        self.text = ""
        self._come = queue.SimpleQueue()

    def write(self, text):
        self.text += text
        self._come.put(text)
        return len(text)

    def url(self):
        """Where the command says it serves; None if it ends without saying."""
        seen = ""
        while True:
            text = self._come.get(timeout=30)
            if text is None:
                return None
            seen += text
            if found := re.search(r"http://\S+:[0-9]+/(?:RetrieveMMS)?", seen):
                return found[0]

    def end(self):
        self._come.put(None)


def ended_by_ctrl_c(arguments, meanwhile):
    """Run a command that goes on until Ctrl-C, which comes when `meanwhile(url)` is done; its exit code and output."""
    out = Lines()
    failed = []

    def visit():
        url = out.url()
        if url is None:
            return
        try:
            meanwhile(url)
        except BaseException as error:  # raised again where the test sees it
            failed.append(error)
        finally:
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    visitor = threading.Thread(target=visit)
    with contextlib.redirect_stdout(out):
        visitor.start()
        try:
            code = main(arguments)
        finally:
            out.end()
            visitor.join()
    if failed:
        raise failed[0]
    return code, out.text


def connection(url):
    """A plain socket to a server, for what no client would send."""
    host, _, port = url.removeprefix("http://").rstrip("/").rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=30)


def exchange(url, sent, *, then_shut=False):
    """Send bytes and give all that comes back."""
    with connection(url) as sock:
        sock.sendall(sent)
        if then_shut:
            sock.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: sock.recv(65536), b""))
