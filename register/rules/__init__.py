"""Rule packs of the register: what is configuration, read and checked; no behaviour that depends on it."""

from minglu.register.rules.load_pack import built_in_packs, load_pack, read_pack
from minglu.register.rules.rule_pack import HeaderRules, IdentifierRules, RulePack, ScopeRules

__all__ = ["HeaderRules", "IdentifierRules", "RulePack", "ScopeRules", "built_in_packs", "load_pack", "read_pack"]
