import sys
from pathlib import Path

import pytest

from theory.bnn.arrays import compiled

# The plain reference implementations beside these tests are imported by name.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def without_compiler(monkeypatch):
    """Compute as where numba is not installed."""
    monkeypatch.setitem(sys.modules, "theory.bnn.fused", None)
    compiled.cache_clear()
    yield
    compiled.cache_clear()
