"""The commands, a module per group: parse, call one function of the register, print."""
