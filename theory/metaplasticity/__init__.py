"""Hidden weights of binarized networks as consolidation variables (Laborieux et al. 2021)."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "modulation": ["metaplastic_factor", "modulated_update"],
        "quadratic_task": ["HiddenWeightRun", "QuadraticTask", "simulate_hidden_weights"],
        "mean_field_theory": ["MeanField", "mean_field"],
        "polarised_mean_field": [
            "MetaplasticMeanField",
            "metaplastic_mean_field",
            "rectified",
        ],
        "boundedness": ["averaging_error_bound", "hidden_weight_bound", "lyapunov_value"],
        "sign_fluctuations": ["Fluctuations", "fluctuations"],
        "rotation": [
            "polarised_mean",
            "rotation_interval",
            "rotation_orbit",
            "simulate_scalar_weights",
        ],
        "locking": ["Plateau", "locking_plateau", "renormalised_map", "rotation_range"],
        "optimum_laws": ["DiscreteOptimum", "NormalOptimum", "UniformOptimum"],
        "spectra": ["EmpiricalSpectrum", "GaussianSpectrum", "UniformSpectrum"],
        "random_hessian": [
            "RandomHessianMeanField",
            "random_hessian_mean_field",
            "spectral_mean_field",
        ],
        "forgetting_laws": [
            "Exponential",
            "HardThreshold",
            "OwnLaw",
            "PowerTail",
            "SechSquared",
            "as_law",
        ],
        "consolidation": [
            "consolidation_gain",
            "flip_time",
            "forgetting_front",
            "passive_decay_time",
            "pulled",
            "transported_density",
        ],
        "power_law_sizes": ["PowerLawSizes"],
        "bayesian_reading": ["belief_mean", "leftover", "symmetric_update"],
        "flip_counts": ["simulate_flip_time"],
        "two_tasks": [
            "TwoTaskRun",
            "TwoTasks",
            "acquisition",
            "kept_fraction",
            "retention",
            "simulate_two_tasks",
        ],
        "ratchet": [
            "diffusion_flip_probability",
            "flip_probability",
            "ratchet_drift",
            "simulate_ratchet",
        ],
        "optimizers": ["OptimizerRun", "simulate_optimizer"],
        "optimizer_importance": [
            "adam_flip_cost",
            "adam_speed",
            "decayed_hidden_weights",
            "adam_path_importance",
            "adam_turning_speed",
            "normalised_path_importance",
            "path_importance_crossover",
        ],
    },
)
