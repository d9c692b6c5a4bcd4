"""WireGuard: the kernel's own, set with `wg`. Peers come and go without a word to the others."""

import ipaddress
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from server import commands, files
from server.conf import Conf
from server.paths import at
from server.part import Opening, Session, Trouble, Wanted
from server.users import Secret

INTERFACE = 'wg0'
# 1500 less WireGuard's headers around IPv6.
MTU = 1420
# A client that has something to say shakes hands every two minutes; after three it is gone.
SESSION_SECONDS = 180


@dataclass(frozen=True)
class Peer:
    preshared_key: str | None
    endpoint: str | None
    allowed: str
    handshake: int
    bytes: int


class WireGuard:
    name = 'wireguard'
    follows = True

    def __init__(self, conf: Conf):
        self.conf = conf
        self.opening = Opening(conf.wireguard_net, INTERFACE)
        self.users: dict[str, str] = {}
        self.secrets: dict[str, Secret] = {}
        # All that was applied, as `wg` reads it.
        self.text = ''
        self.has_key = False
        # When the running session of each user was first seen.
        self.since: dict[str, float] = {}

    def configure(self) -> None:
        net = self.conf.wireguard_net
        if not os.path.exists(at(f'/sys/class/net/{INTERFACE}')):
            commands.run('ip', 'link', 'add', INTERFACE, 'type', 'wireguard')
        address = f'{net[1]}/{net.prefixlen}'
        # Without its address the interface has no route for a moment: only if it must be.
        if f' {address} ' not in commands.run('ip', '-o', '-4', 'address', 'show', 'dev', INTERFACE):
            commands.run('ip', 'address', 'flush', 'dev', INTERFACE)
            commands.run('ip', 'address', 'add', address, 'dev', INTERFACE)
        commands.run('ip', 'link', 'set', INTERFACE, 'mtu', str(MTU), 'up')

    def apply(self, wanted: Wanted) -> None:
        if wanted.server_key is None:
            self.has_key = False
            raise Trouble("the server's WireGuard key is missing")
        peers = {s.public_key: s for s in wanted.secrets.values() if s.public_key}
        # A running session outlives a change of its preshared key; a peer taken away and put back has none.
        for key, peer in to_peers().items():
            if key in peers and peer.preshared_key != peers[key].preshared_key:
                commands.run('wg', 'set', INTERFACE, 'peer', key, 'remove')
        self.text = to_text(wanted.server_key, self.conf.wireguard_port, peers)
        commands.run('wg', 'syncconf', INTERFACE, '/dev/stdin', stdin=self.text)
        self.users = {s.public_key: name for name, s in wanted.secrets.items() if s.public_key}
        self.secrets = {name: s for name, s in wanted.secrets.items() if s.public_key}
        self.has_key = True

    def trouble(self, thorough: bool) -> str | None:
        flags = files.read(at(f'/sys/class/net/{INTERFACE}/flags'))
        if flags is None or not int(flags, 16) & 1:
            return f'{INTERFACE} is not up'
        if not self.has_key:
            return "the server's WireGuard key is missing"
        try:
            if thorough:
                self.see_interface()
        except Trouble as trouble:
            return str(trouble)
        return None

    def questions(self) -> dict[str, Callable[[], str]]:
        return {'wireguard interface': self.see_interface}

    def see_interface(self) -> str:
        port = commands.run('wg', 'show', INTERFACE, 'listen-port').strip()
        if port != str(self.conf.wireguard_port):
            raise Trouble(f'{INTERFACE} listens on {port} and not on {self.conf.wireguard_port}')
        if commands.run('wg', 'show', INTERFACE, 'public-key').strip() == '(none)':
            raise Trouble(f'{INTERFACE} has no key')
        return f'{INTERFACE} listens on {port}'

    def sessions(self) -> Sequence[Session]:
        now = time.time()
        live = {
            self.users[key]: peer
            for key, peer in to_peers().items()
            if key in self.users and now - peer.handshake < SESSION_SECONDS
        }
        self.since = {user: self.since.get(user, peer.handshake) for user, peer in live.items()}
        return [
            Session(user, self.name, self.since[user], peer.handshake, peer.bytes, peer.endpoint)
            for user, peer in live.items()
        ]

    def greet(self, endpoints: dict[str, str], again: bool) -> None:
        """Shakes hands with these users' clients, whatever they take this server for: one command, however many."""
        secrets = {name: s for name, s in self.secrets.items() if name in endpoints}
        # The kernel tries again after five seconds at the earliest, but a peer that is new to it at once.
        if again and secrets:
            commands.run('wg', 'set', INTERFACE, *to_words(secrets, 'remove'))
        text = ''.join(
            f'{to_peer(s)}Endpoint = {endpoints[name]}\nPersistentKeepalive = 1\n'
            for name, s in secrets.items()
        )
        commands.run('wg', 'addconf', INTERFACE, '/dev/stdin', stdin=text)

    def met(self) -> dict[str, str]:
        """Users whose clients have shaken hands with this very server, and where these are."""
        return {
            self.users[key]: peer.endpoint
            for key, peer in to_peers().items()
            if key in self.users and peer.handshake and peer.endpoint
        }

    def addresses(self, users: Iterable[str]) -> list[ipaddress.IPv4Address]:
        """By which these are known inside the tunnel."""
        found = (self.secrets[user].address for user in users if user in self.secrets)
        return [ipaddress.IPv4Address(address) for address in found if address]

    def relax(self) -> None:
        """Greets nobody any more."""
        if self.secrets:
            words = to_words(self.secrets, 'persistent-keepalive', '0')
            commands.run('wg', 'set', INTERFACE, *words)

    def dismiss(self) -> None:
        """Clients follow by themselves: until the address moves each packet counts."""

    def leave(self) -> None:
        # Without sessions and endpoints there is nobody to speak to.
        if self.has_key:
            commands.run('wg', 'setconf', INTERFACE, '/dev/stdin', stdin=self.text)

    def stop(self) -> None:
        if os.path.exists(at(f'/sys/class/net/{INTERFACE}')):
            commands.run('ip', 'link', 'delete', INTERFACE)


def to_text(server_key: str, port: int, peers: dict[str, Secret]) -> str:
    text = f'[Interface]\nPrivateKey = {server_key}\nListenPort = {port}\n'
    return text + ''.join(map(to_peer, peers.values()))


def to_peer(secret: Secret) -> str:
    text = f'\n[Peer]\nPublicKey = {secret.public_key}\nAllowedIPs = {secret.address}/32\n'
    return text + (f'PresharedKey = {secret.preshared_key}\n' if secret.preshared_key else '')


def to_words(secrets: dict[str, Secret], *change: str) -> list[str]:
    """For `wg set`: the same change of all of them."""
    return [word for s in secrets.values() for word in ('peer', str(s.public_key), *change)]


def to_peers() -> dict[str, Peer]:
    """By public key. The first line of the dump is the interface's."""
    peers = {}
    for line in commands.run('wg', 'show', INTERFACE, 'dump').splitlines()[1:]:
        key, preshared, endpoint, allowed, handshake, received, sent, _ = line.split('\t')
        peers[key] = Peer(
            None if preshared == '(none)' else preshared,
            None if endpoint == '(none)' else endpoint,
            allowed,
            int(handshake),
            int(received) + int(sent),
        )
    return peers
