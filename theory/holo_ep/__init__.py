"""Holomorphic equilibrium propagation: exact gradients from finite oscillations, and asymmetry."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "asymmetry": [
            "antisymmetric_part",
            "backpropagated_error",
            "cosine",
            "error_map",
            "error_series",
            "least_cosine",
            "nudged_error",
            "relative_asymmetry",
            "symmetric_part",
        ],
        "error_vectors": ["contour_errors", "iterated_errors", "online_errors", "solved_errors"],
        "field_networks": ["FieldNetworks"],
        "field_relaxation": ["Relaxed", "relax"],
        "field_training": ["FieldRun", "FieldSettings", "train_fields"],
        "homeostasis": [
            "draw_variance",
            "homeostatic_gradient",
            "homeostatic_loss",
            "sampled_gradient",
            "sampled_loss",
        ],
        "linear_field": ["LinearField", "convergence_radius", "predicted_contour_estimate"],
        "symmetry": ["symmetry_measure", "weight_angle", "weights_at_angle"],
    },
)
