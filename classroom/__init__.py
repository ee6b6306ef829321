"""The lessons in class: exercises that check themselves, editions, plans and grading.

Public names
------------
check
    Compare an answer to an exercise with the stored one; say right, or give a hint.
mistake
    Declare a typical wrong answer, beside the solution, with its hint.
"""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__, submod_attrs={"checking": ["check", "mistake"]}
)
