"""Hidden weights of binarized networks as consolidation variables (Laborieux et al. 2021)."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "modulation": ["metaplastic_factor", "modulated_update"],
        "quadratic_task": ["HiddenWeightRun", "QuadraticTask", "simulate_hidden_weights"],
        "mean_field_theory": ["MeanField", "mean_field"],
    },
)
