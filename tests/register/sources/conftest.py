"""A desk for the tests of reading: small rules, and files made by code."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from minglu.errors import SourceError
from minglu.register.config.list_spec import ListSpec
from minglu.register.rules import HeaderRules
from minglu.register.sources.list_reading import ListReading
from minglu.register.sources.read_list import read_list

RULES = HeaderRules(
    aliases={
        "name": ("单位名称", "企业名称", "name of unit"),
        "former_name": ("曾用名",),
        "uscc": ("统一社会信用代码", "信用代码"),
        "address": ("注册地址", "住所", "地址"),
        "site_address": ("生产地址",),
        "lon": ("经度", "longitude"),
        "lat": ("纬度", "latitude"),
        "phone": ("联系电话", "电话"),
        "reg_no": ("注册号",),
    },
    footers=("合计", "填报人", "注"),
    personal=("身份证", "手机", "电话"),
)


class Desk:
    """Where the tests write files and read them."""

    header = ("单位名称", "统一社会信用代码", "注册地址")
    rows = (("东方纸业有限公司", "91350100M000100Y43", "示例县和平路1号"), ("清水化工厂", "", "示例县工业园2号"))
    rules = RULES

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def table(self, delimiter: str = ",") -> str:
        """Return a sound small list as text."""
        return self.lines(self.header, *self.rows, delimiter=delimiter)

    @staticmethod
    def lines(*rows: tuple[str, ...], delimiter: str = ",") -> str:
        """Join rows as delimited text."""
        return "".join(delimiter.join(row) + "\n" for row in rows)

    def write(self, text: str | bytes, name: str = "list.csv", encoding: str = "utf-8") -> Path:
        """Write text without touching its line ends."""
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    def workbook(self, sheets: dict[str, list[tuple[object, ...]]], *, hidden: tuple[str, ...] = ()) -> Path:
        """Write an xlsx file."""
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
            if title in hidden:
                sheet.sheet_state = "hidden"
        path = self.folder / "list.xlsx"
        book.save(path)
        return path

    def spec(self, path: Path | str = "list.csv", **more: object) -> ListSpec:
        """Name a file as a list beside its census file."""
        shown = path if isinstance(path, str) else path.relative_to(self.folder).as_posix()
        return ListSpec(name="business", kind="business", path=shown, base=self.folder, **more)

    def read(self, path: Path | str = "list.csv", **more: object) -> ListReading:
        """Read one list."""
        return read_list(self.spec(path, **more), RULES)

    def refusal(self, path: Path | str = "list.csv", **more: object) -> str:
        """Return the message with which reading is refused; both languages name the file."""
        with pytest.raises(SourceError) as caught:
            self.read(path, **more)
        assert caught.value.exit_code == 3
        assert caught.value.zh
        return caught.value.en


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk in a folder of its own."""
    return Desk(tmp_path)
