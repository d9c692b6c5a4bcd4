"""Asks pptpd on loopback as a client would: Start-Control-Connection-Request of RFC 2637, section 2.1."""

import socket
import struct

from server.part import Trouble

ADDRESS = ('127.0.0.1', 1723)
TIMEOUT_SECONDS = 5
# States in the kernel's table.
LISTEN, TIME_WAIT = '0A', '06'
MAGIC = 0x1A2B3C4D
REQUEST, REPLY = 1, 2
# Length, type, magic, control type, reserved, version, result, error, framing, bearer, channels, firmware, host, vendor.
FORM = struct.Struct('>HHIHHHBBIIHH64s64s')
VERSION = 0x0100
SUCCESS = 1


def knock() -> int:
    """How many clients hold a connection, by the kernel's own table: nothing is sent, and nothing logged."""
    with open('/proc/net/tcp', encoding='ascii') as file:
        rows = [line.split() for line in file][1:]
    port = f':{ADDRESS[1]:04X}'
    states = [row[3] for row in rows if row[1].endswith(port)]
    if LISTEN not in states:
        raise Trouble('pptpd does not listen')
    return sum(state not in (LISTEN, TIME_WAIT) for state in states)


def greet() -> None:
    """Whether it answers a greeting."""
    request = FORM.pack(
        FORM.size, 1, MAGIC, REQUEST, 0, VERSION, 0, 0, 3, 3, 0, 0, b'perennial', b'perennial'
    )
    try:
        with socket.create_connection(ADDRESS, TIMEOUT_SECONDS) as connection:
            connection.settimeout(TIMEOUT_SECONDS)
            connection.sendall(request)
            reply = read(connection)
    except OSError as fault:
        raise Trouble(f'pptpd does not answer: {fault}') from None
    _, _, magic, kind, _, _, result, *_ = FORM.unpack(reply)
    if (magic, kind, result) != (MAGIC, REPLY, SUCCESS):
        raise Trouble(f'pptpd refuses: {magic:08x}, {kind}, {result}')


def read(connection: socket.socket) -> bytes:
    reply = b''
    while len(reply) < FORM.size:
        part = connection.recv(FORM.size - len(reply))
        if not part:
            raise Trouble('pptpd hangs up')
        reply += part
    return reply
