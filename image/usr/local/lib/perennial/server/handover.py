"""
The VPN's address goes from server to server, and its clients with it. The one that gets it knows from the others'
reports where they are, and speaks to them first; the one that had it falls silent. Each sees the moment for itself:
by the clients' own packets, or by the metadata service.
"""

import socket
import time

from server import report
from server.arrivals import Arrivals
from server.conf import Conf
from server.greeting import Greeting
from server.others import Other
from server.part import Part
from server.protocols.wireguard import WireGuard
from server.sources import Source

# While something is about to happen. The metadata service is on the same host; Parameter Store is not.
EAGER_SECONDS = 0.2
READ_SECONDS = 1
# Otherwise, and of the metadata service alone.
CALM_SECONDS = 5
# A server that has not got the address in this time is not about to: it is a spare.
WAIT_SECONDS = 900
# A client whose server fell silent longer ago than this has long begun anew by itself.
REPORT_SECONDS = 900
# An agent that is restarted right after the move takes it up.
MOVE_SECONDS = 30
# Clocks that differ by less are in order: no two servers speak first within it.
CLOCK_SECONDS = 1
CLOCK_SECONDS_MAX = 60


class Handover:
    def __init__(self, conf: Conf, source: Source, parts: list[Part]):
        self.conf = conf
        self.source = source
        self.parts = parts
        self.wireguard = next((part for part in parts if isinstance(part, WireGuard)), None)
        self.address: str | None = None
        self.looked_at = self.read_at = float('-inf')
        # Until when the address of another is waited for; None before it is known whether there is another.
        self.waits_until: float | None = None
        self.endpoints: dict[str, str] = {}
        self.former: str | None = None
        self.behind = 0.0
        self.arrivals: Arrivals | None = None
        self.greeting: Greeting | None = None
        self.dismissed = ''
        self.result: dict | None = None

    def step(self, is_doomed: bool) -> None:
        """May be called at any time: does what is due. Raises what a pull may raise."""
        now = time.monotonic()
        self.hear()
        if now - self.looked_at >= self.watch_pace(is_doomed):
            self.looked_at = now
            self.look()
        # Whatever else there is to do can wait.
        if self.greeting:
            self.greet(self.greeting)
        if now - self.read_at >= READ_SECONDS:
            self.read_at = now
            if self.waits_until is None or self.is_waiting() or self.is_greeting():
                self.read()
            elif is_doomed:
                self.obey()

    def pace(self, is_doomed: bool) -> float:
        """For how long nothing has to be done, unless somebody speaks."""
        return self.greeting.pace() if self.greeting else self.watch_pace(is_doomed)

    def watch_pace(self, is_doomed: bool) -> float:
        return EAGER_SECONDS if is_doomed or self.is_waiting() else CALM_SECONDS

    def sockets(self) -> list[socket.socket]:
        return [self.arrivals.socket] if self.arrivals else []

    def is_waiting(self) -> bool:
        return self.greeting is None and (self.waits_until or 0) > time.monotonic()

    def is_greeting(self) -> bool:
        return self.greeting is not None and self.greeting.is_young()

    def look(self) -> None:
        """Whether the address is still the one that it was."""
        before, address = self.address, self.source.address()
        if address == before:
            return
        if not self.greeting:
            move = self.source.move() if address else None
            if move and move.heir == self.source.identity() and move.address == address:
                # At the start of an agent, what was long ago is done.
                if before is not None or self.source.now() - move.at < MOVE_SECONDS:
                    self.come()
            elif before is not None:
                for part in self.parts:
                    part.leave()
        # Only now: whatever failed is tried again.
        self.address = address

    def read(self) -> None:
        """Where the clients of the others are, and how their clocks are set."""
        me = self.source.identity()
        found = self.source.others()
        mine = next((other for other in found if other.id == me), None)
        fresh = self.source.now() - REPORT_SECONDS
        others = sorted((o for o in found if o.id != me and o.at > fresh), key=lambda o: o.at)
        for other in others:
            self.endpoints |= other.endpoints
            self.former = other.id if other.endpoints else self.former
            self.behind = to_behind(mine, other)
        if self.waits_until is None:
            self.waits_until = time.monotonic() + WAIT_SECONDS if others else 0
        if self.wireguard and self.is_waiting() and not self.arrivals:
            self.arrivals = Arrivals(self.conf.wireguard_port)
        if self.greeting:
            self.greeting.learn(self.endpoints)

    def obey(self) -> None:
        """AWS takes this server. Once it is known that another gets the address, some clients are sent there."""
        move = self.source.move()
        if not move or move.former != self.source.identity() or move.address != self.address:
            return
        if self.dismissed != move.heir:
            self.dismissed = move.heir
            for part in self.parts:
                part.dismiss()

    def hear(self) -> None:
        """A client of another server sends to this one: nothing shows sooner whose the address is now."""
        senders = self.arrivals.read() if self.arrivals else set()
        if not senders:
            return
        if self.greeting:
            self.greeting.hear(senders)
        elif senders & set(self.endpoints.values()):
            self.come()

    def come(self) -> None:
        """The address is here."""
        if self.wireguard and not self.greeting:
            self.greeting = Greeting(self.wireguard, self.endpoints, self.behind)
            # What was reported last may not have been read yet.
            self.read_at = float('-inf')

    def greet(self, greeting: Greeting) -> None:
        greeting.step()
        measured = greeting.measured()
        if measured and not self.result:
            former = {'from': self.former} if self.former else {}
            self.result = {'at': report.to_iso(greeting.began_at), **former, **measured}
        if greeting.is_over():
            self.greeting, self.waits_until = None, 0
            if self.arrivals:
                self.arrivals.close()
                self.arrivals = None


def to_behind(mine: Other | None, other: Other) -> float:
    """
    By how much this clock is behind the other's, both held against Parameter Store's. WireGuard refuses words that
    are older than the last: so much longer they may have to be said again.
    """
    if not mine or mine.clock is None or other.clock is None:
        return 0
    behind = (other.clock - other.at) - (mine.clock - mine.at)
    return min(behind, CLOCK_SECONDS_MAX) if behind > CLOCK_SECONDS else 0
