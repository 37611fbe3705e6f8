"""District layers checked, repairs suggested, entries given points of the districts' datum."""
