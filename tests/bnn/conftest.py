import sys
from pathlib import Path

# The plain reference implementations beside these tests are imported by name.
sys.path.insert(0, str(Path(__file__).parent))
