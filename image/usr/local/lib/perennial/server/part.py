"""What a protocol is to the rest of the agent: a part that lets users in, and says how it is."""

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from server.conf import Conf
from server.users import Secret


@dataclass(frozen=True)
class Session:
    user: str
    protocol: str
    # Epoch seconds.
    since: float
    active: float
    bytes: int
    # Where the client speaks from, as `address:port`, where that is of use to another server.
    endpoint: str | None = None


@dataclass(frozen=True)
class Opening:
    """What the firewall needs to know of a protocol: its clients' net, and the interfaces that they come in by."""

    net: ipaddress.IPv4Network
    interfaces: str


@dataclass(frozen=True)
class Wanted:
    """Who is to be let in just now."""

    secrets: dict[str, Secret]
    server_key: str | None


class Trouble(Exception):
    """A part can't do what it should; says why, in one sentence without its full stop."""


class Part(Protocol):
    name: str
    opening: Opening
    # Whether its clients go on by themselves where another server has the address.
    follows: bool

    def __init__(self, conf: Conf): ...

    def configure(self) -> None:
        """Lays out what does not depend on users. May be called again at any time."""

    def apply(self, wanted: Wanted) -> None:
        """Lets in these users and no others, and ends the sessions of those whose secret has changed."""

    def trouble(self, thorough: bool) -> str | None:
        """Why it does not serve, or None. The thorough way really asks it."""

    def sessions(self) -> Sequence[Session]: ...

    def dismiss(self) -> None:
        """Another server is about to have the address: sends away those who would not notice it by themselves."""

    def leave(self) -> None:
        """Another server has the address: not a word more to any client."""

    def questions(self) -> dict[str, Callable[[], str]]:
        """For the self-test: each answers what it found, or raises Trouble, commands.Failed or OSError."""

    def stop(self) -> None:
        """Serves no more, and leaves nothing open. May be called on what never began."""
