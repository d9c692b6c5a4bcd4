"""Where users and their secrets come from, and who is told how this server is: AWS, or a file at home."""

import os
import time
from typing import Protocol

from server import commands, files, users
from server.conf import Conf
from server.imds import Imds
from server.others import Move, Other, to_move, to_other
from server.paths import at
from server.store import Refused, Store
from server.users import Desired, Faulty

USERS_PATH = '/etc/perennial/users.conf'
HOME_KEY_PATH = '/var/lib/perennial/wireguard.key'


class Source(Protocol):
    def identity(self) -> str:
        """Of this very machine: what an image of it does not share."""

    def pull(self) -> Desired: ...

    def changed(self) -> bool:
        """Whether it is known, cheaply, that a pull would bring something new."""

    def tell(self, report: str) -> None: ...

    def notices(self) -> dict[str, str]:
        """What AWS has announced: `notice` and `rebalance`, each only if there is one."""

    def address(self) -> str | None:
        """By which clients find this server, as far as its surroundings know."""

    def others(self) -> list[Other]:
        """What the VPN's servers have reported, this one too."""

    def move(self) -> Move | None:
        """The last move of the VPN's address that was announced."""

    def now(self) -> float:
        """Epoch seconds, by the best clock that is known."""

    def skew_seconds(self) -> float:
        """How far that clock is ahead of this machine's."""


def to_source(conf: Conf) -> Source:
    return Home() if conf.source == 'file' else Cloud(conf)


class Cloud:
    def __init__(self, conf: Conf):
        self.prefix = f'/perennial/{conf.vpn}'
        self.reports = f'{self.prefix}/{conf.reports}'
        self.imds = Imds(conf.imds)
        self.store = Store(conf.region, conf.endpoint_ssm, self.imds.credentials)
        self.id = ''

    def identity(self) -> str:
        self.id = self.id or self.imds.instance_id()
        return self.id

    def pull(self) -> Desired:
        desired = Desired()
        for parameter in self.store.under(f'{self.prefix}/users'):
            name = parameter.name.rpartition('/')[2]
            old = self.old_secret(parameter.name, parameter.value)
            users.add(desired, name, parameter.value, parameter.version, old)
        for parameter in self.store.under(f'{self.prefix}/keys'):
            if parameter.name == f'{self.prefix}/keys/wireguard':
                self.take_key(desired, parameter.value, parameter.version)
        return desired

    def old_secret(self, name: str, value: str) -> users.Secret | None:
        """The version that goes on for its time of grace. One that can't be had is no reason to wait."""
        try:
            _, old = users.to_secret(value)
            if not old or old['until'] <= self.now():
                return None
            return users.to_secret(self.store.get(f'{name}:{old["version"]}').value)[0]
        except Faulty:
            return None
        except Refused as refused:
            if refused.code in ('ParameterVersionNotFound', 'ParameterNotFound'):
                return None
            raise

    def take_key(self, desired: Desired, value: str, version: int) -> None:
        try:
            desired.server_key = users.to_server_key(value)
            desired.server_key_version = version
        except Faulty as fault:
            desired.faults.append(f"The server's WireGuard key can't be used: {fault}.")

    def changed(self) -> bool:
        # Run Command says so.
        return False

    def tell(self, report: str) -> None:
        self.store.put(f'{self.reports}/{self.identity()}', report)

    def notices(self) -> dict[str, str]:
        found = {'notice': self.imds.notice(), 'rebalance': self.imds.rebalance()}
        return {key: value for key, value in found.items() if value}

    def address(self) -> str | None:
        return self.imds.address()

    def others(self) -> list[Other]:
        found = self.store.under(f'{self.prefix}/state/servers')
        return [other for parameter in found if (other := to_other(parameter))]

    def move(self) -> Move | None:
        try:
            return to_move(self.store.get(f'{self.prefix}/state/move'))
        except Refused as refused:
            if refused.code == 'ParameterNotFound':
                return None
            raise

    def now(self) -> float:
        return self.store.now().timestamp()

    def skew_seconds(self) -> float:
        return self.store.skew.total_seconds()


class Home:
    def __init__(self) -> None:
        self.seen: tuple[int, int] | None = None

    def identity(self) -> str:
        return 'home'

    def pull(self) -> Desired:
        self.seen = self.stamp()
        text = files.read(at(USERS_PATH))
        if text is None:
            raise Faulty(f'{USERS_PATH} is missing')
        if os.stat(at(USERS_PATH)).st_mode & 0o077:
            raise Faulty(f'{USERS_PATH} can be read by others: chmod 600 {USERS_PATH}')
        desired = users.from_file(text)
        desired.server_key = self.server_key()
        desired.server_key_version = 1
        return desired

    def server_key(self) -> str:
        """Made once. There is no Parameter Store to keep it over the next server."""
        if key := files.read(at(HOME_KEY_PATH)):
            return key.strip()
        key = commands.run('wg', 'genkey')
        files.write(at(HOME_KEY_PATH), key)
        return key.strip()

    def changed(self) -> bool:
        return self.stamp() != self.seen

    def stamp(self) -> tuple[int, int] | None:
        try:
            found = os.stat(at(USERS_PATH))
            return found.st_mtime_ns, found.st_ino
        except FileNotFoundError:
            return None

    def tell(self, report: str) -> None:
        """Nobody waits for it: `agent report` shows it."""

    def notices(self) -> dict[str, str]:
        return {}

    def address(self) -> str | None:
        return None

    def others(self) -> list[Other]:
        return []

    def move(self) -> Move | None:
        return None

    def now(self) -> float:
        return time.time()

    def skew_seconds(self) -> float:
        return 0
