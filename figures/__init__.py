"""Every figure of six works: the inventory, the kit that records one, and the figures themselves.

`figures.kit` is what a notebook imports. The other modules build, check and index the figures;
none of them knows any science.
"""

import sys

# jsonschema, which comes with nbformat, would load the grammar of international addresses, which no
# notebook needs: that takes longer than all the rest of what a builder imports.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
