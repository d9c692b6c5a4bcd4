"""The VPN's other servers, as their reports tell, and the move of the address from one to another."""

import json
from dataclasses import dataclass
from datetime import datetime

from server import endpoints
from server.store import Parameter


@dataclass(frozen=True)
class Other:
    id: str
    # When Parameter Store got its report, epoch seconds, and what its own clock said then.
    at: float
    clock: float | None
    # Where each user's client speaks from: `address:port`.
    endpoints: dict[str, str]
    # When AWS takes it, as it has said, epoch seconds; None if it has not.
    taken_at: float | None
    # Whether it speaks all that it is to speak.
    serves: bool


@dataclass(frozen=True)
class Move:
    """From the server `former`, if there was one, to the server `heir`."""

    address: str
    former: str | None
    heir: str
    # Epoch seconds.
    at: float


def to_other(parameter: Parameter) -> Other | None:
    """None, if it is no report: another server's trouble is not this one's."""
    try:
        report = json.loads(parameter.value)
        clock = report.get('clock')
        notice = report.get('notice')
        serving = report['serving'].values()
        return Other(
            parameter.name.rpartition('/')[2],
            parameter.at,
            None if clock is None else float(clock),
            endpoints.unpack(report['applied']['users'], report.get('endpoints', '')),
            None if notice is None else datetime.fromisoformat(notice).timestamp(),
            bool(serving) and all(serving),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def to_move(parameter: Parameter) -> Move | None:
    try:
        move = json.loads(parameter.value)
        return Move(str(move['address']), move['from'], str(move['to']), parameter.at)
    except (ValueError, TypeError, KeyError):
        return None
