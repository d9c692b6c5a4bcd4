"""Tells systemd that the daemon is there, and alive."""

import os
import socket


def tell(state: str) -> None:
    path = os.environ.get('NOTIFY_SOCKET')
    if not path:
        return
    # An abstract socket begins with @ in the environment, and with a zero on the wire.
    address = '\0' + path[1:] if path.startswith('@') else path
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.sendto(state.encode(), address)
