"""The daemon's door on this machine: a socket that only root can open, and the one who knocks at it."""

import json
import os
import select
import socket
from collections.abc import Callable, Sequence

from server import files
from server.paths import at

PATH = '/run/perennial/agent.sock'
# Run Command gives up after 60 s.
ANSWER_SECONDS = 55
# Whoever is let in has said what it wants, or has no business here.
ASK_SECONDS = 1
WORD_BYTES_MAX = 64


class Shut(Exception):
    """The daemon is not there, or does not answer."""


class Door:
    def __init__(self) -> None:
        files.remove(at(PATH))
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        mask = os.umask(0o177)
        try:
            self.socket.bind(at(PATH))
        finally:
            os.umask(mask)
        self.socket.listen()

    def wait(
        self, seconds: float, answer: Callable[[str], dict], others: Sequence[socket.socket] = ()
    ) -> None:
        """Lets in whoever knocks until the time is over, or one of the other sockets has something to read."""
        ready, _, _ = select.select([self.socket, *others], [], [], max(0, seconds))
        if self.socket not in ready:
            return
        connection, _ = self.socket.accept()
        with connection:
            connection.settimeout(ASK_SECONDS)
            try:
                word = connection.recv(WORD_BYTES_MAX).decode('ascii', 'replace').strip()
                connection.sendall(json.dumps(answer(word)).encode())
            except OSError as fault:
                print(f'A caller has left in the middle: {fault}', flush=True)


def knock(word: str) -> dict:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) as caller:
        caller.settimeout(ANSWER_SECONDS)
        try:
            caller.connect(at(PATH))
            caller.sendall(f'{word}\n'.encode())
            with caller.makefile() as answer:
                return json.loads(answer.read())
        except (OSError, ValueError) as fault:
            raise Shut(f'The agent does not answer: {fault}.') from None
