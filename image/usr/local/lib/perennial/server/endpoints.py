"""Where WireGuard's clients are, as one server tells the next: in few bytes, since a report has few to spare."""

import base64
import ipaddress
import struct
from collections.abc import Iterable

# Of each user that is let in, in the order of their names; zeros for who is not connected.
FORM = struct.Struct('!4sH')


def pack(users: Iterable[str], where: dict[str, str]) -> str:
    """`where` by user, as `address:port`. The address that moves is one of IPv4: others are left out."""
    if not where:
        return ''
    packed = b''.join(to_bytes(where.get(user, '')) for user in sorted(users))
    return base64.b64encode(packed).decode()


def unpack(users: Iterable[str], text: str) -> dict[str, str]:
    """Raises ValueError. Left out is where no client can be: whoever writes a report has no say in that."""
    packed = base64.b64decode(text, validate=True)
    names = sorted(users)
    if len(packed) not in (0, len(names) * FORM.size):
        raise ValueError(f'{len(packed)} bytes for {len(names)} users')
    found = zip(names, FORM.iter_unpack(packed), strict=False)
    return {
        user: f'{address}:{port}'
        for user, (four, port) in found
        if port and is_somewhere(address := ipaddress.IPv4Address(four))
    }


def to_bytes(endpoint: str) -> bytes:
    address, _, port = endpoint.rpartition(':')
    try:
        return FORM.pack(ipaddress.IPv4Address(address).packed, int(port))
    except ValueError:
        return bytes(FORM.size)


def is_somewhere(address: ipaddress.IPv4Address) -> bool:
    return not (
        address.is_unspecified
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
    )
