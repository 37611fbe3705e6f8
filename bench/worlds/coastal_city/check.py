"""Check a built world: codes, truth rows, tiling, shares. Run: python check.py FOLDER."""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import geopandas
import pyarrow.parquet as pq
import shapely

from coastal_city.codes import ALPHABET, body_check, unit_check

CODES = {"business": "统一社会信用代码", "tax": "纳税人识别号", "permit": "统一社会信用代码"}


def valid(code: str) -> bool:
    """Tell whether a credit code passes both checks."""
    if len(code) != 18 or any(sign not in ALPHABET for sign in code):
        return False
    return unit_check(code[:17]) == code[17] and body_check(code[8:16]) == code[16]


def check_codes(folder: Path) -> None:
    """Print the kinds of codes on every list."""
    for kind, heading in CODES.items():
        with (folder / f"{kind}.csv").open(encoding="utf-8", newline="") as stream:
            values = [row[heading] for row in csv.DictReader(stream)]
        kinds = Counter("blank" if not v else "valid" if valid(v) else f"bad/{len(v)}" for v in values)
        areas = Counter(v[2:4] for v in values if valid(v))
        print(
            kind, len(values), {key: round(count / len(values), 4) for key, count in kinds.most_common()}, dict(areas)
        )


def check_truth(folder: Path) -> None:
    """Check that the truth has one row for every line, and print the shares."""
    rows = pq.read_table(folder / "truth.parquet").to_pylist()
    lists: dict[str, list[int]] = defaultdict(list)
    places: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        lists[row["list"]].append(row["row"])
        places[row["site"]][row["list"]] += 1
    for kind, numbers in lists.items():
        lines = len((folder / f"{kind}.csv").read_text(encoding="utf-8").splitlines())
        assert sorted(numbers) == list(range(2, lines + 1)), kind
    owners = {row["site"]: row["legal_unit"] for row in rows}
    assert all(owners[row["site"]] == row["legal_unit"] for row in rows)
    print(
        "sites",
        len(places),
        "legal units",
        len(set(owners.values())),
        "rows",
        len(rows),
        "in scope",
        round(sum(r["in_scope"] for r in rows) / len(rows), 3),
    )
    print("lists per site", sorted(Counter(len(lists_) for lists_ in places.values()).items()))
    doubles = {
        kind: sum(max(0, site[kind] - 1) for site in places.values()) / len(numbers) for kind, numbers in lists.items()
    }
    print("doubles", {kind: round(share, 4) for kind, share in doubles.items()})
    sizes = Counter(Counter(owners.values()).values())
    print("sites per unit", sorted(sizes.items())[:6], "max", max(sizes))


def check_maps(folder: Path) -> None:
    """Check that the districts tile the prefecture."""
    districts, parent = geopandas.read_file(folder / "districts.gpkg"), geopandas.read_file(folder / "parent.gpkg")
    shapes = districts.geometry.values
    whole = parent.geometry.iloc[0]
    assert districts.crs.to_epsg() == 4490 and whole.geom_type == "Polygon" and not whole.interiors
    assert shapely.coverage_is_valid(shapes) and shapely.is_valid(shapes).all() and whole.is_valid
    assert abs(sum(shape.area for shape in shapes) - whole.area) < 1e-9
    assert districts.code.is_unique and districts.code.str.fullmatch(r"99\d{13}").all() and districts.name.is_unique
    known = set(districts.code)
    assert all(code in known for code in pq.read_table(folder / "truth.parquet")["district_code"].to_pylist())
    print("districts", len(districts), "area", whole.area, "gap", abs(sum(shape.area for shape in shapes) - whole.area))


if __name__ == "__main__":
    target = Path(sys.argv[1])
    check_codes(target)
    check_truth(target)
    check_maps(target)
