"""river_prefecture: business, tax and permit lists of an invented inland prefecture, with known truth.

Choices of truth
----------------
* A site is a 产业活动单位 at its place of operation; every row belongs to the place where work is done (or was
  done), never to the registered address.
* A firm that changed its name, or its registered address, keeps its site.
* A plant that moved leaves an old row on the permit (seldom tax) list: old and new place are two sites of one
  legal unit; the old one is closed and out of scope.
* A household that became a company (个转企) on the same spot is one site of the successor's legal unit, although
  the cancelled licence had another code.
* One owner with two licences for two trades in one yard (separate accounts): two legal units, two sites.
* A stations' company (sewage, water, grain, petrol, pharmacy) has its office and each station as a site;
  franchise shops are their own legal units.
* In scope: divisions 06-46, solid-waste facilities, livestock of the large scale, hospitals with a boiler of at
  least 1 t/h; not offices of holdings; not what closed before 2027.
"""
