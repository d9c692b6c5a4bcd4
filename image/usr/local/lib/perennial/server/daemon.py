"""The daemon: brings the server up, keeps it as it is desired, and reports, until it is told to stop."""

import os
import time

from server import conf, notify, report
from server.door import Door
from server.engine import PART_FAULTS, PULL_FAULTS, Engine
from server.handover import Handover
from server.idle import Idle
from server.paths import at

# Local state and IMDS are looked at this often: a notice gives two minutes, and a look costs milliseconds.
LOOK_SECONDS = 5
BEGINNING_SECONDS = 60
EAGER_SECONDS = 1
# pptpd is greeted, which it logs, in every sixth look; whether it listens is seen in each.
GREET_LOOKS = 6
HEARTBEAT_SECONDS = 60
RETRY_SECONDS = (2, 4, 8, 16, 30)


class Retry:
    """When a thing that fails is tried again."""

    def __init__(self) -> None:
        self.failures = 0
        self.at = 0.0

    def is_due(self) -> bool:
        return time.monotonic() >= self.at

    def note(self, good: bool) -> None:
        self.failures = 0 if good else self.failures + 1
        wait = 0 if good else RETRY_SECONDS[min(self.failures, len(RETRY_SECONDS)) - 1]
        self.at = time.monotonic() + wait


class Daemon:
    def __init__(self, engine: Engine):
        self.engine = engine
        self.stopped = False
        self.wants_refresh = True
        self.refreshing = Retry()
        self.reporting = Retry()
        self.looks = 0
        self.began_at = time.monotonic()
        self.notices: dict[str, str] = {}
        self.handover = Handover(engine.conf, engine.source, engine.parts)
        self.idle = Idle()
        # What the last report said, and when it was taken.
        self.told = ''
        self.told_at = float('-inf')
        self.said: dict[str, str] = {}
        self.conf_seen = stamp()

    def run(self) -> None:
        # No signal is caught: ending anywhere leaves nothing half done, and the VPN goes on without its agent.
        door = Door()
        notify.tell('READY=1')
        self.engine.begin()
        next_look = time.monotonic()
        while not self.stopped:
            notify.tell('WATCHDOG=1')
            self.keep_up()
            self.hand_over()
            if time.monotonic() >= next_look:
                self.look()
                next_look = time.monotonic() + self.pace()
            wake = min(next_look, self.refreshing.at if self.wants_refresh else next_look)
            seconds = min(wake - time.monotonic(), self.handover.pace('notice' in self.notices))
            door.wait(seconds, self.answer, self.handover.sockets())

    def hand_over(self) -> None:
        """Only by who lets its users in already: before that there is nothing to hand over, or to take."""
        if self.engine.applied is None:
            return
        had = self.handover.result
        try:
            self.handover.step('notice' in self.notices)
        except (*PULL_FAULTS, *PART_FAULTS) as fault:
            self.engine.problems['handover'] = f'The address could not be followed: {fault}.'
        else:
            self.engine.problems.pop('handover', None)
        if self.handover.result != had:
            self.look()

    def pace(self) -> float:
        """In the first minute, while something does not serve yet, a second counts."""
        young = time.monotonic() - self.began_at < BEGINNING_SECONDS
        return EAGER_SECONDS if young and not all(self.engine.serving.values()) else LOOK_SECONDS

    def keep_up(self) -> None:
        """Applies secrets when somebody wants it, when it failed before, and when a time of grace is over."""
        engine = self.engine
        if stamp() != self.conf_seen:
            print(f'{conf.PATH} has changed: it is read by a new agent.', flush=True)
            self.stopped = True
        if engine.grace_ends is not None and engine.grace_ends <= engine.source.now():
            # They are known already: Parameter Store need not answer.
            self.wants_refresh = not engine.apply(engine.applied) or self.wants_refresh
        if engine.source.changed():
            self.wants_refresh = True
        if self.wants_refresh and self.refreshing.is_due():
            self.refresh()

    def refresh(self) -> bool:
        good = self.engine.refresh()
        self.refreshing.note(good)
        self.wants_refresh = not good
        if good:
            # Parameter Store is there again: a report need not wait any longer.
            self.reporting.note(True)
        return good

    def answer(self, word: str) -> dict:
        if word == 'apply':
            good = self.refresh()
            self.look(thorough=True)
            return {'good': good, 'sentence': self.engine.outcome()}
        if word == 'report':
            return {'good': True, 'report': self.to_report()}
        return {'good': False, 'sentence': f'There is no {word!r}.'}

    def look(self, thorough: bool = False) -> None:
        """Sees how things are, and reports if that is news or the time for it has come."""
        self.looks += 1
        self.engine.look(thorough or self.looks % GREET_LOOKS == 1)
        self.look_for_notices()
        self.engine.attempt('idle', lambda: self.idle.look(self.engine.heard()))
        self.log()
        found = self.to_report()
        essence = report.to_essence(found)
        is_due = time.monotonic() - self.told_at >= HEARTBEAT_SECONDS
        if (essence != self.told or is_due) and self.reporting.is_due():
            self.tell(found, essence)

    def look_for_notices(self) -> None:
        try:
            # AWS takes back neither: what was once there stays.
            self.notices |= self.engine.source.notices()
        except PULL_FAULTS as fault:
            self.engine.problems['notices'] = f'AWS could not be asked for its notices: {fault}.'
        else:
            self.engine.problems.pop('notices', None)

    def to_report(self) -> dict:
        engine = self.engine
        sessions = engine.sessions()
        return report.to_report(
            engine.source.now(),
            engine.serving,
            engine.applied,
            sessions,
            self.notices,
            list(engine.problems.values()),
            self.idle.seconds,
            self.handover.result,
        )

    def tell(self, found: dict, essence: str) -> None:
        try:
            self.engine.source.tell(report.to_text(found))
        except PULL_FAULTS as fault:
            self.reporting.note(False)
            print(f'The report could not be given: {fault}.', flush=True)
        else:
            self.reporting.note(True)
            self.told, self.told_at = essence, time.monotonic()

    def log(self) -> None:
        """Problems as they come and go, for the journal."""
        problems = self.engine.problems
        for key in problems.keys() | self.said.keys():
            if problems.get(key) != self.said.get(key):
                print(problems.get(key) or f'Over: {self.said[key]}', flush=True)
        self.said = dict(problems)


def stamp() -> tuple[int, int] | None:
    try:
        found = os.stat(at(conf.PATH))
        return found.st_mtime_ns, found.st_ino
    except FileNotFoundError:
        return None
