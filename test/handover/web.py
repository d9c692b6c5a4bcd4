"""A host on the internet: sends back what it is sent, by TCP and by UDP, and sends a download without being asked."""

import asyncio

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
        self.transport.sendto(data, source)


async def main():
    await asyncio.start_server(echo, '0.0.0.0', 7)
    await asyncio.start_server(download, '0.0.0.0', 80)
    await asyncio.get_running_loop().create_datagram_endpoint(Echo, local_addr=('0.0.0.0', 7))
    print('ready', flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
