"""Which rows are one site, which sites are one legal unit: names, addresses, comparisons, scores, clusters."""
