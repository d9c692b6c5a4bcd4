"""AWS's Signature Version 4 for what this server sends: POSTs of JSON without a query."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Credentials:
    access_key_id: str
    secret_access_key: str
    token: str
    expires: datetime

    def __repr__(self) -> str:
        # So that no trace ever shows the secret.
        return f'Credentials({self.access_key_id})'


def sign(
    url: str,
    headers: dict[str, str],
    body: bytes,
    *,
    region: str,
    service: str,
    credentials: Credentials,
    now: datetime,
) -> dict[str, str]:
    """Answers all headers of the request, signed. `now` is in UTC."""
    parts = urlsplit(url)
    stamp = now.strftime('%Y%m%dT%H%M%SZ')
    signed = {key.lower(): ' '.join(value.split()) for key, value in headers.items()}
    signed |= {'host': parts.netloc, 'x-amz-date': stamp}
    signed |= {'x-amz-security-token': credentials.token} if credentials.token else {}
    names = ';'.join(sorted(signed))
    request = '\n'.join(
        ['POST', parts.path or '/', '']
        + [f'{key}:{signed[key]}' for key in sorted(signed)]
        + ['', names, hashlib.sha256(body).hexdigest()]
    )
    scope = f'{stamp[:8]}/{region}/{service}/aws4_request'
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f'AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}'
    key = f'AWS4{credentials.secret_access_key}'.encode()
    for part in scope.split('/'):
        key = mac(key, part)
    signature = mac(key, text).hex()
    return signed | {
        'authorization': f'AWS4-HMAC-SHA256 Credential={credentials.access_key_id}/{scope}, '
        f'SignedHeaders={names}, Signature={signature}'
    }


def mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
