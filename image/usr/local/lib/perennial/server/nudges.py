"""
Connections that only wait. After a move the internet goes on sending to clients of which this server knows nothing,
and one who only downloads has nothing to say that would tell it. So each client is asked, with the very question by
which TCP itself asks whether somebody is still there: whose connection it is answers, and is then known. Others
answer that they don't know it; that the firewall keeps to itself.
"""

import ipaddress
import socket
import struct
import time
from dataclasses import dataclass

from server.arrivals import Arrivals, segments_from, to_head
from server.firewall import MARK

# Below are this server's own services.
CLIENT_PORT_MIN = 1024
# A question may be lost.
QUESTIONS_MAX = 4
AGAIN_SECONDS = 0.25
FLOWS_MAX = 512
# At a time, of which there are ten to twenty in a second: a hundred clients of a hundred connections have their turn.
QUESTIONS_AT_ONCE_MAX = 400
# So far before what is expected that nobody could take it for the connection's own.
SEQUENCES_BEFORE = 2**30
ACK = 0x10


@dataclass
class Flow:
    packet: bytes
    asked: int = 0
    next_at: float = 0


class Nudges:
    def __init__(self) -> None:
        self.arrivals = Arrivals(segments_from(CLIENT_PORT_MIN))
        self.socket = socket.socket(
            socket.AF_INET, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.IPPROTO_RAW
        )
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, MARK)
        # By the connection's ends, as the packets have them.
        self.flows: dict[bytes, Flow] = {}

    def ask(self, clients: list[ipaddress.IPv4Address]) -> None:
        """Asks these about every connection that has been heard of."""
        for packet in self.arrivals.read():
            head = to_head(packet)
            if len(self.flows) < FLOWS_MAX:
                self.flows.setdefault(packet[12:16] + packet[head : head + 4], Flow(packet))
        now = time.monotonic()
        due = [f for f in self.flows.values() if f.asked < QUESTIONS_MAX and now >= f.next_at]
        due.sort(key=lambda flow: flow.asked)
        for flow in due[: QUESTIONS_AT_ONCE_MAX // len(clients)] if clients else []:
            flow.asked += 1
            flow.next_at = now + AGAIN_SECONDS
            for client in clients:
                self.socket.sendto(to_question(flow.packet, client), (str(client), 0))

    def close(self) -> None:
        self.arrivals.close()
        self.socket.close()


def to_question(packet: bytes, client: ipaddress.IPv4Address) -> bytes:
    """A segment without data, from long before: nothing that it could change, and everything to be answered."""
    head = to_head(packet)
    length = (packet[head + 12] >> 4) * 4
    segment = bytearray(packet[head : head + length])
    (sequence,) = struct.unpack_from('!I', segment, 4)
    struct.pack_into('!I', segment, 4, (sequence - SEQUENCES_BEFORE) % 2**32)
    segment[13] = ACK
    struct.pack_into('!H', segment, 16, 0)
    ends = packet[12:16] + client.packed
    pseudo = ends + struct.pack('!BBH', 0, socket.IPPROTO_TCP, length)
    struct.pack_into('!H', segment, 16, to_checksum(pseudo + segment))
    # The kernel fills in its own length, id and checksum.
    return struct.pack('!BBHHHBBH', 0x45, 0, 0, 0, 0, 64, socket.IPPROTO_TCP, 0) + ends + segment


def to_checksum(data: bytes) -> int:
    padded = data + b'\0' * (len(data) % 2)
    total = sum(struct.unpack(f'!{len(padded) // 2}H', padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
