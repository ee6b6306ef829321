"""Holomorphic equilibrium propagation: exact gradients from finite oscillations, and asymmetry.

`field` says what a Field is and fixes the sign of the nudge for the whole folder: a positive nudge
pulls towards the target. The papers' two conventions, and where they stand:

========================  ==========================  ==============================
work                      positive nudge              what is averaged
========================  ==========================  ==============================
Laborieux, Zenke 2022     towards the target          slopes of the nudged energy
Laborieux, Zenke 2024     away from it, -beta here    states; their error is minus the
                                                      derivative by the nudge here
========================  ==========================  ==============================
"""

import lazy_loader as lazy

from theory.moved import found_at

_own, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "asymmetry": [
            "SingularJacobian",
            "antisymmetric_part",
            "ascent_threshold",
            "backpropagated_error",
            "backward_weights",
            "cosine",
            "error_map",
            "error_series",
            "least_cosine",
            "least_euclidean_cosine",
            "nudged_error",
            "relative_asymmetry",
            "symmetric_part",
        ],
        "branch": [
            "BeyondBranchPoint",
            "BranchPoint",
            "branch_points",
            "contour_estimate",
            "exact_radius",
            "refine_branch_point",
            "round_trips",
            "stability_boundary",
            "step_radius",
        ],
        "clamped_network": ["ClampedNetwork"],
        "contour": [
            "Contour",
            "aliased",
            "aliasing_bound",
            "best_contour",
            "best_radius",
            "leading_best_radius",
            "points_needed",
            "predicted_error",
        ],
        "dynamics": [
            "OscillationRun",
            "best_number_of_points",
            "lagged_gradient",
            "lagged_residual",
            "noisy_estimates",
            "nudged_series",
            "oscillate",
            "product_variance",
            "relaxation_rate",
        ],
        "examples": [
            "LinearField",
            "deep_chain",
            "layer_cosines",
            "layer_slices",
            "stability_map",
            "toy_network",
        ],
        "field": ["Field", "NotHolomorphic"],
        "homeostasis": [
            "draw_variance",
            "gradient_noise_at_symmetry",
            "homeostatic_gradient",
            "homeostatic_loss",
            "sampled_gradient",
            "sampled_loss",
            "symmetry_measure",
            "weight_angle",
        ],
        "networks": ["FieldNetworks"],
        "pooling": ["PoolingNetworks", "soft_pools"],
        "published": [
            "PUBLISHED_RUNS",
            "PublishedRun",
            "TrainingRun",
            "TrainingSettings",
            "train_published",
        ],
        "relaxation": [
            "Relaxed",
            "contour_errors",
            "iterated_errors",
            "online_errors",
            "relax",
            "solved_errors",
        ],
        "training": ["train", "train_pooling"],
        "vector_field": ["VectorField"],
    },
)
__getattr__ = found_at(
    __name__, _own, dict.fromkeys(("activation_poles", "soft_clip"), "theory.ep.activations")
)
