"""
The VPN's address goes from server to server, and its clients with it. The one that gets it knows from the others'
reports where they are, and speaks to them first; the one that had it falls silent. Each sees the moment for itself:
by the clients' own packets, or by the metadata service.
"""

import socket
import time

from server import report
from server.arrivals import Arrivals, data_for, to_sender
from server.conf import Conf
from server.farewell import MOVE_SECONDS, Farewell
from server.greeting import Greeting
from server.nudges import Nudges
from server.others import Move, Other
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
# TCP tries again after as long as it has tried in vain, and no later than this: Linux's TCP_RTO_MAX.
RETRY_SECONDS_MAX = 120
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
        self.has_looked = False
        self.last_move: Move | None = None
        self.looked_at = self.read_at = self.checked_at = float('-inf')
        # Whether there are people who would not notice by themselves that the address is gone.
        self.has_people = False
        self.begin()

    def begin(self) -> None:
        """Without the address: another server may be about to give it up."""
        # Until when it is waited for; None before it is known whether there is another server.
        self.waits_until: float | None = None
        self.endpoints: dict[str, str] = {}
        self.former: str | None = None
        # When that one was last heard of, or AWS took it as it had said, epoch seconds.
        self.fell_silent_at: float | None = None
        self.behind = 0.0
        self.arrivals: Arrivals | None = None
        # Whose packets are no news to `arrivals`.
        self.known: set[str] = set()
        self.greeting: Greeting | None = None
        self.nudges: Nudges | None = None
        self.nudges_until = float('-inf')
        self.result: dict | None = None
        self.farewell = Farewell(self.source, self.parts)

    def step(self, is_doomed: bool) -> None:
        """May be called at any time: does what is due. Raises what a pull may raise."""
        now = time.monotonic()
        self.hear()
        if now - self.looked_at >= self.watch_pace(is_doomed):
            self.looked_at = now
            self.look()
            self.has_people = any(part.sessions() for part in self.parts if not part.follows)
        # Whatever else there is to do can wait.
        if self.greeting:
            self.greet(self.greeting)
        if self.waits_until is None or self.is_waiting() or self.is_greeting():
            if now - self.read_at >= READ_SECONDS:
                self.read_at = now
                self.read()
        elif now - self.read_at >= self.obey_pace(is_doomed):
            self.read_at = now
            # Only of the VPN's address: with one of its own nobody can be sent to the next server.
            if self.address and self.is_ours(self.address):
                self.farewell.say(self.address, is_doomed)

    def pace(self, is_doomed: bool) -> float:
        """For how long nothing has to be done, unless somebody speaks."""
        if self.greeting:
            return self.greeting.pace()
        return min(self.watch_pace(is_doomed), self.obey_pace(is_doomed))

    def watch_pace(self, is_doomed: bool) -> float:
        return EAGER_SECONDS if is_doomed or self.is_waiting() else CALM_SECONDS

    def obey_pace(self, is_doomed: bool) -> float:
        if is_doomed:
            return EAGER_SECONDS
        return READ_SECONDS if self.has_people else float('inf')

    def sockets(self) -> list[socket.socket]:
        return [self.arrivals.socket] if self.arrivals else []

    def is_waiting(self) -> bool:
        return self.greeting is None and (self.waits_until or 0) > time.monotonic()

    def is_greeting(self) -> bool:
        return self.greeting is not None and self.greeting.is_young()

    def look(self, proven: bool = False) -> None:
        """Whether the address is still the one that it was."""
        before, address = self.address, self.source.address()
        if address == before:
            return
        if address and self.is_ours(address):
            # At the start of an agent, what was long ago is done.
            if self.has_looked or self.is_heir(self.last_move):
                self.come(proven)
        elif before is not None:
            self.go()
        # Only now: whatever failed is tried again.
        self.address, self.has_looked = address, True

    def is_ours(self, address: str) -> bool:
        """Whether it is the VPN's, whoever was to have it: that this server has it, AWS itself says."""
        if not self.last_move or self.last_move.address != address:
            self.last_move = self.source.move()
        return self.last_move is not None and self.last_move.address == address

    def is_heir(self, move: Move | None) -> bool:
        """Whether it has just been announced that this server gets it."""
        is_me = move is not None and move.heir == self.source.identity()
        return is_me and self.source.now() - move.at < MOVE_SECONDS

    def read(self) -> None:
        """Where the clients of the others are, and how their clocks are set."""
        me = self.source.identity()
        found = self.source.others()
        mine = next((other for other in found if other.id == me), None)
        fresh = self.source.now() - REPORT_SECONDS
        others = sorted((o for o in found if o.id != me and o.at > fresh), key=lambda o: o.at)
        # A report may be older than the removal of somebody, and anybody may stand in a forged one.
        users = self.wireguard.secrets if self.wireguard else {}
        for other in others:
            self.endpoints |= {user: at for user, at in other.endpoints.items() if user in users}
            if other.endpoints:
                self.former = other.id
                self.fell_silent_at = other.at if other.taken_at is None else other.taken_at
            self.behind = to_behind(mine, other)
        if self.waits_until is None:
            self.waits_until = time.monotonic() + WAIT_SECONDS if others else 0
        if self.wireguard and self.is_waiting() and not self.arrivals:
            self.arrivals = Arrivals(data_for(self.conf.wireguard_port))
        if self.greeting:
            self.greeting.learn(self.endpoints)

    def hear(self) -> None:
        """A client of another server sends to this one: nothing shows sooner whose the address is now."""
        senders = {to_sender(packet) for packet in self.arrivals.read()} if self.arrivals else set()
        if not senders:
            return
        if self.greeting:
            self.greeting.hear(senders)
        elif senders & set(self.endpoints.values()):
            self.check()

    def check(self) -> None:
        """Anybody can send in a client's name. AWS knows whether the address is here, or is about to be."""
        now = time.monotonic()
        if now - self.checked_at < EAGER_SECONDS:
            return
        self.checked_at = now
        self.look(proven=True)
        if not self.greeting:
            self.last_move = self.source.move()
            if self.is_heir(self.last_move):
                self.come(proven=True)

    def come(self, proven: bool) -> None:
        """The address is here."""
        if self.wireguard and not self.greeting:
            self.greeting = Greeting(self.wireguard, self.endpoints, self.behind, proven)
            self.nudges = Nudges()
            # After an outage connections are tried again so rarely that most would be for as long without a question.
            silent = self.source.now() - self.fell_silent_at if self.fell_silent_at else 0
            self.nudges_until = time.monotonic() + min(silent, RETRY_SECONDS_MAX)
            # What was reported last may not have been read yet.
            self.read_at = float('-inf')

    def go(self) -> None:
        """The address is elsewhere, and whatever was under way with it is over."""
        self.hush()
        for part in self.parts:
            part.leave()
        self.begin()

    def greet(self, greeting: Greeting) -> None:
        greeting.step()
        if self.nudges and self.wireguard:
            # Those who have not answered yet would not hear it.
            self.nudges.ask(self.wireguard.addresses(greeting.answers.keys()))
        measured = greeting.measured()
        if measured and not self.result:
            former = {'from': self.former} if self.former else {}
            self.result = {'at': report.to_iso(greeting.began_at), **former, **measured}
        if self.nudges and not greeting.is_young() and time.monotonic() >= self.nudges_until:
            self.nudges.close()
            self.nudges = None
        if greeting.is_over():
            self.greeting, self.waits_until = None, 0
        if greeting.is_over() or not (greeting.is_young() or greeting.unmet() or self.nudges):
            self.hush()
        elif self.arrivals and self.known != set(greeting.met.values()):
            # All that clients send comes by here: of those who have come over nothing more has to be heard.
            self.known = set(greeting.met.values())
            self.arrivals.admit(data_for(self.conf.wireguard_port, self.known))

    def hush(self) -> None:
        """Listens to nobody any more."""
        for heard in (self.arrivals, self.nudges):
            if heard:
                heard.close()
        self.arrivals = self.nudges = None


def to_behind(mine: Other | None, other: Other) -> float:
    """
    By how much this clock is behind the other's, both held against Parameter Store's. WireGuard refuses words that
    are older than the last: so much longer they may have to be said again.
    """
    if not mine or mine.clock is None or other.clock is None:
        return 0
    behind = (other.clock - other.at) - (mine.clock - mine.at)
    return min(behind, CLOCK_SECONDS_MAX) if behind > CLOCK_SECONDS else 0
