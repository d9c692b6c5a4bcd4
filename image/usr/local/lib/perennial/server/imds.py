"""The instance metadata service, version 2: who this instance is, its role's credentials, and AWS's notices."""

import json
import time
from datetime import UTC, datetime, timedelta

from server import web
from server.sigv4 import Credentials

TOKEN_SECONDS = 21_600
# It is on the same host: what takes longer does not come.
TIMEOUT_SECONDS = 2
# New credentials are there five minutes before the old ones end.
RENEW_BEFORE = timedelta(minutes=5)


class Imds:
    def __init__(self, url: str):
        self.url = url
        self.token = ''
        self.token_ends = 0.0
        self.known: Credentials | None = None

    def instance_id(self) -> str:
        return self.must('instance-id').decode()

    def address(self) -> str | None:
        """The public address by which the world knows this instance, or None while it has none."""
        found = self.get('public-ipv4')
        return found.decode().strip() if found else None

    def credentials(self) -> Credentials:
        if self.known and datetime.now(UTC) < self.known.expires - RENEW_BEFORE:
            return self.known
        role = self.must('iam/security-credentials/').decode().split('\n')[0]
        answer = self.read(f'iam/security-credentials/{role}') or {}
        try:
            self.known = Credentials(
                access_key_id=answer['AccessKeyId'],
                secret_access_key=answer['SecretAccessKey'],
                token=answer['Token'],
                expires=datetime.fromisoformat(answer['Expiration']),
            )
        except (KeyError, ValueError):
            code = answer.get('Code')
            raise web.Unreachable(f"IMDS has no credentials of the role: {code}") from None
        return self.known

    def notice(self) -> str | None:
        """When AWS takes this instance, or None while it does not."""
        found = self.read('spot/instance-action')
        return found and found.get('time')

    def rebalance(self) -> str | None:
        """When AWS recommended to leave, or None."""
        found = self.read('events/recommendations/rebalance')
        return found and found.get('noticeTime')

    def read(self, path: str) -> dict | None:
        found = self.get(path)
        try:
            return json.loads(found) if found else None
        except ValueError:
            raise web.Unreachable(f'IMDS answers what is not JSON for {path}') from None

    def must(self, path: str) -> bytes:
        found = self.get(path)
        if not found:
            raise web.Unreachable(f'IMDS has no {path}')
        return found

    def get(self, path: str) -> bytes | None:
        answer = self.ask(path)
        if answer.status == 401:
            # The token has ended before its time.
            self.token_ends = 0
            answer = self.ask(path)
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise web.Unreachable(f'IMDS answers {answer.status} for {path}')
        return answer.body

    def ask(self, path: str) -> web.Answer:
        headers = {'X-aws-ec2-metadata-token': self.fresh_token()}
        url = f'{self.url}/latest/meta-data/{path}'
        return web.ask('GET', url, headers, timeout_seconds=TIMEOUT_SECONDS)

    def fresh_token(self) -> str:
        if time.monotonic() >= self.token_ends:
            headers = {'X-aws-ec2-metadata-token-ttl-seconds': str(TOKEN_SECONDS)}
            url = f'{self.url}/latest/api/token'
            answer = web.ask('PUT', url, headers, timeout_seconds=TIMEOUT_SECONDS)
            if answer.status != 200:
                raise web.Unreachable(f'IMDS answers {answer.status} for a token')
            self.token = answer.body.decode()
            self.token_ends = time.monotonic() + TOKEN_SECONDS / 2
        return self.token
