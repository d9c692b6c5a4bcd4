"""Users and their secrets: as Parameter Store or a file has them, checked, so that no daemon misreads them."""

import configparser
import ipaddress
import json
import re
from dataclasses import asdict, dataclass, field
from datetime import datetime

USER_NAME = re.compile(r'[a-z][a-z0-9._-]{0,19}')
# 32 bytes in base64: the last letter before the = carries four bits.
KEY = re.compile(r'[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=')
# What pppd reads back as it was written. Other letters differ in their encoding from client to client.
PASSWORD = re.compile(r'[\t -~]{1,255}')


class Faulty(Exception):
    """A user's secret can't be used. Says why, and never what it is."""


@dataclass(frozen=True)
class Secret:
    password: str
    public_key: str | None = None
    preshared_key: str | None = None
    address: str | None = None

    def __repr__(self) -> str:
        return 'Secret(…)'


@dataclass(frozen=True)
class User:
    version: int
    secret: Secret
    # The secret before this one, which goes on until that moment (epoch seconds): the time of grace.
    old: Secret | None = None
    until: float = 0

    def secret_at(self, now: float) -> Secret:
        return self.old if self.old and now < self.until else self.secret


@dataclass
class Desired:
    """Who is to be let in, and with what. Versions are Parameter Store's."""

    users: dict[str, User] = field(default_factory=dict)
    server_key: str | None = field(default=None, repr=False)
    server_key_version: int = 0
    # The versions of users that could not be used: they are applied in that nobody is let in by them.
    left_out: dict[str, int] = field(default_factory=dict)
    # What could not be used, a sentence each.
    faults: list[str] = field(default_factory=list)

    def secrets_at(self, now: float) -> dict[str, Secret]:
        return {name: user.secret_at(now) for name, user in self.users.items()}

    def next_change(self, now: float) -> float | None:
        """When the next time of grace ends."""
        return min((u.until for u in self.users.values() if u.old and now < u.until), default=None)


def to_text(desired: Desired) -> str:
    return json.dumps(asdict(desired))


def from_text(text: str) -> Desired:
    read = json.loads(text)
    users = {name: to_kept_user(user) for name, user in read.pop('users').items()}
    return Desired(users=users, **read)


def to_kept_user(user: dict) -> User:
    old = user['old'] and Secret(**user['old'])
    return User(user['version'], Secret(**user['secret']), old, user['until'])


def to_secret(value: str) -> tuple[Secret, dict | None]:
    """The secret in a parameter's value, and the `old` beside it, if there is one."""
    try:
        read = json.loads(value)
        old = read.get('old')
        secret = check(
            Secret(
                read['password'],
                read.get('publicKey'),
                read.get('presharedKey'),
                read.get('address'),
            )
        )
        # Parsed here, so that a wrong one is this user's fault and nobody else's.
        return secret, old and {'version': int(old['version']), 'until': to_epoch(old['until'])}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Faulty('it is not the JSON of a secret') from None


def to_epoch(iso: str) -> float:
    at = datetime.fromisoformat(iso)
    if at.tzinfo is None:
        raise ValueError('a time without its zone')
    return at.timestamp()


def check(secret: Secret) -> Secret:
    if not isinstance(secret.password, str) or not PASSWORD.fullmatch(secret.password):
        raise Faulty('its password is not 1 to 255 letters of ASCII')
    # Unquoted, pppd would read the password from that file.
    if secret.password.startswith('@/'):
        raise Faulty('its password begins with @/')
    for key in (secret.public_key, secret.preshared_key):
        if key is not None and not KEY.fullmatch(key):
            raise Faulty('a key is not 32 bytes in base64')
    if secret.address is not None:
        try:
            ipaddress.IPv4Address(secret.address)
        except ValueError:
            raise Faulty('its address is not an IPv4 address') from None
    if (secret.public_key is None) != (secret.address is None):
        raise Faulty('it has one of a public key and an address, and needs both or neither')
    return secret


def to_server_key(value: str) -> str:
    try:
        key = json.loads(value)['privateKey']
    except (ValueError, KeyError, TypeError):
        raise Faulty('it is not the JSON of a key') from None
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise Faulty('it is not 32 bytes in base64')
    return key


def from_file(text: str) -> Desired:
    """A home server's users: a section of its own for each, with the names that Parameter Store has."""
    parser = configparser.ConfigParser(interpolation=None, delimiters=('=',), comment_prefixes='#')
    parser.optionxform = str
    try:
        parser.read_string(text)
    except configparser.Error as fault:
        # The library's own message quotes the line, which may hold a password.
        line = getattr(fault, 'lineno', None) or next(iter(getattr(fault, 'errors', [])), ['?'])[0]
        raise Faulty(f'line {line} is not understood') from None
    desired = Desired()
    for name in parser.sections():
        add(desired, name, json.dumps(dict(parser[name])), 1)
    return desired


def add(desired: Desired, name: str, value: str, version: int, old: Secret | None = None) -> None:
    """What can't be used is left out and told: that user is not let in, the others are."""
    try:
        if not USER_NAME.fullmatch(name):
            raise Faulty('that is not the name of a user')
        secret, grace = to_secret(value)
        until = grace['until'] if grace and old else 0
        desired.users[name] = User(version, secret, old, until)
    except Faulty as fault:
        if USER_NAME.fullmatch(name):
            desired.left_out[name] = version
        desired.faults.append(f'User {name[:20]!r} is not let in: {fault}.')


def settle(desired: Desired, net: ipaddress.IPv4Network) -> Desired:
    """Leaves out whose address is not a client's, and who has another's key or address: they would cut each other off."""
    seen: set[str | None] = {str(net[0]), str(net[1]), str(net[-1])}
    for name, user in sorted(desired.users.items()):
        mine = {user.secret.public_key, user.secret.address} - {None}
        address = user.secret.address
        if address and ipaddress.IPv4Address(address) not in net:
            leave_out(desired, name, f'its address is not in {net}')
        elif mine & seen:
            leave_out(desired, name, 'its key or its address is another\'s')
        else:
            seen |= mine
    return desired


def leave_out(desired: Desired, name: str, why: str) -> None:
    desired.left_out[name] = desired.users.pop(name).version
    desired.faults.append(f'User {name!r} is not let in: {why}.')
