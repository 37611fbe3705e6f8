"""What `geo`, `matching` and `register` share: arrays, threads, graphs, two-language texts, checked TOML."""
