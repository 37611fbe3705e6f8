"""Which columns of a district layer name the areas above: by their content, unless the census file says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from minglu.geo.layer.area_names import LARGE, RANKS, AreaNames, fold_name
from minglu.register.config.census_file import LayerSpec
from minglu.register.sources.vector.read_layer import LayerFile

LEAST_SHARE = 0.95
"""Share of its filled cells that must read as the name of an area above a village."""
ORDER = ("省", "市", "州", "盟", "县", "区", "旗", "街道", "镇", "乡", "苏木")


def area_names(file: LayerFile, spec: LayerSpec) -> tuple[tuple[str, ...], ...]:
    """Return for each district the names of the areas above it, from large to small; empty where there are none.

    Takes the columns that the census file names (`areas`), else every column whose cells all end as names of
    counties or towns do, those with the fewest values first.
    """
    if spec.areas is not None:
        wanted = tuple(spec.areas)
        return _rows(file.texts(wanted), wanted) if wanted else ()
    others = tuple(name for name in file.fields if name not in (spec.code, spec.name))
    sample = file.sample(others)
    found = [name for name in others if _names_areas(sample[name])]
    if not found:
        return ()
    texts = file.texts(found)
    order = sorted(found, key=lambda name: (len(set(texts[name])), _rank(texts[name])))
    return _rows(texts, order)


def layer_names(codes: Sequence[str], names: Sequence[str], above: Sequence[Sequence[str]]) -> AreaNames:
    """Return the areas of a layer by their names."""
    return AreaNames(codes, names, above)


def _rows(texts: Mapping[str, Sequence[str]], order: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(zip(*(texts[name] for name in order), strict=True))


def _names_areas(cells: Sequence[str]) -> bool:
    filled = [fold_name(cell) for cell in cells if cell]
    good = sum(bool(LARGE.fullmatch(cell)) for cell in filled)
    return bool(filled) and good >= LEAST_SHARE * len(filled)


def _rank(cells: Sequence[str]) -> int:
    first = fold_name(next((cell for cell in cells if cell), ""))
    ends = [found.group() for found in RANKS.finditer(first) if found.end() == len(first)]
    return next((at for at, rank in enumerate(ORDER) if ends and rank in ends[-1]), len(ORDER))
