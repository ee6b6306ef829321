"""The tests of the site share the browser with those of JupyterLab."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))  # `browser` is imported by name
