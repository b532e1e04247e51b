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
        self.ended = False
        self._come = queue.SimpleQueue()

    def write(self, text):
        self.text += text
        self._come.put(text)
        return len(text)

    def wait_for(self, pattern):
        """What is found in the output, sooner or later; None if the command ends without it."""
        while True:
            if found := re.search(pattern, self.text):
                return found[0]
            if self._come.get(timeout=30) is None:
                return None

    def end(self):
        self.ended = True
        self._come.put(None)


def ended_by_ctrl_c(arguments, meanwhile, *, said=""):
    """Run a command that goes on until Ctrl-C, and give its exit code and output.

    Ctrl-C comes when `meanwhile(url)` is done, and when the output has `said` in it.
    """
    out = Lines()
    failed = []

    def visit():
        url = out.wait_for(r"http://\S+:[0-9]+/(?:RetrieveMMS)?")
        if url is None:
            return
        try:
            meanwhile(url)
            out.wait_for(said)
        except BaseException as error:  # raised again where the test sees it
            failed.append(error)
        finally:
            if not out.ended:
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
