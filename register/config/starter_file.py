"""A first census file for a folder: lists and layers are found by what they are, their roles guessed by their names.

Every guess is a line that a person reads and can change; nothing is guessed later.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from minglu.errors import OutputError, UsageError

LIST_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".et", ".ods", ".parquet")
LAYER_SUFFIXES = (".gpkg", ".shp", ".geojson", ".fgb")
KIND_WORDS = {
    "business": ("business", "工商", "市场监管", "登记", "法人"),
    "tax": ("tax", "税"),
    "permit": ("permit", "排污", "许可", "环保", "生态环境"),
}
KIND_NAMES = {"business": "工商登记", "tax": "税务登记", "permit": "排污许可", "other": "其他"}
PARENT_WORDS = ("parent", "county", "boundary", "县界", "区界", "边界", "上级")


class Note(NamedTuple):
    """A remark on a guess, in both languages."""

    en: str
    zh: str

    def text(self, language: str) -> str:
        """Return the note in `language`."""
        return self.zh if language == "zh" else self.en


def write_census_file(folder: Path) -> tuple[Path, list[Note]]:
    """Write `folder`/census.toml for what lies in the folder; refuse to replace one.  Returns path and remarks."""
    target = folder / "census.toml"
    if not folder.is_dir():
        raise UsageError(
            en=f"{folder}: no such folder; expected the folder that holds the lists and layers.",
            zh=f"{folder}：文件夹不存在，应为存放名单和图层的文件夹。",
        )
    if target.exists():
        raise UsageError(
            en=f"{target}: exists already and is not replaced. Rename it or edit it.",
            zh=f"{target}：已存在，不会覆盖。请改名或直接编辑。",
        )
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith(("~$", ".")))
    lists = [path for path in files if path.suffix.lower() in LIST_SUFFIXES]
    layers = [path for path in files if path.suffix.lower() in LAYER_SUFFIXES]
    parents = [path for path in layers if any(word in path.stem.lower() for word in PARENT_WORDS)]
    districts = sorted((path for path in layers if path not in parents), key=lambda path: (len(path.stem), path.name))
    text = _census_text(lists, districts[:1], parents[:1])
    try:
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        target.unlink(missing_ok=True)
        raise OutputError(
            en=f"{target}: can't be written ({error.strerror}). Make room or get the right to write, then try again.",
            zh=f"{target}：无法写入（{error.strerror}）。请释放空间或取得写权限后重试。",
        ) from error
    return target, _notes(lists, districts, parents)


def _kind(path: Path) -> str:
    stem = path.stem.lower()
    return next((kind for kind, words in KIND_WORDS.items() if any(word in stem for word in words)), "other")


def _list_name(path: Path, lists: list[Path]) -> str:
    """Name a list after its file; a name that two files share, or that a name may not hold, is made good."""
    shared = sum(other.stem == path.stem for other in lists) > 1
    return (path.name if shared else path.stem).replace("+", "_").strip()


def _quoted(text: str) -> str:
    """Write a TOML basic string; file names hold no control characters that TOML can't escape."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _census_text(lists: list[Path], districts: list[Path], parents: list[Path]) -> str:
    parts = [
        "# One run of minglu. Paths are relative to this file. 一次清查的配置；路径相对于本文件。",
        "[census]",
        'name = "某县清查"            # name of the census 名称',
        "reference_date = 2027-12-31  # reference date 时点",
        'rules = "pollution-2"        # rule pack 规则包',
    ]
    kinds = Counter(_kind(path) for path in lists)
    for path in lists or [Path("business.csv")]:
        parts += [
            "",
            "[[lists]]",
            f'kind = "{_kind(path)}"  # business 工商 | tax 税务 | permit 排污许可 | other 其他',
            f"path = {_quoted(path.name)}",
            'crs = "auto"  # CGCS2000 | WGS84 | GCJ02 | BD09 | auto',
        ]
        if _kind(path) == "other" or kinds[_kind(path)] > 1:
            parts.append(f"name = {_quoted(_list_name(path, lists))}  # two lists may not share a name 名称不可重复")
    parts += ["", "[districts]  # the census districts 普查小区"]
    parts += [f"path = {_quoted((districts or [Path('districts.gpkg')])[0].name)}", 'code = "code"', 'name = "name"']
    if parents:
        parts += [
            "",
            "[parent]  # the area that the districts must fill 上级区域",
            f"path = {_quoted(parents[0].name)}",
        ]
    return "\n".join(parts) + "\n"


def _notes(lists: list[Path], districts: list[Path], parents: list[Path]) -> list[Note]:
    notes = [
        Note(f"{path.name}: taken as {_kind(path)}", f"{path.name}：按{KIND_NAMES[_kind(path)]}处理") for path in lists
    ]
    if not lists:
        notes.append(Note("no list found: name yours under [[lists]]", "未找到名单文件：请在 [[lists]] 中填写"))
    if not districts:
        notes.append(
            Note("no district layer found: name it under [districts]", "未找到小区图层：请在 [districts] 中填写")
        )
    for found, en, zh in ((districts, "districts", "普查小区"), (parents, "parent area", "上级区域")):
        if len(found) > 1:
            others = ", ".join(path.name for path in found[1:])
            notes.append(
                Note(
                    f"{found[0].name}: taken as {en}; also found and not used: {others}",
                    f"{found[0].name}：作为{zh}；另有未采用的图层：{others}",
                )
            )
    if not parents:
        notes.append(
            Note(
                "no parent area found: without [parent] the outer edge is not proven",
                "未找到上级区域：没有 [parent] 则外边界未经证明",
            )
        )
    return notes
