"""Self-supervised learning with predictor networks, in the eigenspace of the representation."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "settings": ["LOSSES", "VARIANTS"],
        "gaussian_moments": ["CosineMoments", "cosine_moments", "quadrature_error"],
        "rates": ["relative_rate"],
        "eigenspace": ["eigenvalue_map", "eigenvalue_trajectory"],
        "averaged_target": ["averaged_target_trajectory"],
        "siamese": ["SiameseNetwork", "SiameseRun", "simulate_siamese"],
        "relu_network": ["rectified_covariance", "rectified_euclidean_update", "weight_map"],
        "relu_cosine": ["monte_carlo_update", "two_unit_cosine_update"],
        "initial_weights": ["FrameworkNormals", "paper_start"],
        "encoder": ["Encoder", "EncoderSetting"],
        "training": ["EncoderRun", "train_encoder", "trained_encoder"],
    },
)
