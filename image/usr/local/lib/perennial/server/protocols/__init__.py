"""The VPN protocols that this server can speak, by name. One more is a module beside these and a line below."""

from server.protocols.pptp import Pptp
from server.protocols.wireguard import WireGuard

PROTOCOLS = {protocol.name: protocol for protocol in (Pptp, WireGuard)}
