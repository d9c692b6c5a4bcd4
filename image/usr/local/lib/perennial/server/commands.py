"""Runs the system's own commands, and says in one sentence which of them failed, and why."""

import subprocess

TIMEOUT_SECONDS = 20


class Failed(Exception):
    """A command failed. Secrets go in by standard input only, so its arguments may be shown."""


def run(*command: str, stdin: str = '') -> str:
    try:
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, timeout=TIMEOUT_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise Failed(f'{" ".join(command)}: no end after {TIMEOUT_SECONDS} s') from None
    except OSError as fault:
        raise Failed(f'{command[0]}: {fault.strerror}') from None
    if done.returncode:
        said = ' '.join(done.stderr.split()) or f'exit code {done.returncode}'
        raise Failed(f'{" ".join(command)}: {said}')
    return done.stdout
