"""A host on the internet: tells whoever asks by which address it sees them, sends a lot, and takes a lot."""

import http.server
import sys


class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        """/ answers the caller's address; /NUMBER so many bytes."""
        wanted = self.path.strip('/')
        self.answer(b'x' * int(wanted) if wanted else self.client_address[0].encode())

    def do_POST(self):
        """Answers how many bytes came."""
        rest = int(self.headers['Content-Length'])
        self.answer(str(len(self.rfile.read(rest))).encode())

    def answer(self, body):
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(('0.0.0.0', 80), Pages)
print('ready', flush=True)
sys.stdout.close()
server.serve_forever()
