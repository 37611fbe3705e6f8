"""The probabilistic model: m- and u-probabilities as weights, their training, calibration and thresholds."""
