"""Where things are on the server. Tests put another folder before all of it."""

_root = ''


def set_root(root: str) -> None:
    global _root
    _root = root.rstrip('/')


def at(path: str) -> str:
    return f'{_root}{path}'
