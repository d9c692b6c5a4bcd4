"""
A host on the internet: sends back what it is sent, by TCP and by UDP; sends a download without being asked; and tells
by UDP whom it sees. Each by the port that has long been kept for it: echo, chargen, ident.
"""

import asyncio

ECHO, DOWNLOAD, WHO = 7, 19, 113
TICK_SECONDS = 0.01


async def echo(reader, writer):
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()


async def download(_, writer):
    """A hundred kilobytes a second, each kilobyte with its number."""
    number = 0
    while not writer.is_closing():
        writer.write(number.to_bytes(8, 'big') * 128)
        await writer.drain()
        number += 1
        await asyncio.sleep(TICK_SECONDS)


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, source):
        self.transport.sendto(self.answer(data, source), source)

    def answer(self, data, _):
        return data


class Who(Echo):
    def answer(self, data, source):
        return data + source[0].encode()


async def main():
    await asyncio.start_server(echo, '0.0.0.0', ECHO)
    await asyncio.start_server(download, '0.0.0.0', DOWNLOAD)
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Echo, local_addr=('0.0.0.0', ECHO))
    await loop.create_datagram_endpoint(Who, local_addr=('0.0.0.0', WHO))
    print('ready', flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
