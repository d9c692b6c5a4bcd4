"""
Somebody behind the tunnel who calls, types and downloads without an end, and begins anew what broke. Each answer is a
line: milliseconds since 1970, what it belongs to, and its number; `lost` in place of the number is a broken connection,
or one on which nothing has come for as long as whoever waits is patient. Arguments: the host that answers, that patience
in seconds, and for whom names move the VPN's name, or the path of a file that holds the address that it has. A line `late`, with
milliseconds for its number, says that this machine itself has let nobody call for so long.

With a name it does what wireguard-tools' reresolve-dns.sh does: every half minute, a peer whose last handshake is
older than 135 s is looked up again by its name.
"""

import asyncio
import socket
import subprocess
import sys
import time

WEB, PATIENCE_SECONDS, *NAMES = sys.argv[1:]
CALL_SECONDS = 0.02
TYPE_SECONDS = 0.1
AGAIN_SECONDS = 0.5
RESOLVE_SECONDS = 30
HANDSHAKE_SECONDS = 135
FLUSH_SECONDS = 0.05
LATE_SECONDS = 0.1

lines = []


def tell(what, number):
    lines.append(f'{time.time() * 1_000:.0f} {what} {number}\n')


class Call(asyncio.DatagramProtocol):
    def datagram_received(self, data, source):
        tell('call', int.from_bytes(data, 'big'))

    def error_received(self, fault):
        """Whoever calls goes on."""


async def call():
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Call, remote_addr=(WEB, 7))
    number = 0
    while True:
        transport.sendto(number.to_bytes(160, 'big'))
        number += 1
        due = loop.time() + CALL_SECONDS
        await asyncio.sleep(CALL_SECONDS)
        if (late := loop.time() - due) > LATE_SECONDS:
            tell('late', round(late * 1_000))


async def type_keys():
    reader, writer = await asyncio.open_connection(WEB, 7)

    async def write():
        number = 0
        while True:
            writer.write(number.to_bytes(8, 'big'))
            number += 1
            await asyncio.sleep(TYPE_SECONDS)

    writing = asyncio.create_task(write())
    try:
        await read(reader, 'typing', 8)
    finally:
        writing.cancel()
        writer.close()


async def download():
    reader, writer = await asyncio.open_connection(WEB, 19)
    try:
        await read(reader, 'download', 1024)
    finally:
        writer.close()


async def read(reader, what, size):
    number = 0
    while True:
        data = await asyncio.wait_for(reader.readexactly(size), float(PATIENCE_SECONDS))
        if int.from_bytes(data[:8], 'big') != number:
            raise ValueError('another answer')
        tell(what, number)
        number += 1


async def again(deed, what):
    while True:
        try:
            await deed()
        except (OSError, ValueError, asyncio.IncompleteReadError) as fault:
            tell(what, 'lost')
            print(f'{what}: {fault!r}', file=sys.stderr, flush=True)
        await asyncio.sleep(AGAIN_SECONDS)


async def look_up(name):
    if '/' in name:
        with open(name) as file:
            return file.read().strip()
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, None, family=socket.AF_INET)
    except OSError:
        return ''
    return found[0][4][0]


async def resolve(name):
    while True:
        await asyncio.sleep(RESOLVE_SECONDS)
        said = subprocess.run(['wg', 'show', 'wg0', 'latest-handshakes'], capture_output=True, text=True)
        key, shaken = said.stdout.split()
        address = await look_up(name)
        if address and time.time() - int(shaken) > HANDSHAKE_SECONDS:
            subprocess.run(['wg', 'set', 'wg0', 'peer', key, 'endpoint', f'{address}:51820'], check=True)


async def flush():
    while True:
        await asyncio.sleep(FLUSH_SECONDS)
        sys.stdout.write(''.join(lines))
        sys.stdout.flush()
        lines.clear()


async def main():
    await asyncio.gather(
        flush(),
        call(),
        again(type_keys, 'typing'),
        again(download, 'download'),
        *(resolve(name) for name in NAMES),
    )


asyncio.run(main())
