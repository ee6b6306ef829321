import sys
from pathlib import Path

# The slow reference network stands with the tests of the networks.
sys.path.insert(0, str(Path(__file__).parents[2] / "bnn"))
