"""The ground that `geo`, `matching` and `register` stand on: arrays, threads, components, typed TOML.  No domain."""
