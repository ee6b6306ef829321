"""Equilibrium propagation: equilibria, estimators and the bias of a finite nudge."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "agnostic": ["agnostic_step"],
        "activations": [
            "ACTIVATIONS",
            "Activation",
            "activation_poles",
            "find_activation",
            "soft_clip",
        ],
        "bias_series": [
            "gradient_series",
            "linear_pieces",
            "mean_square_error",
            "optimal_nudge",
            "predicted_estimate",
        ],
        "continual": ["continual_update", "descend_in_phase"],
        "coupled": ["CoupledNetwork", "energy", "least_energy"],
        "convolution": ["ConvolutionalNetwork"],
        "convolutional_estimates": [
            "backpropagated_estimates",
            "convolutional_estimate",
            "running_estimates",
        ],
        "convolutional_training": ["train_convolutional"],
        "ensemble": ["Ensemble", "one_hot"],
        "equilibria": ["Equilibrium", "Oscillates", "equilibrium", "trajectory"],
        "estimators": ["Stencil", "bias", "estimate", "readout_gradient", "truncated_estimates"],
        "full_size": ["PUBLISHED_SETTINGS", "FullSizeSettings", "train_full_size"],
        "gradients": [
            "Gradient",
            "backpropagation_through_time",
            "hebbian",
            "implicit_gradient",
            "sample_products",
        ],
        "held_outputs": ["coupled_direction", "coupled_estimate", "held_states"],
        "learning_rules": ["gradient_estimate"],
        "losses": ["BinaryCrossEntropy", "Loss", "SoftReadout", "SquaredError"],
        "networks": ["LayeredNetwork"],
        "optimal_stencil": ["best_stencil", "best_weights", "order", "order_nodes"],
        "outside_nudge": ["increments", "nudged_path", "state_errors"],
        "power_series": ["equilibrium_series", "radius_of_convergence"],
        "surrogate": [
            "linear_response",
            "linear_surrogate",
            "loss_along",
            "output_compliance",
            "pole",
            "surrogate_loss",
        ],
        "training": ["TrainingRun", "TrainingSettings", "train", "with_label_noise"],
        "two_units": ["TwoUnitRun", "collapse_steps", "simulate_two_units"],
        "vector_field": [
            "asymmetry_factor",
            "corrected_equilibrium",
            "corrected_estimate",
            "true_errors",
            "vector_field_errors",
            "vector_field_estimate",
        ],
    },
)
