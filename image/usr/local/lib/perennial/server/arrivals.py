"""Sees who sends to WireGuard's port what WireGuard can't read: the clients of the server that had the address."""

import ctypes
import ipaddress
import socket
import struct

# From linux/if_ether.h, linux/if_packet.h and asm-generic/socket.h.
ETH_P_IP = 0x0800
PACKET_HOST = 0
SO_ATTACH_FILTER = 26
# The first bytes of the packet are enough.
BYTES_MAX = 64
# WireGuard's message with data in it.
TRANSPORT_DATA = 4


class Arrivals:
    def __init__(self, port: int):
        self.socket = socket.socket(
            socket.AF_PACKET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC, socket.htons(ETH_P_IP)
        )
        self.socket.setblocking(False)
        attach(self.socket, to_filter(port))
        # What came before the filter stood may be anything.
        while self.receive():
            pass

    def read(self) -> set[str]:
        """From where data came since the last time, each as `address:port`."""
        found = set()
        while arrived := self.receive():
            packet, direction = arrived
            # What this server itself sends to a client with the same port passes the filter too.
            if direction == PACKET_HOST:
                found.add(to_sender(packet))
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
    head = (packet[0] & 0x0F) * 4
    (port,) = struct.unpack_from('!H', packet, head)
    return f'{ipaddress.IPv4Address(packet[12:16])}:{port}'


def to_filter(port: int) -> list[tuple[int, int, int, int]]:
    """Whole UDP datagrams to the port that begin as WireGuard's data does (the kernel's classic BPF)."""
    load_byte, load_half, load_x = 0x30, 0x28, 0xB1
    load_half_x, load_byte_x = 0x48, 0x50
    equals, any_set, answer = 0x15, 0x45, 0x06
    return [
        (load_byte, 0, 0, 9),
        (equals, 0, 8, socket.IPPROTO_UDP),
        (load_half, 0, 0, 6),
        (any_set, 6, 0, 0x1FFF),
        (load_x, 0, 0, 0),
        (load_half_x, 0, 0, 2),
        (equals, 0, 3, port),
        (load_byte_x, 0, 0, 8),
        (equals, 0, 1, TRANSPORT_DATA),
        (answer, 0, 0, BYTES_MAX),
        (answer, 0, 0, 0),
    ]


def attach(to: socket.socket, program: list[tuple[int, int, int, int]]) -> None:
    code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *step) for step in program))
    to.setsockopt(
        socket.SOL_SOCKET,
        SO_ATTACH_FILTER,
        struct.pack('HL', len(program), ctypes.addressof(code)),
    )
