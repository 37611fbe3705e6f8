"""Names and addresses of Chinese units parsed into their parts."""
