"""What this server says of itself, as docs/state.md has it."""

import json
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from server import endpoints
from server.part import Session
from server.users import Desired

# Parameter Store takes 4,096; the rest is for whoever counts otherwise.
BYTES_MAX = 4_000
PROBLEM_LETTERS_MAX = 400
# Nobody can ask for less than five minutes: use that ends a longer quiet is news, and that of every minute is not.
QUIET_SECONDS = 240


def to_report(
    now: float,
    serving: dict[str, bool],
    applied: Desired | None,
    sessions: Sequence[Session],
    notices: dict[str, str],
    problems: Sequence[str],
    idle_seconds: float = 0,
    handover: dict | None = None,
) -> dict:
    recent = sorted(sessions, key=lambda session: session.active, reverse=True)
    versions = to_versions(applied) if applied else {}
    keys = {'wireguard': applied.server_key_version} if applied and applied.server_key else {}
    problem = ' '.join(problems)
    return {
        'at': to_iso(now),
        'serving': serving,
        'sessions': len(sessions),
        'idleSeconds': int(idle_seconds),
        'applied': {'users': versions, 'keys': keys},
        'who': [
            {'user': s.user, 'protocol': s.protocol, 'since': to_iso(s.since), 'bytes': s.bytes}
            for s in recent
        ],
        'endpoints': endpoints.pack(versions, {s.user: s.endpoint for s in recent if s.endpoint}),
        'load': round(os.getloadavg()[0], 2),
        # As it is, right or wrong: WireGuard goes by it.
        'clock': round(time.time(), 1),
        **({'handover': handover} if handover else {}),
        **notices,
        **({'problem': shorten(problem)} if problem else {}),
    }


def to_versions(applied: Desired) -> dict[str, int]:
    """By name; a user that is left out is dealt with too."""
    let_in = {name: user.version for name, user in applied.users.items()}
    return dict(sorted((let_in | applied.left_out).items()))


def to_text(report: dict) -> str:
    """Bounded: who they are goes first, the longest idle before others, then where, and never what is applied."""
    kept = report | {'who': list(report['who'])}
    while len(text := dump(kept)) > BYTES_MAX and (kept['who'] or kept['endpoints']):
        if kept['who']:
            kept['who'].pop()
        else:
            kept['endpoints'] = ''
    return text


def to_essence(report: dict) -> str:
    """What a change of is worth a report of its own. Time, load and counts go with the next heartbeat."""
    who = [{k: v for k, v in session.items() if k != 'bytes'} for session in report['who']]
    who.sort(key=lambda session: json.dumps(session))
    rest = {k: v for k, v in report.items() if k not in ('at', 'load', 'clock', 'idleSeconds')}
    quiet = report['idleSeconds'] >= QUIET_SECONDS
    return json.dumps(rest | {'who': who, 'quiet': quiet}, sort_keys=True)


def dump(report: dict) -> str:
    return json.dumps(report, separators=(',', ':'))


def shorten(text: str) -> str:
    """ASCII, so that a letter is a byte, whatever a command may have said."""
    plain = text.encode('ascii', 'replace').decode()
    return plain if len(plain) <= PROBLEM_LETTERS_MAX else f'{plain[: PROBLEM_LETTERS_MAX - 3]}...'


def to_iso(epoch: float) -> str:
    return datetime.fromtimestamp(int(epoch), UTC).strftime('%Y-%m-%dT%H:%M:%SZ')
