"""
Somebody behind the tunnel who types, downloads and calls, as far as the arguments say. A line on stdin is answered by
one of JSON: `read` tells how much was heard, the longest silence of each in milliseconds since `mark`, what became of
the connections, and how many packets of the call are without an answer; `pause` says nothing more until `resume`, and
is answered when all that was said is.
"""

import asyncio
import json
import sys
import time

WEB, *DEEDS = sys.argv[1:]
TICK_SECONDS = 0.02


class Ear:
    """What was heard, and the longest time between two answers."""

    def __init__(self):
        self.heard = 0
        self.mark()

    def mark(self):
        self.last = time.monotonic()
        self.longest = 0.0

    def hear(self):
        now = time.monotonic()
        self.longest = max(self.longest, now - self.last)
        self.last = now
        self.heard += 1

    def silence(self):
        return round(max(self.longest, time.monotonic() - self.last) * 1_000)


ears = {deed: Ear() for deed in DEEDS}
state = dict.fromkeys(DEEDS, 'held')
said = dict.fromkeys(DEEDS, 0)
talking = asyncio.Event()
talking.set()


async def typing():
    reader, writer = await asyncio.open_connection(WEB, 7)

    async def read():
        while True:
            if await reader.readexactly(8) != ears['typing'].heard.to_bytes(8, 'big'):
                raise ValueError('another answer')
            ears['typing'].hear()

    async def write():
        while True:
            await talking.wait()
            writer.write(said['typing'].to_bytes(8, 'big'))
            said['typing'] += 1
            await asyncio.sleep(TICK_SECONDS)

    await asyncio.gather(read(), write())


async def download():
    reader, _ = await asyncio.open_connection(WEB, 19)
    while True:
        if await reader.readexactly(1024) != ears['download'].heard.to_bytes(8, 'big') * 128:
            raise ValueError('another part')
        ears['download'].hear()


class Call(asyncio.DatagramProtocol):
    def datagram_received(self, data, source):
        ears['call'].hear()

    def error_received(self, fault):
        """A port that nobody listens on just now: whoever calls goes on."""


async def call():
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Call, remote_addr=(WEB, 7))
    while True:
        await talking.wait()
        transport.sendto(said['call'].to_bytes(160, 'big'))
        said['call'] += 1
        await asyncio.sleep(TICK_SECONDS)


async def watch(name, deed):
    try:
        await deed
    except (OSError, ValueError, asyncio.IncompleteReadError) as fault:
        state[name] = repr(fault)


def read():
    return {
        'heard': {name: ear.heard for name, ear in ears.items()},
        'silenceMs': {name: ear.silence() for name, ear in ears.items()},
        'state': state,
        'lost': said.get('call', 0) - ears['call'].heard if 'call' in ears else 0,
    }


async def pause():
    talking.clear()
    while any(said[name] > ears[name].heard for name in ears if name != 'download'):
        await asyncio.sleep(TICK_SECONDS)


async def obey(word):
    if word == 'mark':
        for ear in ears.values():
            ear.mark()
    if word == 'pause':
        await pause()
    if word == 'resume':
        talking.set()
    print(json.dumps(read()), flush=True)


async def main():
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(watch(name, globals()[name]())) for name in DEEDS]
    while word := await loop.run_in_executor(None, sys.stdin.readline):
        await obey(word.strip())
    for task in tasks:
        task.cancel()


asyncio.run(main())
