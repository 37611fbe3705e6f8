"""Rule data of matching: words, folds, comparisons and their levels."""
