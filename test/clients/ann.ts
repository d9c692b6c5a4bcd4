/** The user of all examples, as if she had just been made; her keys are those of WireGuard's own examples. */
import type { ProfileContext } from '../../shared/users/profiles.ts';
import type { Shown } from '../../shared/users/shown.ts';

export const ann: Shown = {
  user: 'ann',
  version: 1,
  password: 'k7mq-x2np-4hfd-w8tc-j5sv-b3ya',
  wireguard: {
    privateKey: 'yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=',
    presharedKey: '/UwcSPg38hW/D9Y3tcS1FOV0K1wuURMbS0sesJEP5ak=',
    address: '10.40.2.7',
    serverPublicKey: 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=',
  },
};

export const home: ProfileContext = {
  vpn: 'home',
  name: 'vpn.example.org',
  dns: ['8.8.8.8', '8.8.4.4'],
  protocols: ['wireguard', 'pptp'],
};
