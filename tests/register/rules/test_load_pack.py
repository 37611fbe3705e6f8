"""Rule packs: the built-in one is whole, a folder changes it row by row, and every mistake is named."""

import pickle
import re

import pytest

from minglu.errors import RuleError
from minglu.register.rules import built_in_packs, load_pack
from minglu.register.rules.load_pack import SETTINGS
from minglu.register.rules.value_ranges import RANGES
from minglu.register.schemas import FIELDS, FUSED_FIELDS


@pytest.fixture
def folder(tmp_path):
    """Return a function that writes a pack folder of TOML files and returns its path's name."""

    def write(**files):
        place = tmp_path / "county"
        place.mkdir(exist_ok=True)
        for name, text in files.items():
            (place / f"{name}.toml").write_text(text, encoding="utf-8")
        return "county"

    return write


@pytest.fixture(scope="module")
def pack():
    return load_pack("pollution-2", None)


OVERRIDE = '[pack]\nbase = "pollution-2"\n'
ROW = 'source = "our office"\nsince = "2027"\n'


def test_every_canonical_field_has_headings(pack):
    """No field of a list row is without words to find it by, and none of the words is doubled."""
    assert set(pack.headers.aliases) == set(FIELDS)
    for field, aliases in pack.headers.aliases.items():
        assert aliases, field
        assert len(set(aliases)) == len(aliases)
    assert "合计" in pack.headers.footers
    assert "身份证" in pack.headers.personal


def test_every_fused_field_has_an_order_of_trust(pack):
    """Survivorship is decided for each field a unit is fused from."""
    assert set(pack.survivorship) == set(FUSED_FIELDS)
    for kinds in pack.survivorship.values():
        assert kinds[0] == "field"
        assert sorted(kinds) == ["business", "field", "other", "permit", "tax"]


def test_every_row_says_where_it_comes_from(pack):
    """Each row has a since, and a source with a mark: a document of docs/reference/sources.md with its grade, or C, I, G."""
    assert len(pack.rows) > 40
    for key, row in pack.rows.items():
        assert row.source.strip(), key
        assert row.since.strip(), key
        assert re.search(r"\b(S\d+|[CIG])\b", row.source), key  # a graded document, or how far it may be trusted


def test_a_pack_travels_between_processes(pack):
    """A pack survives pickling, so that batches may be cleaned in other processes."""
    assert pickle.loads(pickle.dumps(pack)) == pack


def test_the_digest_names_the_content(folder, pack, tmp_path):
    """The same rows have the same digest, whatever files they stand in; another value has another."""
    same = load_pack(folder(pack=OVERRIDE), tmp_path)
    assert same.digest == pack.digest
    changed = load_pack(folder(ours=f"[placement.nearest_limit_m]\nvalue = 50\n{ROW}"), tmp_path)
    assert changed.digest != pack.digest
    assert changed.placement.nearest_limit_m == 50.0
    assert changed.placement.default_point_rows == pack.placement.default_point_rows


def test_a_new_row_adds_a_heading_behind_the_others(folder, tmp_path):
    """An office adds its own word for a column without copying ours."""
    text = f'{OVERRIDE}[headers.ours]\nfield = "name"\naliases = ["厂子"]\n{ROW}'
    aliases = load_pack(folder(pack=text), tmp_path).headers.aliases["name"]
    assert aliases[0] == "单位名称"
    assert aliases[-1] == "厂子"


def test_a_single_file_changes_single_rows(pack, tmp_path):
    """A province that knows one threshold better writes one row: all others stay ours, and the digest tells."""
    (tmp_path / "ours.toml").write_text(f"[placement.nearest_limit_m]\nvalue = 50.0\n{ROW}", "utf-8")
    changed = load_pack("ours.toml", tmp_path)
    assert (changed.name, changed.placement.nearest_limit_m) == ("ours", 50.0)
    assert {key for key in pack.rows if pack.rows[key] != changed.rows[key]} == {"placement.nearest_limit_m"}
    assert changed.digest != pack.digest
    (tmp_path / "ours.toml").write_text('[pack]\nbase = "ours.toml"\n', "utf-8")
    with pytest.raises(RuleError, match="leads back to itself"):
        load_pack("ours.toml", tmp_path)


def test_a_row_can_be_taken_out(folder, tmp_path):
    """`drop = true` removes a row of the base; dropping a row that isn't there is a mistake."""
    pack = load_pack(folder(pack=f"{OVERRIDE}[scope.permit]\ndrop = true\n"), tmp_path)
    assert "permit" not in {row.id for row in pack.scope.outcomes}
    with pytest.raises(RuleError, match=r"Did you mean 'scope\.permit'"):
        load_pack(folder(pack=f"{OVERRIDE}[scope.permits]\ndrop = true\n"), tmp_path)


MISTAKES = [
    *(
        (f"[placement.nearest_limit_m]\nvalue = {value}\n{ROW}", "expected a number", "数字")
        for value in ("nan", "-inf")
    ),
    (f"[placement.nearest_limit]\nvalue = 5.0\n{ROW}", "Did you mean 'nearest_limit_m'", "nearest_limit_m"),
    (f"[placment.nearest_limit_m]\nvalue = 5.0\n{ROW}", "Did you mean 'placement'", "placement"),
    (f'[placement.nearest_limit_m]\nvalue = "5"\n{ROW}', "expected a number", "数字"),
    (f"[placement.default_point_rows]\nvalue = 2.5\n{ROW}", "expected a whole number", "整数"),
    (f"[placement.default_point_rows]\nvalue = true\n{ROW}", "expected a whole number", "整数"),
    (f'[placement.declared_conflict]\nvalue = "declare"\n{ROW}', "Did you mean 'declared'", "declared"),
    (f"[territory.level_lengths]\nvalue = [2, 4]\n{ROW}", "5 growing lengths", "5 个递增"),
    (f"[territory.code_lengths]\nvalue = 12\n{ROW}", "expected a list of whole numbers", "整数列表"),
    ("[placement.nearest_limit_m]\nvalue = 5.0\n", "key 'source' is missing", "缺少键"),
    (f'[headers.x]\nfield = "nme"\naliases = ["a"]\n{ROW}', "Did you mean 'name'", "name"),
    (f'[headers.x]\nfield = "name"\naliases = "a"\n{ROW}', "expected a list of texts", "文本列表"),
    (f'[headers.x]\nfield = "name"\naliases = ["地址"]\n{ROW}', "also heads", "已用于"),
    (f'[headers.x]\nfield = "name"\nalias = ["a"]\n{ROW}', "Did you mean 'aliases'", "aliases"),
    (f'[statuses.x]\nstatus = "close"\nwords = ["a"]\n{ROW}', "Did you mean 'closed'", "closed"),
    (f'[survivorship.name]\nfield = "name"\nkinds = ["busines"]\n{ROW}', "Did you mean 'business'", "business"),
    (f'[characters.x]\npairs = "廠厂一"\n{ROW}', "pairs of characters", "成对"),
    (f'[characters.x]\npairs = "厂广"\n{ROW}', "both replaced and a replacement", "又作替换"),
    (f'[classes.x]\norder = 1\nsource_class = "x"\nindustry = ["6-46"]\n{ROW}', "range such as", "大类区间"),
    (
        f'[scope.x]\norder = 1\noutcome = "unit"\ncode = "X"\nzh = ""\nen = ""\nclasses = ["industri"]\n{ROW}',
        "Did you mean 'industry'",
        "industry",
    ),
    (
        f'[scope.x]\norder = 1\noutcome = "unit"\ncode = "X"\nzh = ""\nen = ""\nbelow = {{ pig = 5 }}\n{ROW}',
        "Did you mean 'pigs'",
        "pigs",
    ),
    (
        f'[scope.x]\norder = 1\noutcome = "unit"\ncode = "X"\nzh = ""\nen = ""\nbelow = {{ pigs = "5" }}\n{ROW}',
        "expected a table of numbers",
        "数字表",
    ),
    (
        f'[scope.x]\norder = 1\noutcome = "unit"\ncode = "X"\nzh = ""\nen = ""\nstated = {{ fuel = "wood" }}\n{ROW}',
        "expected one of: biomass, coal",
        "biomass",
    ),
    (
        f'[inside.x]\nclasses = ["boilr"]\nhosts = ["industry"]\nwithin_m = 5\noutcome = "unit"\ncode = "X"\nzh = ""\nen = ""\n{ROW}',
        "Did you mean 'boiler'",
        "boiler",
    ),
    (f"[spotcheck.limit_missed]\nvalue = 1.5\n{ROW}", "found 1.5; expected a number from 0 to 1", "0 到 1 之间"),
    (f"[spotcheck.township_share]\nvalue = -0.1\n{ROW}", "from 0 to 1", "0 到 1 之间"),
    (f"[limits.units_per_district]\nvalue = 0\n{ROW}", "from 1 to", "1 到"),
    (f"[territory.sliver_width_m]\nvalue = 5000.0\n{ROW}", "from 0 to 100", "0 到 100 之间"),
    (f"[territory.code_lengths]\nvalue = [12, 0]\n{ROW}", "found 0; expected a number from 1 to 40", "1 到 40"),
    (f"[placement.nearest_limit_m]\nvalue = -1.0\n{ROW}", "found -1.0", "得到 -1.0"),
    ("placement = 3\n", "expected a table", "应为一个表"),
    ("[placement]\nnearest_limit_m = 3\n", "expected a table", "应为一个表"),
    ("[placement\n", "is not valid TOML", "不是有效的 TOML"),
]


@pytest.mark.parametrize(("text", "english", "chinese"), MISTAKES)
def test_mistakes_are_named_in_both_languages(folder, tmp_path, text, english, chinese):
    """Unknown names, wrong types and contradictions are told with file, key, found and expected."""
    with pytest.raises(RuleError) as caught:
        load_pack(folder(pack=OVERRIDE, ours=text), tmp_path)
    assert english in caught.value.en
    assert chinese in caught.value.zh
    assert caught.value.exit_code == 2


def test_the_same_row_in_two_files_is_a_contradiction(folder, tmp_path):
    """Which of two files would win must never depend on their names."""
    row = f"[placement.nearest_limit_m]\nvalue = 5.0\n{ROW}"
    with pytest.raises(RuleError, match="also stands in"):
        load_pack(folder(pack=OVERRIDE, a=row, b=row), tmp_path)


def test_a_pack_without_a_base_must_be_whole(folder, tmp_path):
    """A folder that names no base is told what it lacks, not filled up in silence."""
    with pytest.raises(RuleError, match=r"setting \[placement\.nearest_limit_m\] is missing"):
        load_pack(folder(pack='[pack]\nname = "ours"\n'), tmp_path)


def test_a_base_that_leads_back_is_refused(folder, tmp_path):
    """A pack can't lie on itself."""
    with pytest.raises(RuleError, match="leads back to itself"):
        load_pack(folder(pack='[pack]\nbase = "../county"\n'), tmp_path)


def test_an_unknown_pack_lists_the_known_ones(tmp_path):
    """A wrong name is answered with the names there are."""
    with pytest.raises(RuleError, match="pollution-2"):
        load_pack("pollution-3", tmp_path)
    assert "pollution-2" in built_in_packs()


def test_a_file_that_is_no_utf8_is_refused(folder, tmp_path):
    """A pack saved in another encoding is refused with advice, never half read."""
    folder(pack=OVERRIDE)
    (tmp_path / "county" / "ours.toml").write_bytes("# 规则".encode("gb18030"))
    with pytest.raises(RuleError, match="not UTF-8"):
        load_pack("county", tmp_path)


def test_every_number_of_a_setting_has_a_range():
    """A share above one or a tolerance of kilometres would let anything pass; a new setting must say its range."""
    numbers = {
        f"{section}.{name}"
        for section, settings in SETTINGS.items()
        for name, kind in settings.items()
        if kind is not str
    }
    assert numbers <= RANGES.keys()
