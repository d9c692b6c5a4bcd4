"""
Plays one server's handover in its own time, by what `asked` says: who it is, who is let in, and what happens when.
Answers what it did: when, what, and with what.
"""

import ipaddress
import struct

from server import greeting, handover, nudges
from server.conf import Conf
from server.others import Move, Other
from server.part import Session
from server.protocols.pptp import Pptp
from server.protocols.wireguard import WireGuard
from server.users import Secret

ME = 'i-me'
STEP_SECONDS = 0.05
EPOCH = 1_800_000_000


class Time:
    def __init__(self):
        self.elapsed = 0.0

    def monotonic(self):
        return self.elapsed

    def time(self):
        return EPOCH + self.elapsed


clock = Time()
world = {'address': None, 'move': None, 'others': [], 'met': {}, 'people': 0, 'out': [], 'doomed': False}
heard = []
done = []


def note(deed, *details):
    done.append([round(clock.elapsed, 2), deed, *details])


def reach(service):
    note(f'asks {service}')
    if service in world['out']:
        raise OSError(f'{service} is out')


class Source:
    def identity(self):
        return ME

    def address(self):
        reach('metadata')
        return world['address']

    def others(self):
        reach('others')
        return [
            Other(
                o['id'],
                EPOCH + o['at'],
                o.get('clock'),
                o['endpoints'],
                EPOCH + o['takenAt'] if 'takenAt' in o else None,
                o.get('serves', False),
            )
            for o in world['others']
        ]

    def move(self):
        reach('move')
        found = world['move']
        return found and Move(found['address'], found['from'], found['to'], EPOCH + found['at'])

    def now(self):
        return clock.time()


class Peers(WireGuard):
    def __init__(self, conf):
        self.secrets = {user: Secret('x', public_key=user, address='10.40.2.2') for user in asked['users']}

    def greet(self, endpoints, again):
        note('greets', endpoints, again)

    def met(self):
        return dict(world['met'])

    def relax(self):
        note('relaxes')

    def leave(self):
        note('leaves')

    def sessions(self):
        return []


class Callers(Pptp):
    def sessions(self):
        return [Session('ann', 'pptp', 0, 0, 0)] * world['people']

    def dismiss(self):
        note('dismisses')

    def leave(self):
        note('hangs up')


class Ears:
    socket = None

    def __init__(self, program):
        note('listens')

    def read(self):
        packets = [to_packet(sender) for sender in heard]
        heard.clear()
        return packets

    def admit(self, program):
        note('ignores', (len(program) - 11) // 5)

    def close(self):
        note('listens no more')


def to_packet(sender):
    address, port = sender.split(':')
    return bytes([0x45, *[0] * 11, *ipaddress.IPv4Address(address).packed, *[0] * 4]) + struct.pack(
        '!HHHHI', int(port), 51820, 0, 0, 4
    )


class Nudges:
    def ask(self, clients):
        pass

    def close(self):
        note('asks about no connection')


for module in (handover, greeting, nudges):
    module.time = clock
handover.Arrivals, handover.Nudges = Ears, Nudges

conf = Conf('home', 'us-east-1', ('pptp', 'wireguard'))


def start():
    return handover.Handover(conf, Source(), [Peers(conf), Callers(conf)])


agent = start()
events = sorted(asked['events'], key=lambda event: event['at'])
for step in range(round(asked['seconds'] / STEP_SECONDS)):
    clock.elapsed = round(step * STEP_SECONDS, 2)
    while events and events[0]['at'] <= clock.elapsed:
        event = events.pop(0)
        heard.extend(event.pop('packets', []))
        if event.pop('restart', False):
            agent = start()
        world.update(event)
    try:
        agent.step(world['doomed'])
    except OSError as fault:
        note('fails', str(fault))

answer = {'done': done, 'result': agent.result}
