"""Weak-RESET model of resistive memories, and binarized networks that learn with them."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "truncated_laws": [
            "TruncatedExponential",
            "TruncatedLaw",
            "TruncatedLognormal",
            "TruncatedNormal",
        ],
        "device_laws": [
            "IMPERFECTIONS",
            "DeviceLaws",
            "Devices",
            "sample_devices",
            "spread_factors",
            "switched_on",
        ],
        "mean_response": ["mean_log_ratio", "plasticity"],
        "telegraph": ["Telegraph"],
        "pink_noise": [
            "pink_covariance",
            "pink_mean",
            "pink_spectrum",
            "pink_taps",
            "pink_variance",
        ],
        "device_array": ["DeviceArray"],
        "synapses": ["DifferentialSynapses"],
        "traces": ["Traces", "octave_means", "periodogram", "record_traces"],
        "random_drive": ["DriveRun", "drive_at_random"],
        "ensemble": [
            "log_ratio_distribution",
            "mean_growth",
            "mean_log_ratio_over_devices",
            "pulse_split",
            "tail_exponent",
            "untruncated_pulses_before",
            "variance_over_devices",
        ],
        "pair_laws": [
            "asymmetry_density",
            "asymmetry_survival",
            "flip_probability",
            "initial_bias",
            "updates_to_overturn",
            "walk_flip_rate",
            "walk_frozen_share",
        ],
        "effective_metaplasticity": [
            "device_factor",
            "expected_log_ratio",
            "pair_factors",
            "pulses_to_flip",
            "slope_ratio",
            "updates_to_flip_hidden",
        ],
        "pulse_optimizer": ["PulseAdam", "pulse_counts"],
        "architectures": ["block_network"],
        "augmentation": ["cropped_and_flipped", "normalised"],
        "experiment": ["DeviceExperiment", "DeviceLearner", "run_devices", "train"],
        "settings": ["CONDITIONS", "condition", "convolutional", "dense"],
    },
)
