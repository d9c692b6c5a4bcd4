"""Brings the parts to what is desired, and knows how they are. One step at a time; whoever calls keeps the pace."""

from collections.abc import Sequence

from server import clock, commands, firewall, keep, users
from server.conf import Conf
from server.part import Part, Session, Trouble, Wanted
from server.protocols import PROTOCOLS
from server.sources import Source
from server.store import Refused
from server.users import Desired
from server.web import Unreachable

# How a pull may fail without a fault of the agent's own.
PULL_FAULTS = (Unreachable, Refused, users.Faulty, commands.Failed, OSError)
PART_FAULTS = (Trouble, commands.Failed, OSError)


class Engine:
    def __init__(self, conf: Conf, source: Source, fault: str = ''):
        self.conf = conf
        self.source = source
        self.parts: list[Part] = [PROTOCOLS[name](conf) for name in conf.protocols]
        self.applied: Desired | None = None
        # When some user's old secret ends, epoch seconds.
        self.grace_ends: float | None = None
        # By what is troubled; each a sentence.
        self.problems: dict[str, str] = {'configuration': fault} if fault else {}
        self.started = {part.name: False for part in self.parts}
        self.serving = {part.name: False for part in self.parts}

    def begin(self) -> None:
        """What is not to be served any more ends; who was let in before a restart is so again."""
        if 'configuration' in self.problems:
            return
        for name in PROTOCOLS.keys() - self.conf.protocols:
            self.attempt(name, PROTOCOLS[name](self.conf).stop)
        if kept := self.load_kept():
            self.apply(kept)

    def load_kept(self) -> Desired | None:
        try:
            return keep.load(self.source.identity())
        except PULL_FAULTS as fault:
            self.problems['identity'] = f'This machine does not know who it is: {fault}.'
            return None

    def refresh(self) -> bool:
        """Pulls and applies. Whether all of it went well; `problems` says what did not."""
        if 'configuration' in self.problems:
            return False
        try:
            identity = self.source.identity()
            desired = users.settle(self.source.pull(), self.conf.wireguard_net)
        except PULL_FAULTS as fault:
            self.problems['secrets'] = f'The secrets could not be had: {fault}.'
            return False
        self.problems.pop('secrets', None)
        self.problems.pop('identity', None)
        # A full disk is a problem, but not for those who want to log in.
        self.attempt('disk', lambda: keep.save(identity, desired))
        return self.apply(desired)

    def apply(self, desired: Desired) -> bool:
        now = self.source.now()
        wanted = Wanted(desired.secrets_at(now), desired.server_key)
        # It stands before anybody is let in.
        if not self.attempt('firewall', lambda: firewall.lay(self.conf, self.parts)):
            return False
        # All of them, even if the first fails.
        for part in self.parts:
            self.started[part.name] = self.attempt(part.name, lambda p=part: start(p, wanted))
        good = all(self.started.values())
        if good:
            self.applied = desired
            self.grace_ends = desired.next_change(now)
        self.problems.pop('users', None)
        if desired.faults:
            self.problems['users'] = ' '.join(desired.faults)
        return good

    def attempt(self, name: str, do) -> bool:
        try:
            do()
        except PART_FAULTS as fault:
            self.problems[name] = f'{name}: {fault}.'
            return False
        self.problems.pop(name, None)
        return True

    def look(self, thorough: bool) -> None:
        """Whether each part serves just now."""
        for part in self.parts:
            try:
                # What does not serve is taken to serve only once it has really answered.
                trouble = part.trouble(thorough or not self.serving[part.name])
            except PART_FAULTS as fault:
                trouble = str(fault)
            self.serving[part.name] = trouble is None and self.started[part.name]
            key = f'{part.name} now'
            self.problems.pop(key, None)
            if trouble:
                self.problems[key] = f'{part.name}: {trouble}.'
        self.problems.pop('clock', None)
        if fault := clock.to_fault(self.source.skew_seconds()):
            self.problems['clock'] = fault

    def outcome(self) -> str:
        """For whoever asked to apply: what came of it, without a secret."""
        if self.applied is None:
            return ' '.join(['Nobody is let in yet.', *self.problems.values()])
        count = len(self.applied.users)
        return ' '.join([f'{count} users are let in.', *self.problems.values()])

    def heard(self) -> int | None:
        """How many packets clients have sent since the firewall was laid; None if that is not known."""
        # Before anybody is let in there is nothing to count by.
        if self.applied is None:
            return 0
        try:
            heard = firewall.heard()
        except PART_FAULTS as fault:
            self.problems['use'] = f'How much the VPN is used is not known: {fault}.'
            return None
        self.problems.pop('use', None)
        return heard

    def sessions(self) -> Sequence[Session]:
        found: list[Session] = []
        for part in self.parts:
            try:
                found += part.sessions()
            except PART_FAULTS as fault:
                self.problems[f'{part.name} now'] = f'{part.name}: {fault}.'
        return found


def start(part: Part, wanted: Wanted) -> None:
    part.configure()
    part.apply(wanted)
