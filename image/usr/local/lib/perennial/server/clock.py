"""Whether the clock is right. WireGuard and AWS's signatures need it to be."""

import ctypes
import time

# adjtimex(2) answers it while nobody has synchronised the clock.
TIME_ERROR = 5
# Larger than struct timex on every Linux.
TIMEX_BYTES = 512
# AWS tells its time in whole seconds, and that takes its way: a clock that was set right stays off by so much.
WRONG_SECONDS = 5
# Time for a server that has just booted to ask for the time.
BOOT_SECONDS = 300


def to_fault(skew_seconds: float) -> str | None:
    """`skew_seconds`: how far AWS's clock was ahead, if it has said so."""
    if abs(skew_seconds) > WRONG_SECONDS:
        way = 'behind' if skew_seconds > 0 else 'ahead of'
        return f"The clock is {abs(round(skew_seconds))} s {way} AWS's."
    booted = time.clock_gettime(time.CLOCK_BOOTTIME)
    if booted > BOOT_SECONDS and not is_synchronised():
        return 'The clock is not synchronised.'
    return None


def is_synchronised() -> bool:
    """By whichever daemon keeps the kernel's clock here."""
    # All zeros: modes = 0 asks and changes nothing.
    timex = ctypes.create_string_buffer(TIMEX_BYTES)
    return ctypes.CDLL(None, use_errno=True).adjtimex(timex) not in (-1, TIME_ERROR)
