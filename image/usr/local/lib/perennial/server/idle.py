"""For how long nobody has used the VPN. Who is connected does not tell: keepalives and redials go on without anybody."""

import time

from server import files
from server.paths import at

# In memory: it outlives the agent, but not the machine's boot.
PATH = '/run/perennial/idle-minutes'


class Idle:
    def __init__(self) -> None:
        # Time in which no agent looked counts neither way.
        self.seconds = load() * 60.0
        self.looked_at = time.monotonic()
        self.heard: int | None = None

    def look(self, heard: int | None) -> None:
        """`heard`: how many packets clients have sent through their tunnels. What is not known counts as use."""
        now = time.monotonic()
        before = heard if self.heard is None else self.heard
        # A smaller count has begun anew with the firewall.
        used = heard is None or heard > (before if heard >= before else 0)
        self.seconds = 0 if used else self.seconds + now - self.looked_at
        self.heard, self.looked_at = heard, now
        files.write(at(PATH), f'{int(self.seconds // 60)}\n')


def load() -> int:
    try:
        return max(0, int(files.read(at(PATH)) or 0))
    except ValueError:
        return 0
