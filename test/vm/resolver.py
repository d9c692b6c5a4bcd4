"""The VPC's resolver, and the clients' too: passes on by TCP, to the address and port given, what it is asked by UDP."""

import socket
import socketserver
import sys

HOST, PORT = sys.argv[1:]
ANSWER_SECONDS = 5


class Asked(socketserver.BaseRequestHandler):
    def handle(self):
        question, caller = self.request
        with socket.create_connection((HOST, int(PORT)), ANSWER_SECONDS) as asked:
            asked.sendall(len(question).to_bytes(2, 'big') + question)
            with asked.makefile('rb') as answer:
                length = int.from_bytes(answer.read(2), 'big')
                caller.sendto(answer.read(length), self.client_address)


class Resolver(socketserver.ThreadingUDPServer):
    allow_reuse_address = True


with Resolver(('0.0.0.0', 53), Asked) as resolver:
    print('ready', flush=True)
    resolver.serve_forever()
