"""Sees packets that come to this server as they come, whatever becomes of them: those that a filter lets through."""

import ctypes
import ipaddress
import socket
import struct
from collections.abc import Iterable

# From linux/if_ether.h, linux/if_packet.h and asm-generic/socket.h.
ETH_P_IP = 0x0800
PACKET_HOST = 0
SO_ATTACH_FILTER = 26
# The first bytes of each are enough.
BYTES_MAX = 128
# So many are read at a time: whatever floods this server must not keep its agent from all else.
PACKETS_MAX = 256
# Each is five steps of a program, of which the kernel takes twenty kilobytes.
KNOWN_MAX = 128
# WireGuard's message with data in it.
TRANSPORT_DATA = 4

# The kernel's classic BPF: what to do, where to go on if so and if not, and with what.
Program = list[tuple[int, int, int, int]]
BYTE, HALF, WORD, HEAD, BYTE_BEHIND, HALF_BEHIND = 0x30, 0x28, 0x20, 0xB1, 0x50, 0x48
EQUALS, AT_LEAST, ANY_SET, ANSWER = 0x15, 0x35, 0x45, 0x06


class Arrivals:
    def __init__(self, program: Program):
        self.socket = socket.socket(
            socket.AF_PACKET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC, socket.htons(ETH_P_IP)
        )
        self.socket.setblocking(False)
        attach(self.socket, program)
        # What came before the filter stood may be anything.
        while self.receive():
            pass

    def admit(self, program: Program) -> None:
        """From now on, what this one lets through."""
        attach(self.socket, program)

    def read(self) -> list[bytes]:
        """What came since the last time, or the oldest of it."""
        found = []
        for _ in range(PACKETS_MAX):
            arrived = self.receive()
            if not arrived:
                break
            packet, direction = arrived
            # What this server itself sends passes the filter too.
            if direction == PACKET_HOST:
                found.append(packet)
        return found

    def receive(self) -> tuple[bytes, int] | None:
        try:
            packet, (_, _, direction, _, _) = self.socket.recvfrom(BYTES_MAX)
        except BlockingIOError:
            return None
        return packet, direction

    def close(self) -> None:
        self.socket.close()


def to_sender(packet: bytes) -> str:
    """As `address:port`."""
    (port,) = struct.unpack_from('!H', packet, to_head(packet))
    return f'{ipaddress.IPv4Address(packet[12:16])}:{port}'


def to_head(packet: bytes) -> int:
    """How long the IP header is."""
    return (packet[0] & 0x0F) * 4


def data_for(port: int, known: Iterable[str] = ()) -> Program:
    """Whole UDP datagrams to the port that begin as WireGuard's data does, but for those from these `address:port`."""
    return [
        (BYTE, 0, 0, 9),
        (EQUALS, 0, 7, socket.IPPROTO_UDP),
        (HALF, 0, 0, 6),
        (ANY_SET, 5, 0, 0x1FFF),
        (HEAD, 0, 0, 0),
        (HALF_BEHIND, 0, 0, 2),
        (EQUALS, 0, 2, port),
        (BYTE_BEHIND, 0, 0, 8),
        (EQUALS, 1, 0, TRANSPORT_DATA),
        (ANSWER, 0, 0, 0),
        *(step for endpoint in list(known)[:KNOWN_MAX] for step in all_but(endpoint)),
        (ANSWER, 0, 0, BYTES_MAX),
    ]


def all_but(endpoint: str) -> Program:
    address, _, port = endpoint.rpartition(':')
    if address.startswith('['):
        # Of IPv6 nothing comes here.
        return []
    return [
        (WORD, 0, 0, 12),
        (EQUALS, 0, 3, int(ipaddress.IPv4Address(address))),
        (HALF_BEHIND, 0, 0, 0),
        (EQUALS, 0, 1, int(port)),
        (ANSWER, 0, 0, 0),
    ]


def segments_from(port: int) -> Program:
    """Whole TCP segments to that port or one above it that neither begin nor end a connection."""
    return [
        (BYTE, 0, 0, 9),
        (EQUALS, 0, 8, socket.IPPROTO_TCP),
        (HALF, 0, 0, 6),
        (ANY_SET, 6, 0, 0x1FFF),
        (HEAD, 0, 0, 0),
        (HALF_BEHIND, 0, 0, 2),
        (AT_LEAST, 0, 3, port),
        (BYTE_BEHIND, 0, 0, 13),
        (ANY_SET, 1, 0, 0x07),
        (ANSWER, 0, 0, BYTES_MAX),
        (ANSWER, 0, 0, 0),
    ]


def attach(to: socket.socket, program: Program) -> None:
    code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *step) for step in program))
    to.setsockopt(
        socket.SOL_SOCKET,
        SO_ATTACH_FILTER,
        struct.pack('HL', len(program), ctypes.addressof(code)),
    )
