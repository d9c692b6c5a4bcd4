"""
Somebody who asks a host ten times a second by which address it sees them, whichever way the question takes. Each answer
is a line: milliseconds since 1970, `asking`, its number, and that address.
"""

import select
import socket
import sys
import time

(WEB,) = sys.argv[1:]
WHO = 113
ASK_SECONDS = 0.1

mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
mouth.setblocking(False)
number, ask_at = 0, time.monotonic()
while True:
    select.select([mouth], [], [], max(0, ask_at - time.monotonic()))
    try:
        data = mouth.recv(64)
        seen = data[8:].decode()
        print(f'{time.time() * 1_000:.0f} asking {int.from_bytes(data[:8], "big")} {seen}', flush=True)
    except OSError:
        # Nothing has come, or there is no way just now: it is asked again.
        pass
    if time.monotonic() >= ask_at:
        ask_at += ASK_SECONDS
        number += 1
        try:
            mouth.sendto(number.to_bytes(8, 'big'), (WEB, WHO))
        except OSError:
            pass
