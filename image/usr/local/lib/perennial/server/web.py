"""HTTP as this server needs it: one request, a bound on the time, no proxy, and every failure of one kind."""

import functools
import http.client
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

# Far above any answer of Parameter Store or IMDS.
ANSWER_BYTES_MAX = 1024 * 1024


@functools.cache
def to_context() -> ssl.SSLContext:
    """Reading the authorities' certificates takes longer than a request."""
    return ssl.create_default_context()


class Unreachable(Exception):
    """No answer: says from where, and why."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def ask(
    method: str, url: str, headers: dict[str, str], body: bytes = b'', timeout_seconds: float = 5
) -> Answer:
    parts = urlsplit(url)
    if parts.scheme == 'https':
        connection = http.client.HTTPSConnection(
            parts.netloc, timeout=timeout_seconds, context=to_context()
        )
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=timeout_seconds)
    try:
        connection.request(method, parts.path or '/', body, headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read(ANSWER_BYTES_MAX))
    except (OSError, http.client.HTTPException) as fault:
        raise Unreachable(f'{parts.hostname}: {fault or type(fault).__name__}') from None
    finally:
        connection.close()
