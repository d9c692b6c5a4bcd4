"""Files that are never half written, and never readable by others on the way."""

import os


def write(path: str, text: str, mode: int = 0o600) -> bool:
    """Whether it changed. Written beside and renamed: whoever reads it sees the old file or the new one."""
    if read(path) == text and os.stat(path).st_mode & 0o777 == mode:
        return False
    beside = f'{path}.new'
    remove(beside)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with open(os.open(beside, flags, 0o600), 'w', encoding='utf-8') as file:
        file.write(text)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())
    os.rename(beside, path)
    sync_folder(os.path.dirname(path))
    return True


def read(path: str) -> str | None:
    try:
        with open(path, encoding='utf-8') as file:
            return file.read()
    except FileNotFoundError:
        return None


def remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def sync_folder(path: str) -> None:
    """A rename is on the disk once its folder is."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
