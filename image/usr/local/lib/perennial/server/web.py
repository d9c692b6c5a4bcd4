"""HTTP as this server needs it: one request, a bound on the time, no proxy, and every failure of one kind."""

import functools
import http.client
import ssl
import time
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

# Far above any answer of Parameter Store or IMDS.
ANSWER_BYTES_MAX = 1024 * 1024
# A connection by TLS is used again for so long: to open one costs many times what a question does, and while something
# is about to happen there are five in a second.
KEPT_SECONDS = 3
FAULTS = (OSError, http.client.HTTPException)

# By host, with the time of its last use.
kept: dict[str, tuple[http.client.HTTPConnection, float]] = {}


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
    if used := take(parts.netloc):
        try:
            return talk(used, parts, method, headers, body)
        except FAULTS:
            # The other side may end it at any time: a new one tells what is really wrong.
            pass
    try:
        return talk(reach(parts, timeout_seconds), parts, method, headers, body)
    except FAULTS as fault:
        raise Unreachable(f'{parts.hostname}: {fault or type(fault).__name__}') from None


def take(host: str) -> http.client.HTTPConnection | None:
    connection, used_at = kept.pop(host, (None, 0.0))
    if connection and time.monotonic() - used_at < KEPT_SECONDS:
        return connection
    if connection:
        connection.close()
    return None


def reach(parts: SplitResult, timeout_seconds: float) -> http.client.HTTPConnection:
    if parts.scheme == 'https':
        return http.client.HTTPSConnection(
            parts.netloc, timeout=timeout_seconds, context=to_context()
        )
    return http.client.HTTPConnection(parts.netloc, timeout=timeout_seconds)


def talk(
    connection: http.client.HTTPConnection,
    parts: SplitResult,
    method: str,
    headers: dict[str, str],
    body: bytes,
) -> Answer:
    is_kept = False
    try:
        connection.request(method, parts.path or '/', body, headers)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read(ANSWER_BYTES_MAX))
        is_kept = parts.scheme == 'https' and response.isclosed() and not response.will_close
        return answer
    finally:
        if is_kept:
            kept[parts.netloc] = (connection, time.monotonic())
        else:
            connection.close()
