"""What this server is to be: /etc/perennial/server.conf, read whole, with all its faults in one message."""

import ipaddress
import re
from dataclasses import dataclass, field

PATH = '/etc/perennial/server.conf'


class Faulty(Exception):
    """The configuration can't be used; says what is wrong with it, as sentences."""


@dataclass(frozen=True)
class Conf:
    """Defaults are the how-to's addresses."""

    vpn: str
    region: str
    protocols: tuple[str, ...]
    # `parameters`: Parameter Store; `file`: /etc/perennial/users.conf, for a server at home.
    source: str = 'parameters'
    dns: tuple[ipaddress.IPv4Address, ...] = (
        ipaddress.IPv4Address('8.8.8.8'),
        ipaddress.IPv4Address('8.8.4.4'),
    )
    pptp_address: ipaddress.IPv4Address = ipaddress.IPv4Address('10.40.1.1')
    # The first and the last address for clients, in the /24 of the server's own.
    pptp_clients: tuple[ipaddress.IPv4Address, ipaddress.IPv4Address] = (
        ipaddress.IPv4Address('10.40.1.20'),
        ipaddress.IPv4Address('10.40.1.50'),
    )
    wireguard_net: ipaddress.IPv4Network = ipaddress.IPv4Network('10.40.2.0/24')
    wireguard_port: int = 51820
    clients_see_each_other: bool = False
    # Under what in Parameter Store this server reports: one that only tries out an image is none to the loop.
    reports: str = 'state/servers'
    # Where Parameter Store and the instance metadata service are; only tests say anything else.
    endpoint_ssm: str = ''
    imds: str = 'http://169.254.169.254'

    @property
    def pptp_net(self) -> ipaddress.IPv4Network:
        return ipaddress.IPv4Network(f'{self.pptp_address}/24', strict=False)

    @property
    def pptp_places(self) -> int:
        """So many clients of PPTP at a time."""
        first, last = self.pptp_clients
        return int(last) - int(first) + 1


@dataclass
class Reading:
    """The lines of the file, and what was found wrong so far."""

    lines: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read(path: str = PATH) -> Conf:
    try:
        with open(path, encoding='utf-8') as file:
            return parse(file.read())
    except FileNotFoundError:
        raise Faulty(f'{path} is missing.') from None
    except UnicodeDecodeError:
        raise Faulty(f'{path} is not UTF-8.') from None


def parse(text: str) -> Conf:
    reading = to_lines(text)
    values = {}
    for key, line in reading.lines.items():
        try:
            values[key] = PARSERS[key](line)
        except ValueError as fault:
            reading.faults.append(f'{key}={line}: {fault}.')
    values = with_needed(values, reading)
    conf = Conf(**values) if not reading.faults else None
    faults = reading.faults or to_contradictions(conf)
    if faults:
        raise Faulty(' '.join(faults))
    return conf


def salvage(path: str = PATH) -> Conf | None:
    """What is needed to report what is wrong with the rest, if at least that can be read."""
    try:
        with open(path, encoding='utf-8', errors='replace') as file:
            lines = to_lines(file.read()).lines
        keys = {'vpn', 'region'} | lines.keys() & {'reports', 'endpoint_ssm', 'imds'}
        return Conf(protocols=(), **{key: PARSERS[key](lines[key]) for key in keys})
    except (OSError, KeyError, ValueError):
        return None


def to_lines(text: str) -> Reading:
    reading = Reading()
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if not bare or bare.startswith('#'):
            continue
        key, equals, value = (part.strip() for part in bare.partition('='))
        if not equals:
            reading.faults.append(f'Line {number} is not key=value.')
        elif key not in PARSERS:
            reading.faults.append(f'Line {number}: there is no key {key}.')
        elif key in reading.lines:
            reading.faults.append(f'Line {number}: {key} stands there twice.')
        else:
            reading.lines[key] = value
    return reading


def with_needed(values: dict, reading: Reading) -> dict:
    """A server at home has neither a VPN in AWS nor a region."""
    home = values.get('source') == 'file'
    needed = ('protocols',) if home else ('vpn', 'region', 'protocols')
    reading.faults += [f'{key} is missing.' for key in needed if key not in reading.lines]
    return {'vpn': 'home', 'region': 'none', **values} if home else values


def to_contradictions(conf: Conf) -> list[str]:
    """What is wrong only in its context."""
    faults = []
    first, last = conf.pptp_clients
    if first not in conf.pptp_net or last not in conf.pptp_net:
        faults.append(f'pptp_clients={first}-{last.packed[3]}: not in {conf.pptp_net}.')
    if first <= conf.pptp_address <= last:
        faults.append(f"pptp_clients: they include the server's own {conf.pptp_address}.")
    if conf.pptp_net.overlaps(conf.wireguard_net):
        faults.append(f'{conf.pptp_net} and {conf.wireguard_net} overlap.')
    return faults


def to_name(text: str) -> str:
    return matching(r'[a-z][a-z0-9-]{0,29}', text, 'not the name of a VPN')


def to_region(text: str) -> str:
    return matching(r'[a-z]{2}(-[a-z]+)+-\d', text, 'not a region of AWS')


def to_protocols(text: str) -> tuple[str, ...]:
    # Not at the top: the protocols know the configuration.
    from server.protocols import PROTOCOLS

    names = tuple(name.strip() for name in text.split(','))
    unknown = [name for name in names if name not in PROTOCOLS]
    if unknown:
        raise ValueError(f'not of {", ".join(PROTOCOLS)}: {", ".join(unknown)}')
    if len(set(names)) < len(names):
        raise ValueError('the same twice')
    return names


def to_source(text: str) -> str:
    return matching('parameters|file', text, 'neither parameters nor file')


def to_dns(text: str) -> tuple[ipaddress.IPv4Address, ...]:
    servers = tuple(to_address(part.strip()) for part in text.split(','))
    # pppd hands out no more than two.
    if len(servers) > 2:
        raise ValueError('at most two servers')
    return servers


def to_address(text: str) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address(text)
    except ValueError:
        raise ValueError('not an IPv4 address') from None


def to_private(text: str) -> ipaddress.IPv4Address:
    address = to_address(text)
    if not address.is_private or address.is_loopback or address.is_link_local:
        raise ValueError('not a private address')
    if address.packed[3] in (0, 255):
        raise ValueError('not the address of a host')
    return address


def to_clients(text: str) -> tuple[ipaddress.IPv4Address, ipaddress.IPv4Address]:
    """As pptpd writes it: 10.40.1.20-50."""
    start, dash, end = text.partition('-')
    first = to_private(start)
    if not dash or not re.fullmatch(r'\d{1,3}', end) or int(end) > 254:
        raise ValueError('not a range like 10.40.1.20-50')
    last = ipaddress.IPv4Address(first.packed[:3] + bytes([int(end)]))
    if last < first:
        raise ValueError('it ends before it begins')
    return first, last


def to_net(text: str) -> ipaddress.IPv4Network:
    try:
        net = ipaddress.IPv4Network(text)
    except ValueError:
        raise ValueError('not a net like 10.40.2.0/24') from None
    if not net.is_private or net.is_loopback or net.is_link_local or not 16 <= net.prefixlen <= 30:
        raise ValueError('not a private net between /16 and /30')
    return net


def to_port(text: str) -> int:
    if not re.fullmatch(r'\d{1,5}', text) or not 1 <= int(text) <= 65535:
        raise ValueError('not a port')
    return int(text)


def to_flag(text: str) -> bool:
    return matching('yes|no', text, 'neither yes nor no') == 'yes'


def to_reports(text: str) -> str:
    return matching('state/servers|bake/canaries', text, 'neither state/servers nor bake/canaries')


def to_url(text: str) -> str:
    return matching(r'https?://[\w.:\[\]-]+', text, 'not a URL without a path')


def matching(pattern: str, text: str, fault: str) -> str:
    if not re.fullmatch(pattern, text, re.ASCII):
        raise ValueError(fault)
    return text


PARSERS = {
    'vpn': to_name,
    'region': to_region,
    'protocols': to_protocols,
    'source': to_source,
    'dns': to_dns,
    'pptp_address': to_private,
    'pptp_clients': to_clients,
    'wireguard_net': to_net,
    'wireguard_port': to_port,
    'clients_see_each_other': to_flag,
    'reports': to_reports,
    'endpoint_ssm': to_url,
    'imds': to_url,
}
