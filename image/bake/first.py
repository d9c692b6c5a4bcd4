#!/usr/bin/python3 -IB
# What cloud-init runs on a stock Debian that is to become the image: fetches the folder image/, and hands over to it.
# It is the builder's user data: scripts/bundle/image.ts and shared/bake/pack.ts put in what is missing here.
import base64
import gzip
import hashlib
import json
import os
import subprocess
import sys

SETTINGS = json.loads(r'''SETTINGS_HERE''')
# The agent's modules that ask Parameter Store.
MODULES = 'MODULES_HERE'
HOME = '/var/lib/perennial-bake'
# Whatever may go wrong, and nobody may look: then it costs its disk only.
MINUTES_MAX = 40


def main():
    os.umask(0o022)
    subprocess.run(['shutdown', '-P', f'+{MINUTES_MAX}'])
    unpack(base64.b64decode(MODULES), f'{HOME}/first')
    sys.path.insert(0, f'{HOME}/first')
    from server.imds import Imds
    from server.store import Store

    imds = Imds(SETTINGS.get('imds', 'http://169.254.169.254'))
    store = Store(SETTINGS['region'], SETTINGS.get('endpoint_ssm', ''), imds.credentials)
    parts = sorted(store.under(SETTINGS['parts']), key=lambda part: part.name)
    packed = base64.b64decode(''.join(part.value for part in parts))
    if hashlib.sha256(packed).hexdigest() != SETTINGS['sum']:
        word = {'good': False, 'sentence': 'The parts of image/ are of another bake; bake again.'}
        store.put(f'{SETTINGS["words"]}/{imds.instance_id()}', json.dumps(word))
        subprocess.run(['shutdown', '-P', 'now'])
        sys.exit(1)
    unpack(packed, f'{HOME}/image')
    with open(f'{HOME}/settings.json', 'w') as file:
        json.dump(SETTINGS, file)
    bake = f'{HOME}/image/bake/bake'
    os.execv(bake, [bake, 'lay'])


def unpack(packed, folder):
    for path, (mode, text) in json.loads(gzip.decompress(packed)).items():
        os.makedirs(os.path.dirname(f'{folder}/{path}'), exist_ok=True)
        with open(f'{folder}/{path}', 'w', encoding='utf-8') as file:
            file.write(text)
        os.chmod(f'{folder}/{path}', mode)


main()
