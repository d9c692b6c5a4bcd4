"""The last good secrets, kept for a restart of this very machine: Parameter Store may be out of reach then."""

import json

from server import files, users
from server.paths import at
from server.users import Desired

PATH = '/var/lib/perennial/secrets.json'


def save(identity: str, desired: Desired) -> None:
    kept = {'identity': identity, 'desired': users.to_text(desired)}
    files.write(at(PATH), json.dumps(kept))


def load(identity: str) -> Desired | None:
    """Only what this machine has kept itself: an image of another machine may hold that one's users of long ago."""
    try:
        kept = json.loads(files.read(at(PATH)) or 'null')
        if kept and kept['identity'] == identity:
            return users.from_text(kept['desired'])
    except (ValueError, KeyError, TypeError):
        # Of another version of the agent: as good as none.
        return None
    return None
