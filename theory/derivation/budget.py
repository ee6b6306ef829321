"""A bound on the time of one symbolic attempt, so that no step keeps the reader waiting."""

import signal
import threading
import time

AGAIN = 0.2


class Late(BaseException):
    """An attempt took too long; not an Exception, so that no library swallows it."""


def within(seconds, function, *arguments, **options):
    """Call a function; `Late` is raised where it takes longer.

    The clock counts the time in which this process computes, so that a busy machine proves no less,
    and it is that of the main thread. In other threads, and where there are no
    signals (a browser), the call is not bounded.
    """
    possible = hasattr(signal, "setitimer")
    if not possible or threading.current_thread() is not threading.main_thread():
        return function(*arguments, **options)

    def ring(*_):
        raise Late

    began = time.process_time()
    outer = signal.getitimer(signal.ITIMER_VIRTUAL)[0]
    if outer and outer <= seconds:
        return function(*arguments, **options)  # the clock that runs already rings earlier
    before = signal.signal(signal.SIGVTALRM, ring)
    try:
        # It rings on, in case an inner call took the first ring for its own.
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN)
        return function(*arguments, **options)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        if outer:
            signal.setitimer(
                signal.ITIMER_VIRTUAL, max(outer - time.process_time() + began, 1e-3), AGAIN
            )
