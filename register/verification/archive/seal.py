"""`archive seal`: a finished run with its decisions, rules and digests as one BagIt bag.  Checking is in `verifier`.

The bag (RFC 8493) holds, under data/: the run folder as it is, the census file, the rules
as one JSON text, the chains of decisions, and on request the inputs.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pyarrow.parquet as pq

from minglu.errors import ExistsError, SourceError, UsageError
from minglu.register.config.census_file import Census, input_layers, read_census
from minglu.register.rules import load_pack
from minglu.register.schemas import PERSONAL_FIELDS
from minglu.register.sources.list_paths import find_files
from minglu.register.storage import archive_verifier
from minglu.register.storage.archive_verifier import in_words, register_head
from minglu.register.storage.integrity import check_archive, require_all_unchanged
from minglu.register.storage.output_place import require_free_place, write_new
from minglu.register.storage.run_folder import digest, locked, staged
from minglu.register.verification.archive.signing import sign


@dataclass(frozen=True, slots=True)
class SealOptions:
    """What the command line asks for."""

    by: str
    """The office that seals."""
    on: str
    """The day, as people write it: the only clock in a bag."""
    inputs: bool = False
    """Put the lists and layers in as well; lists hold personal data."""
    personal: bool = False
    """Seal although the run keeps personal data in the clear."""
    key: Path | None = None
    """A private key to sign with."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was sealed."""

    bag: Path
    head: str
    register_head: str
    files: int
    signed: bool

    def lines(self, language: str) -> list[str]:
        """Describe what was done, what to keep and what comes next."""
        head, own = in_words(self.head), in_words(self.register_head)
        if language == "zh":
            return [
                f"{self.bag}：已封存 {self.files} 个文件{'，已签名' if self.signed else ''}",
                f"封存校验码 {head}",
                f"名录校验码 {own}（印在 report.html 和 report.docx 中）",
                f"请抄录封存校验码，交另一单位保管；核对：minglu archive check {self.bag} --head 校验码",
                f"下一步：由他方定种子后抽样核查 minglu spotcheck draw {self.bag} --seed 种子",
            ]
        return [
            f"{self.bag}: sealed, {self.files} files{', signed' if self.signed else ''}",
            f"head {head}",
            f"register head {own} (printed in report.html and report.docx)",
            f"Give the head to a second office to keep; check with: minglu archive check {self.bag} --head WORDS",
            f"next: once others have fixed a seed, minglu spotcheck draw {self.bag} --seed SEED",
        ]


def seal(out: Path, census_path: Path | None, bag: Path, options: SealOptions) -> Sealed:
    """Seal the run folder `out` of the census file `census_path` into the new folder `bag`.

    A roll-up has no census file and no lists: it hangs from the heads of the archives it was made of.
    Raises SourceError where `out` is not as its manifest says or census, rules, decisions
    or inputs are not those of the run; UsageError where personal data would go in unasked;
    ExistsError where `bag` is there already, OutputError where it can't be written.
    """
    if bag.exists():
        raise ExistsError(
            en=f"{bag}: exists: is there already; an archive is never replaced. Name a new folder.",
            zh=f"{bag}：已存在；封存档案不可覆盖。请指定新的文件夹。",
        )
    require_free_place(bag, option="--to")
    with _held(out):
        require_all_unchanged(out)
        manifest = json.loads((out / "manifest.json").read_text("utf-8"))
        census = _census_of(out, census_path, manifest)
        _refuse_personal(out, options)
        with staged(bag, once=True) as folder:
            _fill(folder / "data", out, census, manifest, inputs=options.inputs)
            files = _list_payload(folder)
            _write(folder / "bagit.txt", archive_verifier.DECLARATION)
            _write(folder / "bag-info.txt", _info(folder, manifest, options, files))
            tags = ("bag-info.txt", "bagit.txt", archive_verifier.MANIFEST)
            _write(folder / archive_verifier.TAG_MANIFEST, "".join(_line(folder, name) for name in tags))
            message = (folder / archive_verifier.TAG_MANIFEST).read_bytes()
            if options.key is not None:
                _write(folder / archive_verifier.SIGNATURE, sign(message, options.key))
            own = register_head(folder / archive_verifier.RUN)
            _require_sound(folder, out)
    return Sealed(bag, hashlib.sha256(message).hexdigest(), own, len(files), options.key is not None)


@contextmanager
def _held(out: Path) -> Iterator[None]:
    """Hold the lock of the run while it is copied; on a medium that nobody can write there is nothing to hold."""
    if os.access(out.absolute().parent, os.W_OK):
        with locked(Path(os.path.realpath(out))):
            yield
    else:
        yield


def _require_sound(folder: Path, out: Path) -> None:
    """Check what was written before it takes its place; raises SourceError where the run changed meanwhile."""
    findings = check_archive(folder).findings
    if findings:
        raise SourceError(
            en=f"{out}: changed while it was sealed ({findings[0].text('en')}). No archive was made. Seal again.",
            zh=f"{out}：封存期间内容有变（{findings[0].text('zh')}）。未生成档案。请重新封存。",
        )


def read_key(path: Path) -> bytes:
    """Read a public key file; raises SourceError where it holds none."""
    try:
        return archive_verifier.read_public_key(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(
            en=f"{path}: holds no public Ed25519 key ({type(error).__name__}); expected PEM or 64 hexadecimal digits.",
            zh=f"{path}：其中没有 Ed25519 公钥（{type(error).__name__}）；应为 PEM 或 64 位十六进制数。",
        ) from None


def check(bag: Path, *, head: str | None = None, key: Path | None = None) -> archive_verifier.Checked:
    """Check the archive `bag`; raises SourceError where it is none, UsageError for a head without a word in it."""
    if head is not None and not head.strip():
        raise UsageError(
            en=f"--head {head!r}: it is empty; expected the eight words or 64 digits that were kept. Without a head "
            "leave the option out.",
            zh=f"--head {head!r}：为空；应为另存的八个词或 64 位数字。没有指纹时请不要写该选项。",
        )
    return check_archive(bag, head=head or "", key=read_key(key) if key is not None else None)


def copy_verifier(to: Path) -> None:
    """Write the checker as one new file that needs nothing but Python; raises as `write_new`."""
    write_new(to, Path(archive_verifier.__file__).read_bytes(), option="FILE.py")


def _census_of(out: Path, path: Path | None, manifest: Mapping[str, Any]) -> Census | None:
    """Read the census file and compare it with the run; None for a roll-up, which has none."""
    if path is None and "counties" in manifest:
        return None
    if path is None:
        raise UsageError(
            en=f"--census: {out} was made of lists; name the census file that it was built with.",
            zh=f"--census：{out} 由名单生成；请写明生成时所用的普查配置文件。",
        )
    census = read_census(path)
    _refuse_others(census, manifest)
    return census


def _refuse_others(census: Census, manifest: Mapping[str, Any]) -> None:
    """Refuse a census file, rules, decisions or inputs that are not those of the run."""
    chains = dict(_chains(census))
    compared = [
        (str(census.path), digest(census.path), manifest["census"]["sha256"]),
        (f"{census.path} rules", census.pack.digest, manifest["rules"]["sha256"]),
        *(
            (str(chains.get(name, name)), _end(chains.get(name)), manifest[name]["head"])
            for name in ("decisions", "field")
        ),
    ]
    for what, found, wanted in compared:
        if found != wanted:
            _not_of_the_run(what)
    known = {item["sha256"] for item in (*manifest["inputs"], *manifest["layers"])}
    for path in (*_lists(census), *input_layers(census)):
        if digest(path) not in known:
            _not_of_the_run(str(path))


def _not_of_the_run(what: str) -> NoReturn:
    raise SourceError(
        en=f"{what}: is not what this run was made with, as its manifest.json says. Build again, then seal.",
        zh=f"{what}：与 manifest.json 所记本次运行所用的不一致。请重新生成后再封存。",
    )


def _refuse_personal(out: Path, options: SealOptions) -> None:
    columns = pq.read_schema(out / "tables" / "entries.parquet").names
    if options.personal or not set(PERSONAL_FIELDS) & set(columns):
        return
    raise UsageError(
        en=f"{out}: this run keeps personal data (keep_personal in the census file). Build without it, or say "
        "--personal to seal them too.",
        zh=f"{out}：本次运行保留了个人信息（普查配置中的 keep_personal）。请改为不保留并重新生成，"
        "或用 --personal 一并封存。",
    )


def _chains(census: Census) -> Iterator[tuple[str, Path]]:
    """Yield the chains of decisions and field facts, each with the name that the manifest gives it."""
    for name, path in (("decisions", census.decisions), ("field", census.field)):
        if path is not None and path.is_file():
            yield name, path


def _end(chain: Path | None) -> str:
    """Return the sha256 of the last line of a chain, NO_LINE where it has none or is not there."""
    last = b"" if chain is None else chain.read_bytes().rstrip(b"\n").rsplit(b"\n", 1)[-1]
    return hashlib.sha256(last).hexdigest() if last else archive_verifier.NO_LINE


def _lists(census: Census) -> list[Path]:
    return [file for spec in census.lists for file in find_files(spec)]


def _fill(data: Path, out: Path, census: Census | None, manifest: Mapping[str, Any], *, inputs: bool) -> None:
    """Put the payload together."""
    for path in sorted(out.rglob("*")):
        if path.is_file():
            _copy(path, data / "run" / path.relative_to(out))
    if census is None:
        pack = load_pack(manifest["rules"]["name"], Path())
        if pack.digest != manifest["rules"]["sha256"]:
            _not_of_the_run(f"rules {pack.name}")
        _write(data / "rules.json", pack.canonical)
        return
    _copy(census.path, data / "census.toml")
    _write(data / "rules.json", census.pack.canonical)
    for name, path in _chains(census):
        _copy(path, data / f"{name}.jsonl")
    if inputs:
        for kind, files in (("lists", _lists(census)), ("layers", input_layers(census))):
            for number, file in enumerate(files, 1):  # two folders may hold files of one name
                _copy(file, data / "inputs" / kind / f"{number:02d}-{file.name}")


def _list_payload(folder: Path) -> list[str]:
    """Write the manifest of everything under data/ and return the paths."""
    files = sorted(path.relative_to(folder).as_posix() for path in (folder / "data").rglob("*") if path.is_file())
    _write(folder / archive_verifier.MANIFEST, "".join(_line(folder, name) for name in files))
    return files


def _line(folder: Path, name: str) -> str:
    safe = name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")
    return f"{digest(folder / name)}  {safe}\n"


def _info(folder: Path, manifest: Mapping[str, Any], options: SealOptions, files: Iterable[str]) -> str:
    """Return bag-info.txt; one line per fact, so a text with line ends is refused."""
    sizes = [(folder / name).stat().st_size for name in files]
    census = json.loads((folder / archive_verifier.RUN / "coverage.json").read_text("utf-8"))["census"]
    facts = {
        "Source-Organization": options.by,
        "Bagging-Date": options.on,
        "External-Description": f"{census['name']} {census['reference_date']}",
        "External-Identifier": f"minglu-register-head:{register_head(folder / archive_verifier.RUN)}",
        "Bag-Software-Agent": f"minglu {manifest['minglu']}",
        "Payload-Oxum": f"{sum(sizes)}.{len(sizes)}",
    }
    for key, value in facts.items():
        if not value.isprintable():
            raise UsageError(
                en=f"{key}: {value!r}; expected one line of plain text.", zh=f"{key}：{value!r}；应为一行普通文字。"
            )
    return "".join(f"{key}: {value}\n" for key, value in facts.items())


def _copy(source: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, to)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
