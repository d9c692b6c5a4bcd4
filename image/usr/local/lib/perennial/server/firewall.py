"""The one table of nftables that is ours. Other tables of the machine are left alone."""

import re
from collections.abc import Sequence

from server import commands
from server.conf import Conf
from server.part import Part

TABLE = 'inet perennial'
# Of packets that this server sends in another's name.
MARK = 0x50455245

RULES = """\
add table {table}
delete table {table}
table {table} {{
  set clients {{ type ipv4_addr; flags interval; elements = {{ {nets} }} }}

  # What clients send through their tunnels: neither WireGuard's keepalives nor PPP's echoes.
  counter heard {{ }}

  # Nobody speaks in another's name, and no IPv6 passes.
  chain prerouting {{
    type filter hook prerouting priority raw
{own_names}
{heard}
  }}

  # What takes nobody in just now.
  set closed {{ type inet_service; flags timeout; }}

  # Of the server itself clients reach its echo, and nothing else.
  chain input {{
    type filter hook input priority filter
    iif lo accept
    tcp dport @closed tcp flags syn / syn,ack drop
{no_place}
{strangers}
    ip saddr @clients ct state established,related accept
    ip saddr @clients icmp type echo-request accept
    ip saddr @clients drop
  }}

  chain forward {{
    type filter hook forward priority filter
    tcp flags syn ip saddr @clients tcp option maxseg size set rt mtu
    tcp flags syn ip daddr @clients tcp option maxseg size set rt mtu
    # The instance metadata service, which knows the role's credentials, is link-local.
    # And that a client does not know a connection says nothing of another's.
    ip saddr @clients tcp flags & rst == rst ct state new drop
    ip saddr @clients ip daddr 169.254.0.0/16 drop
    ip saddr @clients ip daddr @clients {between}
    # Nobody opens a connection to a client.
    ip daddr @clients ct state new drop
  }}

  # What `nudges` asks leaves no record, which the answer would be taken for a part of.
  chain unrecorded {{
    type filter hook output priority raw
    meta mark {mark:#x} notrack
  }}

  # Only root's processes have business with the role's credentials.
  chain output {{
    type filter hook output priority filter
    ip daddr 169.254.169.254 meta skuid != 0 drop
    ip6 daddr fd00:ec2::254 meta skuid != 0 drop
  }}

  # Whatever the name of the interface towards the world.
  chain postrouting {{
    type nat hook postrouting priority srcnat
    ip saddr @clients ip daddr != @clients masquerade
  }}
}}
"""


# With every address given out pptpd accepts nobody, and lets whoever knocks wait until he gives up.
NO_PLACE = '    tcp dport 1723 ct state new ct count over {places} reject with tcp reset'

# A call of the server that had the address before. Told nothing, its client holds on to it, and pptp-linux makes each
# new call by it too, until TCP gives up: for a quarter of an hour.
FORMER_CALLS = '    tcp dport 1723 ct state new tcp flags & (syn | ack) != syn reject with tcp reset\n'

# A server that has just got another's address gets the packets of connections that it does not know yet. An answer,
# a reset above all, would end them; and what it took for its own could not become a client's. Taken up they are by
# the client's next packet. The two ports are DHCP's.
STRANGERS = """\
    ct state new meta l4proto tcp tcp flags & (syn | ack) != syn drop
    ct state new udp dport != {{ {ports}68, 546 }} drop"""

# A server that is left is gone within seconds; if it is not, it is open again.
CLOSED_SECONDS = 20


def to_rules(conf: Conf, parts: Sequence[Part], uplink: str) -> str:
    openings = [part.opening for part in parts]
    own_names = [
        f'    iifname "{o.interfaces}" meta nfproto ipv6 drop\n'
        f'    iifname "{o.interfaces}" ip saddr != {o.net} drop\n'
        # Of PPTP each client has an interface: whoever speaks by it must have the address that it leads to.
        f'    iifname "{o.interfaces}" fib saddr . iif oif missing drop'
        for o in openings
        # At home the way to the world may be a ppp of its own.
        if not uplink.startswith(o.interfaces.rstrip('*'))
    ]
    return RULES.format(
        table=TABLE,
        mark=MARK,
        nets=', '.join(str(o.net) for o in openings),
        own_names='\n'.join(own_names),
        heard='\n'.join(
            f'    iifname "{o.interfaces}" ip saddr {o.net} counter name heard' for o in openings
        ),
        no_place=NO_PLACE.format(places=conf.pptp_places) if 'pptp' in conf.protocols else '',
        strangers=to_strangers(conf),
        between='accept' if conf.clients_see_each_other else 'drop',
    )


def to_strangers(conf: Conf) -> str:
    """A machine at home has business of its own, and takes over from no other."""
    if conf.source == 'file':
        return ''
    port = f'{conf.wireguard_port}, ' if 'wireguard' in conf.protocols else ''
    return (FORMER_CALLS if 'pptp' in conf.protocols else '') + STRANGERS.format(ports=port)


def close(port: str) -> None:
    """Whoever asks for a connection there gets no answer, and asks again."""
    element = f'{{ {port} timeout {CLOSED_SECONDS}s }}'
    commands.run('nft', 'add', 'element', *TABLE.split(), 'closed', element)


def lay(conf: Conf, parts: Sequence[Part]) -> None:
    """All of it or nothing: nft replaces the table in one transaction."""
    commands.run('nft', '-f', '-', stdin=to_rules(conf, parts, to_uplink()))


def heard() -> int:
    """How many packets clients have sent since this was last laid."""
    said = commands.run('nft', 'list', 'counter', *TABLE.split(), 'heard')
    if found := re.search(r'packets (\d+)', said):
        return int(found[1])
    raise commands.Failed(f'nft does not tell how much was heard: {said}')


def lift() -> None:
    commands.run('nft', '-f', '-', stdin=f'add table {TABLE}\ndelete table {TABLE}\n')


def to_uplink() -> str:
    """The interface of the default route, or nothing while there is none."""
    with open('/proc/net/route', encoding='ascii') as file:
        rows = [line.split() for line in file][1:]
    return next((row[0] for row in rows if row[1] == '00000000' and row[7] == '00000000'), '')
