"""
Many behind tunnels of their own, each of whom calls. The arguments are the host that answers, and their interfaces. A
line on stdin is answered by one of JSON: from each, how many answers came.
"""

import asyncio
import json
import socket
import sys

WEB, *INTERFACES = sys.argv[1:]
TICK_SECONDS = 0.2


class Call(asyncio.DatagramProtocol):
    heard = 0

    def datagram_received(self, data, source):
        self.heard += 1

    def error_received(self, fault):
        """A port that nobody listens on just now: whoever calls goes on."""


async def call(interface, spread):
    ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
    ear.setblocking(False)
    ear.connect((WEB, 7))
    transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(Call, sock=ear)
    calls.append(protocol)
    await asyncio.sleep(TICK_SECONDS * spread)
    while True:
        transport.sendto(bytes(160))
        await asyncio.sleep(TICK_SECONDS)


calls = []


async def main():
    loop = asyncio.get_running_loop()
    count = len(INTERFACES)
    tasks = [loop.create_task(call(name, index / count)) for index, name in enumerate(INTERFACES)]
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps([protocol.heard for protocol in calls]), flush=True)
    for task in tasks:
        task.cancel()


asyncio.run(main())
