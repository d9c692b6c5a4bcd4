"""The self-test: what must be true of a server, each with what was found."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from server import clock, commands, conf, door, files, firewall
from server.paths import at
from server.part import Trouble
from server.protocols import PROTOCOLS


@dataclass(frozen=True)
class Finding:
    name: str
    good: bool
    detail: str


def check() -> list[Finding]:
    try:
        found = conf.read(at(conf.PATH))
    except conf.Faulty as fault:
        return [Finding('configuration', False, str(fault))]
    questions: dict[str, Callable[[], str]] = {
        'configuration': lambda: f'{", ".join(found.protocols)} for the VPN {found.vpn}',
        'forwarding': see_forwarding,
        'firewall': see_firewall,
        'clock': see_clock,
        'agent': see_agent,
    }
    for name in found.protocols:
        questions |= PROTOCOLS[name](found).questions()
    return [try_out(name, ask) for name, ask in questions.items()]


def try_out(name: str, ask: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, ask())
    except (Trouble, commands.Failed, OSError) as fault:
        return Finding(name, False, str(fault))


def see_forwarding() -> str:
    if (files.read('/proc/sys/net/ipv4/ip_forward') or '').strip() != '1':
        raise Trouble('IPv4 is not forwarded')
    return 'IPv4 is forwarded'


def see_firewall() -> str:
    table = commands.run('nft', 'list', 'table', *firewall.TABLE.split())
    # Without the last of them large packets get lost: some sites work, and others hang.
    parts = ('masquerade', '169.254.0.0/16 drop', 'maxseg size set rt mtu')
    if any(part not in table for part in parts):
        raise Trouble(f'the table {firewall.TABLE} is not as the agent lays it')
    return f'the table {firewall.TABLE} stands'


def see_clock() -> str:
    if not clock.is_synchronised():
        raise Trouble('not synchronised')
    return time.strftime('synchronised: %Y-%m-%dT%H:%M:%SZ', time.gmtime())


def see_agent() -> str:
    try:
        report = door.knock('report')['report']
    except door.Shut as shut:
        raise Trouble(str(shut)) from None
    serving = ', '.join(name for name, serves in report['serving'].items() if serves)
    if problem := report.get('problem'):
        raise Trouble(f'serving {serving or "nothing"}: {problem}')
    return f'serving {serving}'
