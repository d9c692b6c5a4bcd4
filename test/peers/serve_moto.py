"""Runs moto_server for as long as whoever started it keeps its standard input open."""

import os
import sys
import threading

from moto.server import main


def leave_with_parent():
    # Not sys.stdin, whose lock would be in the way of an end by a signal.
    while os.read(0, 4096):
        pass
    os._exit(0)


threading.Thread(target=leave_with_parent, daemon=True).start()
main(sys.argv[1:])
