"""The corpora share the symbols and short forms of `cases`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
