"""Schemas of the linkage tables: columns, types, meanings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from minglu.common.bilingual import Bilingual
from minglu.matching.settings.linkage_settings import load_linkage_settings

TEXT, INTEGER, NUMBER = pa.string(), pa.int64(), pa.float64()

COMPARISONS = load_linkage_settings().names
"""The comparisons of matching/rules/comparisons.toml, in order: one level column each."""


def _column(name: str, kind: pa.DataType, meaning: str) -> pa.Field:
    return pa.field(name, kind, metadata={"meaning": meaning})


def scored_pairs(comparisons: Sequence[str]) -> pa.Schema:
    """Return the schema of scored pairs under a policy of these comparisons."""
    meaning = "level of the comparison {}, 0 silent; see weights"
    levels = [_column(name, pa.int8(), meaning.format(name)) for name in comparisons]
    return pa.schema(
        [
            _column("left", TEXT, "entry_id of the smaller entry"),
            _column("right", TEXT, "entry_id of the larger entry"),
            *levels,
            _column("p_site", NUMBER, "probability that both entries are about one site, 0 to 1"),
            _column("p_legal", NUMBER, "probability that both belong to one legal unit, 0 to 1"),
            _column("relation", TEXT, "the likeliest relation: same_site | same_legal | different"),
            _column("verdict", TEXT, "link (the relation is taken as true) | review | no_link"),
            _column(
                "barrier",
                TEXT,
                "the cannot-link that forbids one site or one legal unit, by its name in comparisons.toml, or empty",
            ),
            _column("decided", TEXT, "the relation that a person decided, which wins over the verdict; or empty"),
        ]
    )


SCORED_PAIRS = scored_pairs(COMPARISONS)

WEIGHTS = pa.schema(
    [
        _column("comparison", TEXT, "a level column of scored_pairs; `prior` is the start before any evidence"),
        _column("level", pa.int8(), "one of its values"),
        _column("key", TEXT, "the level's short name"),
        _column("bits_legal", NUMBER, "evidence for one legal unit, in bits: log2 of the odds factor"),
        _column("bits_site", NUMBER, "evidence for one site, given one legal unit, in bits"),
        _column("pairs", INTEGER, "compared pairs at this level"),
        _column("why_zh", TEXT, "the level in Chinese words"),
        _column("why_en", TEXT, "the level in English words"),
    ]
)

# What is counted of the register's entries (`frequencies.count_crowds`).
COUNTED = {
    "phone": "rows that share its telephone",
    "uscc_seen": "rows that share its damaged code",
    "person": "rows that share its person in charge",
    "address": "rows at its address",
    "code_in_list": "rows of its code on its list",
    "places_of_code": "addresses that these give",
    "core_in_list": "rows of its name on its list",
    "places_of_core": "addresses that these give",
    "units_of_core": "units that bear its name",
    "units_of_brand": "units that bear its brand",
    "units_of_full": "units that bear its full name, region and legal form included",
    "branches_of_full": "rows of branches that bear its full name before their mark",
}


def frequencies(names: Iterable[str]) -> pa.Schema:
    """Return the schema of what is counted of entries under these names."""
    return pa.schema(
        [
            _column("entry_id", TEXT, "the entry"),
            _column("precision_m", NUMBER, "precision of its point as it was compared, metres; null without a point"),
            *(
                _column(name, pa.int32(), f"{COUNTED.get(name, name)}, 65535 for more; 0 where silent")
                for name in names
            ),
        ]
    )


FREQUENCIES = frequencies(COUNTED)

WORDS = pa.schema(
    [
        _column("kind", TEXT, "place | trade | market | park"),
        _column("word", TEXT, "a word that names and addresses were read with, besides those of the rules"),
    ]
)

CLUSTERS = pa.schema(
    [
        _column("entry_id", TEXT, "the entry"),
        _column("site_key", TEXT, "smallest entry_id of its site"),
        _column("legal_key", TEXT, "smallest entry_id of its legal unit"),
    ]
)

CUTS = pa.schema(
    [
        _column("left", TEXT, "entry_id of the smaller entry"),
        _column("right", TEXT, "entry_id of the larger entry"),
        _column("relation", TEXT, "the link that was not honoured: same_site | same_legal"),
        _column("reason", TEXT, "why, Chinese then English"),
    ]
)

UNCOMPARED = pa.schema(
    [
        _column("rule", TEXT, "the blocking rule that gave up"),
        _column("blocks", INTEGER, "blocks above the rule's cap after every sub-key"),
        _column("rows", INTEGER, "entries in them"),
        _column("pairs", INTEGER, "pairs of entries in them that no rule proposed; two rules may count the same pair"),
    ]
)

FIGURES: Mapping[str, Bilingual] = {
    "entries": Bilingual("行数", "entries"),
    "compared_pairs": Bilingual("比较过的对数", "pairs compared"),
    "patterns": Bilingual("不同的比较结果组合数", "distinct patterns of levels"),
    "site_links": Bilingual("判为同一场所的对数", "pairs linked as one site"),
    "legal_links": Bilingual("判为同一法人单位的对数", "pairs linked as one legal unit"),
    "review_pairs": Bilingual("待人工复核的对数", "pairs for review"),
    "threshold_site": Bilingual("同一场所的判定概率", "probability from which one site is linked"),
    "threshold_legal": Bilingual("同一法人单位的判定概率", "the same for one legal unit"),
    "expected_wrong_sites": Bilingual("场所连接的预期错误比例", "expected share of wrong site links"),
    "expected_wrong_legal": Bilingual("法人连接的预期错误比例", "expected share of wrong legal links"),
    "sites": Bilingual("场所数", "sites"),
    "legal_units": Bilingual("法人单位数", "legal units"),
    "largest_site": Bilingual("最大场所的行数", "entries of the largest site"),
    "largest_legal_unit": Bilingual("最大法人单位的行数", "entries of the largest legal unit"),
}
"""Figures of linkage and what they mean."""

LINKAGE_FIGURES = pa.schema(
    [
        _column("figure", TEXT, "name of the count"),
        _column("value", NUMBER, "the count or share"),
        _column("meaning", TEXT, "what was counted, Chinese then English"),
    ]
)
