"""Self-supervised learning with predictor networks, in the eigenspace of the representation."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "settings": ["LOSSES", "VARIANTS"],
        "predictors": ["RULES", "RidgePredictor", "SpectralPredictor"],
        "gaussian_moments": ["CosineMoments", "cosine_moments", "quadrature_error"],
        "rates": ["relative_rate"],
        "eigenspace": ["crossing_times", "eigenvalue_map", "eigenvalue_trajectory"],
        "closed_forms": [
            "isotropic_predictor_eigenvalue",
            "normalised_ratio_time",
            "recruitment_time",
            "standard_predictor_eigenvalue",
            "weight_decay_fixed_points",
        ],
        "special_cases": [
            "cross_moment_noiseless",
            "isotropic_mean_cosine",
            "isotropy_rate",
            "two_mode_rate",
        ],
        "averaged_target": ["averaged_target_trajectory", "fixed_point_jacobian"],
        "learned_predictor": [
            "learned_predictor_map",
            "learned_predictor_trajectory",
            "resting_point",
        ],
        "explicit": [
            "EXPLICIT_LOSSES",
            "explicit_eigenvalues",
            "explicit_loss",
            "sampled_explicit_update",
        ],
        "deep_prediction": ["DeepPrediction", "predict_spectrum"],
        "feature_order": ["feature_times"],
        "siamese": ["SiameseNetwork", "SiameseRun", "sample_views", "simulate_siamese"],
        "relu_network": ["rectified_covariance", "rectified_euclidean_update", "weight_map"],
        "relu_cosine": ["antithetic_update", "monte_carlo_update", "two_unit_cosine_update"],
        "initial_weights": ["FrameworkNormals", "PaperStart", "paper_start"],
        "released": ["ReleasedRun", "released_runs"],
        "encoder": ["Encoder", "EncoderSetting"],
        "training": ["EncoderRun", "train_encoder", "trained_encoder"],
        "views": ["BackgroundDigits", "ridge_accuracy"],
    },
)
