"""Every figure of six works: the inventory, the kit that records one, and the figures themselves.

`figures.kit` is what a notebook imports. The other modules build, check and index the figures;
none of them knows any science.
"""
