"""Equilibrium propagation: equilibria, estimators and the bias of a finite nudge."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "activations": ["ACTIVATIONS", "Activation", "find_activation"],
        "bias_series": [
            "gradient_series",
            "mean_square_error",
            "optimal_nudge",
            "predicted_estimate",
        ],
        "equilibria": ["Equilibrium", "Oscillates", "equilibrium", "trajectory"],
        "estimators": ["Stencil", "estimate", "truncated_estimates"],
        "gradients": [
            "Gradient",
            "backpropagation_through_time",
            "hebbian",
            "implicit_gradient",
        ],
        "losses": ["SoftReadout", "SquaredError"],
        "networks": ["LayeredNetwork"],
        "power_series": ["equilibrium_series", "radius_of_convergence"],
    },
)
