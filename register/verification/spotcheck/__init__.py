"""Spot checks (质量核查): sampling frame, sampling plan, forms, answers, error rates with intervals, assessment."""
