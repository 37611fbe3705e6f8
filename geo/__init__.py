"""Districts and coordinates: the proof that districts tile their parent, and the placing of units in them.

A leaf package: it knows neither the register nor the matching nor any engine.  Import from
its modules; nothing is loaded in advance, so that a proof doesn't wait for what placing needs.
"""
