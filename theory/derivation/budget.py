"""A bound on the time of one symbolic attempt, so that no step keeps the reader waiting."""

import signal
import threading
import time


class Late(BaseException):
    """An attempt took too long; not an Exception, so that no library swallows it."""


def within(seconds, function, *arguments, **options):
    """Call a function; `Late` is raised where it takes longer.

    The clock is the interval timer of the main thread. In other threads, and where there are no
    signals (a browser), the call is not bounded.
    """
    possible = hasattr(signal, "setitimer")
    if not possible or threading.current_thread() is not threading.main_thread():
        return function(*arguments, **options)

    def ring(*_):
        raise Late

    began = time.monotonic()
    outer = signal.getitimer(signal.ITIMER_REAL)[0]
    if outer and outer <= seconds:
        return function(*arguments, **options)  # the clock that runs already rings earlier
    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        return function(*arguments, **options)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer:
            signal.setitimer(signal.ITIMER_REAL, max(outer - time.monotonic() + began, 1e-3))
