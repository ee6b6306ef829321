"""The experiments at the papers' own size: what there is, what it costs, how it is run and kept."""
