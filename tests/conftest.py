"""Settings of every test process."""

import os

# Test processes run side by side: one thread of linear algebra each, before NumPy is loaded.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
