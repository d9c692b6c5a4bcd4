"""PPTP: Debian's pptpd and pppd, with MS-CHAPv2 and MPPE-128 and nothing weaker."""

import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from server import commands, files, firewall, pptp_control
from server.conf import Conf
from server.paths import at
from server.part import Opening, Session, Trouble, Wanted

# All in memory: a full disk hinders nothing, and an image of this server holds no user.
CONF_PATH = '/run/perennial/pptpd.conf'
# By this path a pppd is known to be ours.
OPTIONS_PATH = '/run/perennial/pptpd-options'
# pppd reads it at each login, by the link.
SECRETS_PATH = '/run/perennial/chap-secrets'
LINK_PATH = '/etc/ppp/chap-secrets'
# A file for each session, named by its pppd's process id; ip-up.d/perennial writes it.
SESSIONS_PATH = '/run/perennial/sessions'
# Users whose sessions must end; survives an agent that is killed between the new secrets and the ends.
ENDING_PATH = '/run/perennial/ending'

MISSES_MAX = 2

HEAD = '# Written by the Perennial agent.\n'

OPTIONS = """\
# Written by the Perennial agent from server.conf.
name pptpd

# MS-CHAPv2 and MPPE with 128 bits, or nothing.
refuse-eap
refuse-pap
refuse-chap
refuse-mschap
require-mschap-v2
require-mppe-128

{dns}
nodefaultroute
noipv6
lock
nobsdcomp
nodeflate
novj
novjccomp
nologfd

# 1400 and its headers fit into 1500, so packets are not fragmented.
mtu 1400
mru 1400

# A client that is gone is noticed after half a minute.
lcp-echo-interval 10
lcp-echo-failure 3
"""


class Pptp:
    name = 'pptp'
    follows = False

    def __init__(self, conf: Conf):
        self.conf = conf
        self.opening = Opening(conf.pptp_net, 'ppp*')
        # Greetings in a row without an answer. It is not taken to serve until it has answered one.
        self.misses = MISSES_MAX

    def configure(self) -> None:
        first, last = self.conf.pptp_clients
        conf = (
            '# Written by the Perennial agent from server.conf.\n'
            f'option {OPTIONS_PATH}\n'
            f'localip {self.conf.pptp_address}\n'
            f'remoteip {first}-{last.packed[3]}\n'
            f'connections {self.conf.pptp_places}\n'
        )
        options = OPTIONS.format(dns=''.join(f'ms-dns {server}\n' for server in self.conf.dns))
        changed = [
            files.write(at(CONF_PATH), conf, 0o644),
            files.write(at(OPTIONS_PATH), options, 0o644),
        ]
        # A restart ends every session: only for a reason.
        try:
            commands.run('systemctl', 'restart' if any(changed) else 'start', 'pptpd.service')
        except commands.Failed:
            # The next try restarts it too.
            files.remove(at(CONF_PATH))
            raise

    def apply(self, wanted: Wanted) -> None:
        lines = {name: to_line(name, s.password) for name, s in wanted.secrets.items()}
        known = to_known(files.read(at(SECRETS_PATH)) or '')
        changed = {name for name, line in known.items() if lines.get(name) != line}
        stale = changed | set(json.loads(files.read(at(ENDING_PATH)) or '[]'))
        if stale:
            files.write(at(ENDING_PATH), json.dumps(sorted(stale)))
        files.write(at(SECRETS_PATH), ''.join([HEAD, *lines.values()]))
        for pid in to_pids():
            record = to_record(pid)
            # One without a record is still in its handshake, and may go by an old secret.
            if record is None and stale or record and (record.user in stale or record.user not in lines):
                terminate(pid)
        files.remove(at(ENDING_PATH))

    def trouble(self, thorough: bool) -> str | None:
        try:
            see_kernel()
            in_use = pptp_control.knock()
        except Trouble as trouble:
            self.misses = MISSES_MAX
            return str(trouble)
        # With every address given out pptpd accepts nobody, and is well.
        if in_use >= self.conf.pptp_places or not (thorough or self.misses):
            return None
        return self.greet()

    def greet(self) -> str | None:
        """Under load one answer may be late: only two in a row are trouble, or the first of all."""
        try:
            pptp_control.greet()
        except Trouble as trouble:
            self.misses += 1
            return str(trouble) if self.misses >= MISSES_MAX else None
        self.misses = 0
        return None

    def questions(self) -> dict[str, Callable[[], str]]:
        return {'pptp kernel': see_kernel, 'pptp answers': greet, 'pptp secrets': see_secrets}

    def sessions(self) -> Sequence[Session]:
        pids = set(to_pids())
        forget_others(pids)
        return [
            Session(record.user, self.name, record.since, record.since, to_bytes(record.interface))
            for record in map(to_record, pids)
            if record
        ]

    def dismiss(self) -> None:
        """Ended cleanly, clients dial again at once; cut off, they wait for echoes. Who dials now waits for the other."""
        firewall.close('1723')
        for pid in to_pids():
            terminate(pid)

    def leave(self) -> None:
        # Nothing reaches a client any more, but their sessions are over.
        for pid in to_pids():
            terminate(pid)

    def stop(self) -> None:
        # Since this boot it has been started only after this was written.
        if os.path.exists(at(CONF_PATH)):
            commands.run('systemctl', 'stop', 'pptpd.service')
            files.remove(at(SECRETS_PATH))
            files.remove(at(CONF_PATH))


def see_kernel() -> str:
    release = os.uname().release
    # Debian's cloud kernel has no PPP at all.
    if not os.path.exists(at('/sys/module/ppp_mppe')):
        raise Trouble(f'the kernel {release} has no ppp_mppe loaded')
    return f'the kernel {release} has ppp_mppe'


def greet() -> str:
    pptp_control.greet()
    return 'pptpd answers a Start-Control-Connection-Request'


def see_secrets() -> str:
    link = at(LINK_PATH)
    if not os.path.islink(link) or os.readlink(link) != SECRETS_PATH:
        raise Trouble(f'{LINK_PATH} is not a link to {SECRETS_PATH}')
    mode = os.stat(link).st_mode & 0o777
    if mode != 0o600:
        raise Trouble(f'{SECRETS_PATH} has mode {mode:o}')
    return 'only root can read them'


def to_line(user: str, password: str) -> str:
    """As pppd reads it: in double quotes, where only the backslash and the quote itself are special."""
    quoted = password.replace('\\', '\\\\').replace('"', '\\"')
    return f'"{user}" pptpd "{quoted}" *\n'


def to_known(text: str) -> dict[str, str]:
    """The users' lines that the agent wrote, by name."""
    lines = text.removeprefix(HEAD).splitlines(keepends=True) if text.startswith(HEAD) else []
    return {line.split('"')[1]: line for line in lines if line.count('"') >= 4}


def to_pids() -> Iterator[int]:
    """The pppds that pptpd has started, and no other's."""
    for entry in os.listdir('/proc'):
        if not entry.isdigit():
            continue
        try:
            with open(f'/proc/{entry}/cmdline', 'rb') as file:
                words = file.read().split(b'\0')
        except OSError:
            # It has just ended.
            continue
        if words[0].endswith(b'pppd') and OPTIONS_PATH.encode() in words:
            yield int(entry)


@dataclass(frozen=True)
class Record:
    user: str
    interface: str
    since: float


def to_record(pid: int) -> Record | None:
    path = at(f'{SESSIONS_PATH}/{pid}')
    try:
        user, interface = (files.read(path) or '').split()
        return Record(user, interface, os.stat(path).st_mtime)
    except (ValueError, FileNotFoundError):
        return None


def forget_others(pids: set[int]) -> None:
    """A pppd that was killed has left its record, which must not become that of another with its number."""
    folder = at(SESSIONS_PATH)
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        if name.isdigit() and int(name) not in pids:
            files.remove(f'{folder}/{name}')


def to_bytes(interface: str) -> int:
    counts = (files.read(at(f'/sys/class/net/{interface}/statistics/{way}_bytes')) for way in ('rx', 'tx'))
    return sum(int(count or 0) for count in counts)


def terminate(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        pass
