"""Names that moved to another package, still found at their old place, with a warning."""

from __future__ import annotations

import importlib
import warnings


def found_at(package: str, own, places: dict[str, str]):
    """Return a module's ``__getattr__`` that also finds names at their new place.

    Parameters
    ----------
    package : str
        The module's name.
    own : callable
        Its ``__getattr__`` so far.
    places : dict
        The module in which each moved name now is.
    """

    def __getattr__(name):
        if name not in places:
            return own(name)
        warnings.warn(
            f"{package}.{name} is now {places[name]}.{name}", DeprecationWarning, stacklevel=2
        )
        place = importlib.import_module(places[name])
        if hasattr(place, name):
            return getattr(place, name)
        return importlib.import_module(f"{places[name]}.{name}")  # a module itself

    return __getattr__
