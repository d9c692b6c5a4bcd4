"""One server's first words to the clients of another, whose address it has just got: and how long they missed it."""

import time

from server.protocols.wireguard import WireGuard

# A lost word is said again after this; later later, since the way to some clients and back is longer.
AGAIN_SECONDS = 1
PATIENT_AGAIN_SECONDS = 3
PATIENT_AFTER_WORDS = 3
# So long a packet of anybody is waited for: AWS takes a second or two from its word to its deed.
UNPROVEN_SECONDS = 2
# A word that was just said may be answered yet: until then it is not taken back.
ANSWER_SECONDS = 0.15
# Whoever has not answered until then sleeps, or has moved on.
GREET_SECONDS = 10
# So long a client goes on with the session that it had: its next packet shows where it is.
SESSION_SECONDS = 180
# The first answers are measured, and so looked for often.
FAST_SECONDS = 2
FAST_PACE_SECONDS = 0.05
PACE_SECONDS = 0.25
# Of so many unknown senders it is tried out who they are: each is worth as many words as there are clients.
GUESSES_MAX = 8


class Greeting:
    def __init__(
        self, wireguard: WireGuard, endpoints: dict[str, str], patience: float, proven: bool
    ):
        """
        `patience`: by how much longer this server's words may be refused as older than the last one's. `proven`: a
        client's packet came; otherwise the first that comes shows that the address is here, and words are heard.
        """
        self.wireguard = wireguard
        self.endpoints = dict(endpoints)
        self.began = time.monotonic()
        self.began_at = time.time()
        self.patience = GREET_SECONDS + patience
        self.words = 0
        # The metadata service may be ahead of the network: a client's own packet is the better sign.
        self.next_at = self.began + (0 if proven else UNPROVEN_SECONDS)
        self.hears_at = self.began + (AGAIN_SECONDS if proven else 0)
        # Seconds from the address's arrival to each client's answer, and where it was then.
        self.answers: dict[str, float] = {}
        self.met: dict[str, str] = {}
        self.guesses: set[str] = set()
        self.relaxed = False

    def step(self) -> None:
        now = time.monotonic()
        if self.relaxed and not self.unmet():
            return
        self.met = self.wireguard.met()
        for user in self.met.keys() - self.answers.keys():
            self.answers[user] = now - self.began
        if self.relaxed:
            return
        if not self.unmet() or not self.is_young():
            self.relaxed = True
            self.wireguard.relax()
        elif now >= self.next_at:
            self.greet(self.unmet())
            is_patient = self.words > PATIENT_AFTER_WORDS
            wait = PATIENT_AGAIN_SECONDS if is_patient else AGAIN_SECONDS
            self.next_at = time.monotonic() + wait
            self.hears_at = max(self.hears_at, time.monotonic() + ANSWER_SECONDS)

    def greet(self, endpoints: dict[str, str]) -> None:
        self.wireguard.greet(endpoints, again=self.words > 0)
        self.words += 1

    def learn(self, endpoints: dict[str, str]) -> None:
        """The last server's last report may come after its address has."""
        news = {user: at for user, at in endpoints.items() if self.endpoints.get(user) != at}
        self.endpoints |= news
        if news.keys() - self.answers.keys():
            self.next_at, self.relaxed = time.monotonic(), False

    def hear(self, senders: set[str]) -> None:
        """Somebody goes on with a session that this server does not have: one who woke up, or who is elsewhere now."""
        unmet = self.unmet()
        if not unmet or time.monotonic() < self.hears_at:
            return
        awake = {user: at for user, at in unmet.items() if at in senders}
        strangers = senders - set(self.endpoints.values()) - self.guesses
        if awake:
            self.greet(awake)
        elif strangers and len(self.guesses) < GUESSES_MAX:
            # Whose it is only the right client can tell: the others' words it does not understand.
            sender = strangers.pop()
            self.guesses.add(sender)
            self.greet({user: sender for user in unmet})
        else:
            return
        self.hears_at = self.next_at = time.monotonic() + AGAIN_SECONDS
        self.relaxed = False

    def unmet(self) -> dict[str, str]:
        return {user: at for user, at in self.endpoints.items() if user not in self.answers}

    def is_young(self) -> bool:
        return time.monotonic() - self.began < self.patience

    def is_over(self) -> bool:
        return time.monotonic() - self.began >= SESSION_SECONDS

    def pace(self) -> float:
        if not self.is_young():
            return AGAIN_SECONDS
        young = time.monotonic() - self.began < FAST_SECONDS
        return FAST_PACE_SECONDS if young else PACE_SECONDS

    def measured(self) -> dict | None:
        """For the report, once those who are awake have answered. The slowest of them says how long it took."""
        in_time = [took for took in self.answers.values() if took < self.patience]
        if not self.relaxed or not self.endpoints:
            return None
        gap = {'gapMs': round(max(in_time) * 1_000)} if in_time else {}
        return {'clients': len(self.endpoints), 'answered': len(in_time), **gap}
