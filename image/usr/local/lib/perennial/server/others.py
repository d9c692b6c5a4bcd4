"""The VPN's other servers, as their reports tell, and the move of the address from one to another."""

import ipaddress
import json
from dataclasses import dataclass

from server.store import Parameter


@dataclass(frozen=True)
class Other:
    id: str
    # When Parameter Store got its report, epoch seconds, and what its own clock said then.
    at: float
    clock: float | None
    # Where each user's client speaks from: `address:port`.
    endpoints: dict[str, str]


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
        return Other(
            parameter.name.rpartition('/')[2],
            parameter.at,
            None if clock is None else float(clock),
            {str(user): to_endpoint(text) for user, text in report.get('endpoints', {}).items()},
        )
    except (ValueError, TypeError, AttributeError):
        return None


def to_move(parameter: Parameter) -> Move | None:
    try:
        move = json.loads(parameter.value)
        return Move(str(move['address']), move['from'], str(move['to']), parameter.at)
    except (ValueError, TypeError, KeyError):
        return None


def to_endpoint(text: str) -> str:
    """It becomes a line of WireGuard's configuration, and must not become two."""
    address, _, port = text.rpartition(':')
    host = ipaddress.ip_address(address.removeprefix('[').removesuffix(']'))
    if not 1 <= int(port) <= 65535:
        raise ValueError(f'no port: {port}')
    return f'[{host}]:{int(port)}' if host.version == 6 else f'{host}:{int(port)}'
