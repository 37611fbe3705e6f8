"""Check a sealed archive of a minglu register: one file, Python's standard library alone, nothing of minglu.

    python3 verifier.py BAG [--head WORDS] [--key PUBLIC.pem] [--lang zh|en] [--json]

An archive is a BagIt bag (RFC 8493) around a run folder.  Every byte in it hangs from one
number, the *head*: the sha256 of tagmanifest-sha256.txt, which lists the manifest, which
lists every file.  Who keeps the head elsewhere (it can be read aloud as eight short words) finds any change,
removal or addition, also one that renews every list inside.  Without the head only what
contradicts itself is found; the closing line says which of the two was done.
Exit code 0: nothing found; 1: findings; 2: usage; 3: BAG is no archive of minglu.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import html
import json
import os
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAG_MANIFEST, SIGNATURE = "manifest-sha256.txt", "tagmanifest-sha256.txt", "signature.json"
RUN, RULES = "data/run", "data/rules.json"
CHAINS = ("data/decisions.jsonl", "data/field.jsonl")
NO_LINE = "0" * 64
CONSONANTS, VOWELS = "bdfghjklmnprstvz", "aiou"
WORDS_OF_HEAD = 8
"""128 of the 256 bits: nobody can make another archive with the same eight words."""
HEAD_PLACE = re.compile(r'(?:<meta name="register-head" content="|<dc:identifier>)([0-9a-f]*)[<"]')
DOCUMENT_PARTS = ("docProps/core.xml", "word/document.xml")


class Finding(NamedTuple):
    """One thing that is not as it must be."""

    code: str
    path: str
    zh: str
    en: str

    def text(self, language: str) -> str:
        """Return the result on one line."""
        return f"{self.code}  {self.path}  {self.zh if language == 'zh' else self.en}"


class Checked(NamedTuple):
    """What a check found, and the number that everything hangs from."""

    head: str
    register_head: str
    files: int
    pinned: bool
    """Whether a head or a key from elsewhere was compared; without one a forger could have renewed every list."""
    findings: tuple[Finding, ...]


def in_words(digest: str) -> str:
    """Write the first 128 bits of a hexadecimal digest as eight words (proquints: 7f000001 is lusab-babad)."""
    numbers = [int(digest[start : start + 4], 16) for start in range(0, 4 * WORDS_OF_HEAD, 4)]
    return "-".join(
        CONSONANTS[n >> 12] + VOWELS[n >> 10 & 3] + CONSONANTS[n >> 6 & 15] + VOWELS[n >> 4 & 3] + CONSONANTS[n & 15]
        for n in numbers
    )


def same_head(given: str, digest: str) -> bool:
    """Return whether what a person gives, words or hexadecimal digits, is this head; parts of it are not enough."""
    plain = re.sub(r"[\s\-—–,，.。]+", "", given).lower()
    return plain in {digest, in_words(digest).replace("-", "")}


def digest_of(path: Path) -> str:
    """Return the sha256 of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def register_head(run: Path) -> str:
    """Return the sha256 over the tables and coverage.json of a run folder: what every rendered form must state."""
    files = [run / "coverage.json", *sorted((run / "tables").glob("*.parquet"))]
    lines = [f"{digest_of(path)}  {path.relative_to(run).as_posix()}\n" for path in files if path.is_file()]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def check_bag(bag: Path, *, head: str = "", key: bytes | None = None) -> Checked:
    """Check everything that can be checked; raises ValueError where `bag` is no archive of minglu at all."""
    tags, payload = _read_list(bag / TAG_MANIFEST), _read_list(bag / MANIFEST)
    if not {f"{RUN}/manifest.json", f"{RUN}/coverage.json"} <= payload.keys():
        raise ValueError(RUN)
    findings = [*_declared(bag, payload), *_listed_files(bag, tags, payload)]
    own_head = digest_of(bag / TAG_MANIFEST)
    if head and not same_head(head, own_head):
        words = in_words(own_head)
        zh, en = f"封存校验码为 {words}，与所给的不符", f"the head is {words}, not the one given"
        findings.append(Finding("HEAD", TAG_MANIFEST, zh, en))
    findings += _signature(bag, key)
    for check in (_run_manifest, _figures, _rendered, _chains, _inputs):
        findings += _guarded(check, bag)
    pinned = bool(head) or key is not None
    return Checked(own_head, register_head(bag / RUN), len(payload), pinned, tuple(sorted(findings)))


def _guarded(check: Callable[[Path], Iterable[Finding]], bag: Path) -> list[Finding]:
    """Run a check that reads what the run wrote; what can't be read is a finding, never a crash."""
    try:
        return list(check(bag))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        what = type(error).__name__
        return [Finding("UNREADABLE", RUN, f"无法按预期读取（{what}）", f"can't be read as expected ({what})")]


def _read_list(path: Path) -> dict[str, str]:
    """Read a manifest of BagIt: path -> digest; raises ValueError where it is missing or can't be read."""
    if path.is_symlink() or not path.is_file():
        raise ValueError(str(path))
    listed: dict[str, str] = {}
    for line in path.read_bytes().decode("utf-8").removesuffix("\n").split("\n"):  # names may hold other ends of lines
        found = re.fullmatch(r"([0-9a-f]{64})\s+(\S.*)", line)
        if found is None:
            raise ValueError(str(path))
        name = re.sub("%(0A|0D|25)", lambda hit: chr(int(hit[1], 16)), found[2])
        if name in listed:
            raise ValueError(str(path))
        listed[name] = found[1]
    return listed


def _listed_files(bag: Path, tags: Mapping[str, str], payload: Mapping[str, str]) -> Iterator[Finding]:
    """Compare what is listed with what is there: nothing changed, nothing gone, nothing added, no links."""
    there = {path.relative_to(bag).as_posix(): path for path in _walk(bag)}
    for name, digest in {**tags, **payload}.items():
        if name.startswith("/") or ".." in name.split("/") or (name in payload) != name.startswith("data/"):
            yield Finding("LISTED", name, "清单中的路径不合规", "no path that a list may hold")
        elif name not in there:
            yield Finding("GONE", name, "文件缺失", "is listed and not there")
        elif there[name].is_symlink() or not there[name].is_file():
            yield Finding("LINK", name, "不是普通文件", "is no plain file")
        elif digest_of(there[name]) != digest:
            yield Finding("CHANGED", name, "内容已被改动", "was changed")
    for name in sorted(there.keys() - tags.keys() - payload.keys() - {TAG_MANIFEST, SIGNATURE}):
        yield Finding("ADDED", name, "清单中没有此文件", "is there and not listed")
    for name in sorted({"bagit.txt", "bag-info.txt", MANIFEST} - tags.keys()):
        yield Finding("LISTED", name, "标签清单中没有此文件", "is not in the list of tag files")


def _walk(bag: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(bag):
        yield from (Path(folder, name) for name in files)
        yield from (Path(folder, name) for name in folders if Path(folder, name).is_symlink())


def _declared(bag: Path, payload: Mapping[str, str]) -> Iterator[Finding]:
    """Compare bagit.txt with what it must say, and Payload-Oxum (bytes.files) of bag-info.txt with the payload."""
    texts = {path.name: path.read_text("utf-8", errors="replace") for path in bag.glob("bag*.txt") if path.is_file()}
    if texts.get("bagit.txt") != DECLARATION:
        yield Finding("BAG", "bagit.txt", "不是 BagIt 1.0 的声明", "is not the declaration of BagIt 1.0")
    stated = re.search(r"^Payload-Oxum: (\d+\.\d+)$", texts.get("bag-info.txt", ""), re.MULTILINE)
    sizes = [(bag / name).stat().st_size for name in payload if (bag / name).is_file()]
    found = f"{sum(sizes)}.{len(sizes)}"
    if stated is None or stated[1] != found:
        yield Finding("SIZE", "bag-info.txt", f"内容实为 {found}（字节.文件）", f"the payload is {found}, bytes.files")


def _json(bag: Path, name: str) -> Any:
    return json.loads((bag / RUN / name).read_text("utf-8"))


def _run_manifest(bag: Path) -> Iterator[Finding]:
    """Compare the run's own manifest with its files."""
    listed = {item["path"]: item["sha256"] for item in _json(bag, "manifest.json")["outputs"]}
    run = bag / RUN
    there = {path.relative_to(run).as_posix(): path for path in _walk(run)}
    for name in sorted(there.keys() | listed.keys()):
        if name in {"manifest.json", "run.json"}:
            continue
        if name not in there or name not in listed or digest_of(there[name]) != listed[name]:
            yield Finding("RUN", f"{RUN}/{name}", "与运行清单不符", "is not as the run's manifest says")


def _figures(bag: Path) -> Iterator[Finding]:
    """Add up what the report says of the rows; sums that don't hold were not made by minglu."""
    accounting = _json(bag, "coverage.json")["accounting"]
    by_outcome = accounting["outcomes"]
    by_list = [sum(row[outcome] for row in accounting["lists"]) for outcome in by_outcome]
    if accounting["rows"] != sum(by_outcome.values()) or by_list != list(by_outcome.values()):
        yield Finding("SUMS", f"{RUN}/coverage.json", "行数与各去向之和不符", "rows and their outcomes do not add up")


def _rendered(bag: Path) -> Iterator[Finding]:
    """Find forms that were rendered from other tables than those beside them, or whose verdict is another."""
    wanted, verdict = register_head(bag / RUN), _json(bag, "coverage.json")["verdict"].values()
    for path in filter(Path.is_file, (bag / RUN / "report.html", bag / RUN / "report.docx")):
        head, text = _content(path)
        found = place[1] if (place := HEAD_PLACE.search(head)) else "-"
        shown = "".join(html.unescape(re.sub("<[^>]*>", "", text)).split())
        if found != wanted:
            zh, en = f"报告所载名录校验码 {found[:16]} 与数据表不符", f"states another register: {found[:16]}"
        elif any("".join(statement["zh"].split()) not in shown for statement in verdict):
            zh, en = "报告结论与统计结果不符", "its verdict is not that of coverage.json"
        else:
            continue
        yield Finding("STALE", f"{RUN}/{path.name}", zh, en)


def _content(path: Path) -> tuple[str, str]:
    """Return the part of a form that states the register head, and the one with its text."""
    try:
        if path.suffix == ".html":
            return (path.read_text("utf-8", errors="replace"),) * 2
        with zipfile.ZipFile(path) as parts:
            core, body = (parts.read(name).decode("utf-8", "replace") for name in DOCUMENT_PARTS)
    except (OSError, KeyError, zipfile.BadZipFile):
        return "", ""
    return core, body


def _chains(bag: Path) -> Iterator[Finding]:
    """Follow each chain of decisions: every line holds the digest of the line before; the run says how it ends."""
    manifest = _json(bag, "manifest.json")
    for name in CHAINS:
        path, key = bag / name, Path(name).stem
        recorded = (manifest.get(key) or {}).get("head", NO_LINE)
        last, broken = _follow(path) if path.is_file() else (NO_LINE, 0)
        if broken:
            yield Finding("CHAIN", name, f"第 {broken} 行：链条断裂", f"line {broken}: the chain is broken")
        elif last != recorded:
            yield Finding("CHAIN", name, "链条末尾与运行清单不符", "does not end as the run's manifest says")


def _follow(path: Path) -> tuple[str, int]:
    """Return the digest of the last line, and the number of the first line that does not follow (0 if all do)."""
    raw, head = path.read_bytes(), NO_LINE  # as `hash_chain` reads it, written out again: this file stands alone
    for number, line in enumerate(raw.split(b"\n")[:-1], 1):
        try:
            record = json.loads(line)
            follows = record["prev"] == head and record["n"] == number
        except (ValueError, KeyError, TypeError, RecursionError):
            follows = False
        if not follows:
            return head, number
        head = hashlib.sha256(line).hexdigest()
    return head, 0 if not raw or raw.endswith(b"\n") else raw.count(b"\n") + 1


def _inputs(bag: Path) -> Iterator[Finding]:
    """Compare census file, rules and the inputs that were put in, if any, with what the run read."""
    manifest = _json(bag, "manifest.json")
    known = {item["sha256"] for item in (*manifest["inputs"], *manifest["layers"])}
    files = [path for path in sorted((bag / "data" / "inputs").rglob("*")) if path.is_file()]
    census = [(bag / "data" / "census.toml", {manifest["census"]["sha256"]})] if "counties" not in manifest else []
    for path, wanted in [*census, (bag / RULES, {manifest["rules"]["sha256"]}), *((path, known) for path in files)]:
        if digest_of(path) not in wanted:
            yield Finding("INPUT", path.relative_to(bag).as_posix(), "不是本次运行所用的", "is not what the run used")


# -- Ed25519 (RFC 8032), verification only: everything here is public ------------------------------------------

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, -1, PRIME) % PRIME
Point = tuple[int, int, int, int]
"""x, y, z, t with x/z, y/z the point and t = xy/z."""


def verify_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether `signature` (64 bytes) is that of `message` under the key `public` (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, nonce, scalar = _decode(public), _decode(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or scalar >= ORDER:
        return False
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    base = _decode((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little"))
    assert base is not None
    left, right = _times(scalar, base), _add(nonce, _times(hashed, key))
    return (left[0] * right[2] - right[0] * left[2]) % PRIME == 0 == (left[1] * right[2] - right[1] * left[2]) % PRIME


def _decode(encoded: bytes) -> Point | None:
    number = int.from_bytes(encoded, "little")
    y, odd = number & ((1 << 255) - 1), number >> 255
    if y >= PRIME:
        return None
    square = (y * y - 1) * pow(CURVE_D * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if (x * x - square) % PRIME or (x == 0 and odd):
        return None
    x = PRIME - x if x & 1 != odd else x
    return x, y, 1, x * y % PRIME


def _add(one: Point, two: Point) -> Point:
    a, b = (one[1] - one[0]) * (two[1] - two[0]), (one[1] + one[0]) * (two[1] + two[0])
    c, d = 2 * one[3] * two[3] * CURVE_D, 2 * one[2] * two[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def _times(scalar: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while scalar:
        total = _add(total, point) if scalar & 1 else total
        point, scalar = _add(point, point), scalar >> 1
    return total


def read_public_key(text: str) -> bytes:
    """Read a public key: 64 hexadecimal digits, or a PEM file's text; raises ValueError for anything else."""
    if re.fullmatch(r"\s*[0-9a-fA-F]{64}\s*", text):
        return bytes.fromhex(text.strip())
    body = re.search("-----BEGIN PUBLIC KEY-----(.+?)-----END", text, re.DOTALL)
    raw = base64.b64decode(body[1]) if body else b""
    if raw[:12] != bytes.fromhex("302a300506032b6570032100"):  # the fixed frame of an Ed25519 key
        raise ValueError(text[:20])
    return raw[12:]


def _signature(bag: Path, key: bytes | None) -> Iterator[Finding]:
    path = bag / SIGNATURE
    if not path.is_file():
        if key is not None:
            yield Finding("SIGNATURE", SIGNATURE, "没有签名", "there is no signature")
        return
    try:
        signed = json.loads(path.read_text("utf-8"))
        public, signature = bytes.fromhex(signed["public_key"]), bytes.fromhex(signed["signature"])
    except (ValueError, KeyError, TypeError, RecursionError):
        yield Finding("SIGNATURE", SIGNATURE, "无法读取", "can't be read")
        return
    if key is not None and key != public:
        yield Finding("SIGNATURE", SIGNATURE, "由另一把密钥签署", "was made with another key")
    if not verify_signature(public, (bag / TAG_MANIFEST).read_bytes(), signature):
        yield Finding("SIGNATURE", SIGNATURE, "签名不成立", "does not hold")


def lines(checked: Checked, language: str) -> list[str]:
    """Tell what was found, the verdict and the two heads, on lines."""

    def say(zh: str, en: str) -> str:
        return zh if language == "zh" else en

    found = [finding.text(language) for finding in checked.findings]
    whole = say(f"完好：{checked.files} 个文件", f"intact: {checked.files} files")
    broken = say(f"不完好：{len(found)} 处。请改用完好的副本", f"NOT intact: {len(found)} findings. Take a whole copy")
    found.append(broken if found else whole)
    if not checked.pinned:
        zh = "未提供另存的封存校验码或公钥：若有人连同清单一起重做，无法发现。"
        found.append(say(zh, "no head and no key from elsewhere was given: who renews every list can't be found out."))
    words, register = in_words(checked.head), in_words(checked.register_head)
    own = f"register head {register}"
    return [*found, say(f"封存校验码 {words}", f"head {words}"), say(f"名录校验码 {register}", own)]


def as_dict(checked: Checked) -> dict[str, Any]:
    """Return the result for machines."""
    return {
        "schema": "minglu/archive-check/1",
        "intact": not checked.findings,
        "pinned": checked.pinned,
        "files": checked.files,
        "head": checked.head,
        "head_words": in_words(checked.head),
        "register_head": checked.register_head,
        "findings": [finding._asdict() for finding in checked.findings],
    }


def main() -> int:
    """Check the archive that the command line names; a head without a letter is an error, never a pass."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("bag", type=Path, metavar="BAG")
    filled = lambda text: text.strip() or parser.error("--head: 为空 empty")  # noqa: E731 - one line, one file
    parser.add_argument("--head", type=filled, help="the head kept elsewhere, words or digits 另存的封存校验码")
    parser.add_argument("--key", type=Path, help="file with the public key 公钥文件")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    try:
        key = read_public_key(given.key.read_text("utf-8")) if given.key else None
        checked = check_bag(given.bag, head=given.head or "", key=key)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{given.bag}: 不是 minglu 的封存档案，或无法读取 / no archive, or unreadable: {error}\n")
        return 3
    output = [json.dumps(as_dict(checked), ensure_ascii=False, indent=1)] if given.json else lines(checked, given.lang)
    sys.stdout.write("\n".join(output) + "\n")
    return int(bool(checked.findings))


if __name__ == "__main__":
    sys.exit(main())
