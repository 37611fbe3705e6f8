"""Invented administrative lists of a rich coastal manufacturing city, with known truth.

Choices about truth (see README.md for the habits of each list):

* A site is one legal unit's activity at one place of operation.
* A renamed firm, a firm with a new registered seat, and a household turned into a
  company (个转企) keep their site and their legal unit.
* A firm that moved its plant has a second, older site only where the permit list still
  holds the cancelled permit of the old plant. A tax or business row that merely shows
  an outdated address belongs to the present site.
* Tenants of one hall, firms of one family and franchises are legal units of their own;
  outlets, branches and further works belong to the parent's legal unit.
* ``in_scope`` is true for divisions 06-46 of GB/T 4754-2017 and waste treatment
  (7723, 7724), unless the site is closed at the reference date.
"""
