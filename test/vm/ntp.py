"""AWS's time server, as every instance finds it: answers with this machine's time (SNTP, RFC 4330). Its address is asked for."""

import socket
import struct
import sys
import time

# From 1900, as NTP counts, to 1970.
EPOCH = 2_208_988_800
FORM = struct.Struct('>BBbbII4sQQQQ')
SERVER, VERSION, STRATUM, POLL, PRECISION = 4, 4, 1, 6, -20


def now() -> int:
    return int((time.time() + EPOCH) * 2**32)


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((sys.argv[1], 123))
print('ready', flush=True)
while True:
    asked, client = server.recvfrom(1024)
    if len(asked) < FORM.size:
        continue
    sent = FORM.unpack(asked[: FORM.size])[-1]
    at = now()
    head = (VERSION << 3 | SERVER, STRATUM, POLL, PRECISION, 0, 0, b'AMZN')
    server.sendto(FORM.pack(*head, at, sent, at, now()), client)
