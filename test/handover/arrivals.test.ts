/** What the kernel lets through to the agent: the data of clients that are not known yet, and nothing else. */
import { expect, test } from 'vitest';
import { askPython } from '../image/python.ts';

const script = `
import socket
from server.arrivals import KNOWN_MAX, Arrivals, data_for, to_sender

def speak(to, first):
    mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    mouth.bind(('127.0.0.1', 0))
    mouths.append(mouth)
    name = f'127.0.0.1:{mouth.getsockname()[1]}'
    said.append((mouth, bytes([first]) + bytes(40), to))
    return name

mouths, said = [], []
ears = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
for ear in ears:
    ear.bind(('127.0.0.1', 0))
port, other = (ear.getsockname() for ear in ears)
known = [speak(port, 4) for _ in range(3)]
strangers = [speak(port, 4) for _ in range(3)]
shaking, elsewhere = speak(port, 1), speak(other, 4)
many = [*known, *(f'198.51.100.7:{n + 1}' for n in range(2 * KNOWN_MAX)), '[2001:db8::1]:7']

def hear(arrivals):
    for mouth, packet, to in said:
        mouth.sendto(packet, to)
    return [to_sender(packet) for packet in arrivals.read()]

arrivals = Arrivals(data_for(port[1]))
all_of_them = hear(arrivals)
arrivals.admit(data_for(port[1], many))
answer = {
    'known': known, 'strangers': strangers, 'before': all_of_them, 'after': hear(arrivals),
    'alike': sum(hear(arrivals) == strangers for _ in range(20)),
}
`;

test('data to the port, and once somebody is known, that of others', () => {
  const { known, strangers, before, after, alike } = askPython<{
    known: string[];
    strangers: string[];
    before: string[];
    after: string[];
    alike: number;
  }>(script, null);
  expect(before).toEqual([...known, ...strangers]);
  expect(after).toEqual(strangers);
  expect(alike).toBe(20);
});
