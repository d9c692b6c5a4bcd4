"""Parameter Store, asked in its own protocol: JSON by POST, signed with the role's credentials."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from server import web
from server.sigv4 import Credentials, sign

# AWS refuses what was signed more than five minutes off its own time.
SKEW_SECONDS_MAX = 240


class Refused(Exception):
    """AWS answered, and refused."""

    def __init__(self, operation: str, code: str, message: str):
        super().__init__(f'Parameter Store refuses {operation}: {code} {message}'.rstrip())
        self.code = code


@dataclass(frozen=True)
class Parameter:
    name: str
    version: int
    value: str
    # When it was written, epoch seconds by Parameter Store's clock.
    at: float

    def __repr__(self) -> str:
        return f'Parameter({self.name}:{self.version})'


class Store:
    def __init__(self, region: str, endpoint: str, credentials: Callable[[], Credentials]):
        suffix = 'amazonaws.com.cn' if region.startswith('cn-') else 'amazonaws.com'
        self.region = region
        self.url = endpoint or f'https://ssm.{region}.{suffix}'
        self.credentials = credentials
        # How far AWS's clock is ahead of this machine's, once AWS has said so.
        self.skew = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.skew

    def under(self, path: str) -> list[Parameter]:
        """All parameters right under the path, decrypted."""
        found: list[Parameter] = []
        token = {}
        while True:
            asked = {'Path': path, 'WithDecryption': True, 'MaxResults': 10} | token
            page = self.call('GetParametersByPath', asked)
            found += [to_parameter(item) for item in page['Parameters']]
            if not page.get('NextToken'):
                return found
            token = {'NextToken': page['NextToken']}

    def get(self, name: str) -> Parameter:
        """A name may end in `:version`."""
        answer = self.call('GetParameter', {'Name': name, 'WithDecryption': True})
        return to_parameter(answer['Parameter'])

    def put(self, name: str, value: str) -> None:
        self.call(
            'PutParameter', {'Name': name, 'Value': value, 'Type': 'String', 'Overwrite': True}
        )

    def call(self, operation: str, asked: dict) -> dict:
        answer = self.send(operation, asked)
        if answer.status != 200 and self.learns_skew(answer):
            answer = self.send(operation, asked)
        if answer.status != 200:
            raise to_refused(operation, answer)
        try:
            return json.loads(answer.body)
        except ValueError:
            raise web.Unreachable(f'Parameter Store answers what is not JSON to {operation}') from None

    def send(self, operation: str, asked: dict) -> web.Answer:
        body = json.dumps(asked).encode()
        headers = {
            'Content-Type': 'application/x-amz-json-1.1',
            'X-Amz-Target': f'AmazonSSM.{operation}',
        }
        signed = sign(
            self.url,
            headers,
            body,
            region=self.region,
            service='ssm',
            credentials=self.credentials(),
            now=self.now(),
        )
        return web.ask('POST', self.url, signed, body)

    def learns_skew(self, answer: web.Answer) -> bool:
        """Whether it was refused for this machine's wrong clock, which AWS's answer tells."""
        try:
            theirs = parsedate_to_datetime(answer.headers['Date'])
        except (TypeError, ValueError):
            return False
        off = theirs - self.now()
        if abs(off.total_seconds()) <= SKEW_SECONDS_MAX:
            return False
        self.skew += off
        return True


def to_parameter(item: dict) -> Parameter:
    return Parameter(item['Name'], item['Version'], item['Value'], item['LastModifiedDate'])


def to_refused(operation: str, answer: web.Answer) -> Refused:
    try:
        body = json.loads(answer.body)
        code, message = body['__type'], body.get('message') or body.get('Message') or ''
    except (ValueError, KeyError, TypeError):
        return Refused(operation, str(answer.status), '')
    return Refused(operation, code.rpartition('#')[2], message)
