"""
Somebody behind the tunnel who types, downloads and calls at once. At the end of the input it prints, as JSON, the
longest silence of each in milliseconds, what became of the connections, and how many packets of the call were lost.
"""

import asyncio
import json
import sys
import time

WEB = sys.argv[1]
TICK_SECONDS = 0.02


class Silence:
    """The longest time between two answers."""

    def __init__(self):
        self.last = time.monotonic()
        self.longest = 0.0

    def hear(self):
        now = time.monotonic()
        self.longest = max(self.longest, now - self.last)
        self.last = now

    def read(self):
        self.hear()
        return round(self.longest * 1_000)


async def type_keys(silence, state):
    reader, writer = await asyncio.open_connection(WEB, 7)
    state['typed'] = 'held'

    async def read():
        number = 0
        while True:
            if await reader.readexactly(8) != number.to_bytes(8, 'big'):
                raise ValueError('another answer')
            number += 1
            silence.hear()

    reading = asyncio.create_task(watch(read(), state, 'typed'))
    number = 0
    while not reading.done():
        writer.write(number.to_bytes(8, 'big'))
        number += 1
        await asyncio.sleep(TICK_SECONDS)


async def fetch(silence, state):
    reader, _ = await asyncio.open_connection(WEB, 80)
    state['download'] = 'held'
    number = 0
    while True:
        if await reader.readexactly(1024) != number.to_bytes(8, 'big') * 128:
            raise ValueError('another part')
        number += 1
        silence.hear()


class Call(asyncio.DatagramProtocol):
    def __init__(self, silence):
        self.silence = silence
        self.heard = 0

    def datagram_received(self, data, source):
        self.heard += 1
        self.silence.hear()

    def error_received(self, fault):
        """A port that nobody listens on just now: whoever calls goes on."""


async def call(silence, state):
    loop = asyncio.get_running_loop()
    transport, heard = await loop.create_datagram_endpoint(
        lambda: Call(silence), remote_addr=(WEB, 7)
    )
    sent = 0
    while True:
        transport.sendto(sent.to_bytes(160, 'big'))
        sent += 1
        state['lost'] = sent - heard.heard
        await asyncio.sleep(TICK_SECONDS)


async def watch(deed, state, name):
    try:
        await deed
    except (OSError, ValueError, asyncio.IncompleteReadError) as fault:
        state[name] = repr(fault)


async def main():
    silences = {name: Silence() for name in ('typed', 'download', 'call')}
    state = {}
    deeds = ((type_keys, 'typed'), (fetch, 'download'), (call, 'call'))
    tasks = [
        asyncio.create_task(watch(deed(silences[name], state), state, name)) for deed, name in deeds
    ]
    await asyncio.sleep(1)
    for silence in silences.values():
        silence.longest = 0
        silence.last = time.monotonic()
    print('ready', flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    gaps = {name: silence.read() for name, silence in silences.items()}
    print(json.dumps({'gapMs': gaps, **state}), flush=True)
    for task in tasks:
        task.cancel()


asyncio.run(main())
