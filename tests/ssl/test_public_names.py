"""What `theory.ssl` exports is there and says what it is."""

import importlib
import inspect
import pkgutil

import pytest

import theory.ssl

MODULES = [found.name for found in pkgutil.iter_modules(theory.ssl.__path__) if not found.ispkg]


def test_every_name_is_there_and_says_what_it_is():
    for name in theory.ssl.__all__:
        found = getattr(theory.ssl, name)
        assert not callable(found) or inspect.getdoc(found), name


@pytest.mark.parametrize("name", MODULES)
def test_public_functions_are_exported(name):
    module = importlib.import_module(f"theory.ssl.{name}")
    internal = {"check_", "rate_function", "integrate", "_unchecked", "as_predictor",
                "checked_predictor", "eigenvector_alignment", "prediction_loss"}  # fmt: skip
    for function, found in inspect.getmembers(module, inspect.isfunction):
        own = found.__module__ == module.__name__ and not function.startswith("_")
        if own and not any(word in function for word in internal):
            assert function in theory.ssl.__all__, function


def test_two_views_have_the_noise_of_the_published_simulations_unless_told():
    """The first view is the clean input, the second has a noise of 0.1."""
    found = {}
    for name in theory.ssl.__all__:
        function = getattr(theory.ssl, name)
        noise = callable(function) and inspect.signature(function).parameters.get("noise")
        if noise and isinstance(noise.default, tuple):
            found[name] = noise.default
    assert len(found) > 10 and set(found.values()) == {(0.0, 0.1)}
