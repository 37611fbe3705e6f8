"""What `archive seal` makes, and what `archive check` finds, carried as one file or not."""

import hashlib
import json
import re
import subprocess
import sys

import docx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from minglu.errors import OutputError, SourceError, UsageError
from minglu.register.report import render_all
from minglu.register.storage import archive_verifier
from minglu.register.verification.archive.seal import SealOptions, check, copy_verifier, seal

WISH = SealOptions("示例县普查办", "2028-02-01")
RUN = "data/run"


def codes(bag, **given):
    return {(finding.code, finding.path) for finding in check(bag, **given).findings}


def relist(bag):
    """Renew every list of the bag, as a forger would who knows how bags are made."""
    files = sorted(path.relative_to(bag).as_posix() for path in (bag / "data").rglob("*") if path.is_file())
    lines = {name: f"{hashlib.sha256((bag / name).read_bytes()).hexdigest()}  {name}\n" for name in files}
    (bag / "manifest-sha256.txt").write_text("".join(lines.values()), "utf-8")
    size = sum((bag / name).stat().st_size for name in files)
    info = (bag / "bag-info.txt").read_text("utf-8")
    (bag / "bag-info.txt").write_text(re.sub(r"Oxum: .*", f"Oxum: {size}.{len(files)}", info), "utf-8")
    tags = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt")
    text = "".join(f"{hashlib.sha256((bag / name).read_bytes()).hexdigest()}  {name}\n" for name in tags)
    (bag / "tagmanifest-sha256.txt").write_text(text, "utf-8")


def rerun_manifest(bag):
    """Renew the run's own manifest as well."""
    path = bag / RUN / "manifest.json"
    told = json.loads(path.read_text("utf-8"))
    for item in told["outputs"]:
        item["sha256"] = hashlib.sha256((bag / RUN / item["path"]).read_bytes()).hexdigest()
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")


def test_sealed_archive_is_intact_and_knows_its_head(sealed):
    """Words, digits, and words with blanks all name the head; the result says that it was compared."""
    bag, told = sealed
    words = archive_verifier.in_words(told.head)
    for head in (told.head, words, words.replace("-", " ").upper()):
        checked = check(bag, head=head)
        assert not checked.findings
        assert checked.pinned
    assert not check(bag).pinned
    assert codes(bag, head=words[:-6]) == {("HEAD", "tagmanifest-sha256.txt")}


def test_words_are_proquints():
    """The published example: 127.0.0.1 is lusab-babad."""
    assert archive_verifier.in_words("7f000001" + "0" * 56).startswith("lusab-babad-babab-")


def test_same_run_gives_the_same_archive(county, sealed, tmp_path):
    """The day of sealing is given, so nothing in a bag depends on a clock."""
    told = seal(county / "out", county / "census.toml", tmp_path / "again", SealOptions(WISH.by, WISH.on, inputs=True))
    assert told.head == sealed[1].head


def test_page_and_document_state_the_register_head(sealed):
    """The head of the register stands in both forms that people sign, and is that of the tables."""
    bag, told = sealed
    page = (bag / RUN / "report.html").read_text("utf-8")
    assert told.register_head in page
    assert archive_verifier.in_words(told.register_head) in page
    assert told.register_head != told.head


def link(path):
    path.unlink()
    path.symlink_to("/etc/hostname")


def swap(bag):
    one, other = (bag / RUN / "tables" / name for name in ("units.parquet", "members.parquet"))
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lambda bag: (bag / RUN / "report.html").write_bytes(b"x"), ("CHANGED", f"{RUN}/report.html")),
        (lambda bag: (bag / RUN / "tables" / "units.parquet").unlink(), ("GONE", f"{RUN}/tables/units.parquet")),
        (lambda bag: (bag / RUN / "extra.txt").write_text("x"), ("ADDED", f"{RUN}/extra.txt")),
        (lambda bag: (bag / "extra.txt").write_text("x"), ("ADDED", "extra.txt")),
        (lambda bag: (bag / "bag-info.txt").write_text("x"), ("CHANGED", "bag-info.txt")),
        (lambda bag: (bag / "bagit.txt").write_text("x"), ("BAG", "bagit.txt")),
        (lambda bag: link(bag / RUN / "coverage.json"), ("LINK", f"{RUN}/coverage.json")),
        (swap, ("CHANGED", f"{RUN}/tables/units.parquet")),
    ],
)
def test_a_hand_in_the_archive_is_found(bag, damage, found):
    """Changed, removed, added, linked and swapped files are named, without any head."""
    damage(bag)
    assert found in codes(bag)


def test_a_forger_who_renews_every_list_is_found_by_the_head(bag, sealed):
    """Without the head such a forgery may pass; with the words kept elsewhere it can't."""
    (bag / RUN / "run.json").write_text("{}", "utf-8")
    relist(bag)
    assert codes(bag) == set()
    assert codes(bag, head=archive_verifier.in_words(sealed[1].head)) == {("HEAD", "tagmanifest-sha256.txt")}


def test_stale_report_is_found_even_if_every_list_was_renewed(bag):
    """Tables changed behind a report: the report states the head of other tables."""
    path = bag / RUN / "coverage.json"
    path.write_text(path.read_text("utf-8").replace('"minglu/', '"minglu /', 1), "utf-8")
    rerun_manifest(bag)
    relist(bag)
    assert codes(bag) == {("STALE", f"{RUN}/report.html"), ("STALE", f"{RUN}/report.docx")}


def test_sums_that_do_not_hold_are_found(bag):
    """A row count that was polished no longer adds up."""
    path = bag / RUN / "coverage.json"
    told = json.loads(path.read_text("utf-8"))
    told["accounting"]["outcomes"]["unit"] += 1
    path.write_text(json.dumps(told), "utf-8")
    assert ("SUMS", f"{RUN}/coverage.json") in codes(bag)


CHAIN_DAMAGE = {
    "a line changed": lambda lines: [lines[0], lines[1].replace(b"different", b"same_site"), lines[2]],
    "a line removed": lambda lines: [lines[0], lines[2]],
    "two lines swapped": lambda lines: [lines[1], lines[0], lines[2]],
    "the tail cut off": lambda lines: lines[:2],
    "a line added": lambda lines: [*lines, lines[-1]],
    "the last line torn": lambda lines: [*lines[:2], lines[2][:40]],
    "all gone": lambda _lines: [],
}


@pytest.mark.parametrize("damage", CHAIN_DAMAGE)
def test_a_chain_is_what_people_said_to_the_last_line(bag, damage):
    """Even where every list was renewed: each line holds the one before, and the run says how the chain ends."""
    path = bag / "data" / "decisions.jsonl"
    path.write_bytes(b"".join(CHAIN_DAMAGE[damage](path.read_bytes().splitlines(keepends=True))))
    relist(bag)
    assert codes(bag) == {("CHAIN", "data/decisions.jsonl")}
    (bag / "data" / "field.jsonl").unlink()
    relist(bag)
    assert ("CHAIN", "data/field.jsonl") in codes(bag)


def test_a_report_that_says_otherwise_than_its_figures_is_stale(bag):
    """A number of the verdict edited in page or document after the seal, every list renewed: both are found."""
    page = bag / RUN / "report.html"
    verdict = json.loads((bag / RUN / "coverage.json").read_text("utf-8"))["verdict"]["accounted"]
    number = f"{verdict['number']:,}"
    page.write_text(
        page.read_text("utf-8").replace(f"{number} 行在台账中各登记一次", "9,999 行在台账中各登记一次"), "utf-8"
    )
    document = docx.Document(bag / RUN / "report.docx")
    (said,) = (one for one in document.paragraphs if f"{number} 行在台账中各登记一次" in one.text)
    for run in said.runs:
        run.text = run.text.replace(number, "9,999")
    document.save(bag / RUN / "report.docx")
    assert ("CHANGED", f"{RUN}/report.html") in codes(bag)
    rerun_manifest(bag)
    relist(bag)
    assert codes(bag) == {("STALE", f"{RUN}/report.html"), ("STALE", f"{RUN}/report.docx")}


def test_a_report_rendered_again_from_the_same_tables_is_the_same(bag, sealed):
    """Rendering again changes no byte; so an archive whose report was rendered again is still whole."""
    render_all(bag / RUN)
    assert not check(bag, head=sealed[1].head).findings


def test_every_truncation_of_the_archive_is_a_finding_or_a_refusal(bag, sealed):
    """Files cut to half, one by one: never a crash, never silence."""
    for path in sorted(path for path in bag.rglob("*") if path.is_file()):
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        try:
            assert check(bag, head=sealed[1].head).findings, path
        except SourceError:
            assert path.parent == bag, path
        path.write_bytes(content)


def test_json_without_end_is_a_finding(bag):
    """Brackets that never close must not end the checker by its own depth."""
    for name in ("coverage.json", "manifest.json"):
        (bag / RUN / name).write_text("[" * 200_000, "utf-8")
        relist(bag)
        assert {code for code, _ in codes(bag)} & {"UNREADABLE", "RUN"}


def test_the_checker_works_alone(bag, tmp_path):
    """One file, no package beside it, an empty environment; same findings, same exit codes."""
    copy_verifier(tmp_path / "check.py")

    def run(*more):
        call = [sys.executable, "-I", "-S", str(tmp_path / "check.py"), str(bag), "--json", *more]
        return subprocess.run(call, capture_output=True, check=False, env={"PYTHONUTF8": "1"}, cwd=tmp_path)

    whole = run()
    assert whole.returncode == 0, whole.stderr
    assert json.loads(whole.stdout) == archive_verifier.as_dict(check(bag))
    (bag / RUN / "report.html").unlink()
    assert run().returncode == 1
    (bag / "manifest-sha256.txt").unlink()
    assert run().returncode == 3


def test_signature_holds_for_its_key_alone(county, tmp_path):
    """Signed by one library, verified by the checker's own few lines; another key and a changed bag do not pass."""
    keys = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2)]
    for number, key in enumerate(keys):
        (tmp_path / f"{number}.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        (tmp_path / f"{number}.pub").write_bytes(
            key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
    bag = tmp_path / "bag"
    assert seal(
        county / "out", county / "census.toml", bag, SealOptions("甲", "2028-02-01", key=tmp_path / "0.pem")
    ).signed
    assert check(bag, key=tmp_path / "0.pub").pinned
    assert codes(bag, key=tmp_path / "0.pub") == set()
    assert codes(bag, key=tmp_path / "1.pub") == {("SIGNATURE", "signature.json")}
    info = (bag / "bag-info.txt").read_text("utf-8")
    for told, other in (("2028-02-01", "2028-01-31"), ("Source-Organization: 甲", "Source-Organization: 乙")):
        assert told in info
        (bag / "bag-info.txt").write_text(info.replace(told, other), "utf-8")
        relist(bag)
        assert codes(bag, key=tmp_path / "0.pub") == {("SIGNATURE", "signature.json")}, "name and day are signed"
        assert codes(bag) == {("SIGNATURE", "signature.json")}, "also where nobody brought the key"
    (bag / "bag-info.txt").write_text(info, "utf-8")
    (bag / RUN / "run.json").write_text("{}", "utf-8")
    relist(bag)
    assert codes(bag, key=tmp_path / "0.pub") == {("SIGNATURE", "signature.json")}
    with pytest.raises(SourceError, match="Ed25519"):
        seal(county / "out", county / "census.toml", tmp_path / "no", SealOptions("甲", "x", key=tmp_path / "0.pub"))


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511))
def test_own_verification_agrees_with_the_library(seed, message, bit):
    """Every true signature holds; one flipped bit anywhere in it does not."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert archive_verifier.verify_signature(public, message, signature)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not archive_verifier.verify_signature(public, message, bytes(flipped))


def test_published_vector_of_the_standard_holds():
    """RFC 8032, section 7.1, test 2."""
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert archive_verifier.verify_signature(public, b"\x72", signature)
    assert not archive_verifier.verify_signature(public, b"\x73", signature)


def test_only_the_run_as_it_is_can_be_sealed(county, sealed, tmp_path):
    """Another census file, a changed table and a place that is taken are refused, and nothing is written."""
    with pytest.raises(OutputError, match="never replaced"):
        seal(county / "out", county / "census.toml", sealed[0], WISH)
    other = county / "other.toml"
    other.write_text((county / "census.toml").read_text("utf-8") + "\n# changed\n", "utf-8")
    try:
        with pytest.raises(SourceError, match=r"other\.toml"):
            seal(county / "out", other, tmp_path / "bag", WISH)
    finally:
        other.unlink()
    with pytest.raises(UsageError, match="one line"):
        seal(county / "out", county / "census.toml", tmp_path / "bag", SealOptions("a\nb", "x"))
    assert not (tmp_path / "bag").exists()


@pytest.mark.parametrize("chain", ["decisions", "field"])
def test_a_run_whose_chain_is_gone_is_not_sealed(county, tmp_path, chain):
    """What people said belongs to the run: an archive without it would be broken from the first day."""
    path, aside = county / f"{chain}.jsonl", tmp_path / "aside"
    path.rename(aside)
    try:
        with pytest.raises(SourceError, match=chain):
            seal(county / "out", county / "census.toml", tmp_path / "bag", WISH)
    finally:
        aside.rename(path)
    assert not (tmp_path / "bag").exists()


def test_inputs_go_in_only_when_asked_for(sealed, county, tmp_path):
    """Lists hold personal data; by default only their digests are kept."""
    seal(county / "out", county / "census.toml", tmp_path / "bag", WISH)
    assert not (tmp_path / "bag" / "data" / "inputs").exists()
    assert len(list((sealed[0] / "data" / "inputs" / "lists").iterdir())) == 3


def test_a_foreign_folder_is_refused(tmp_path):
    """Exit code 3, not a crash."""
    with pytest.raises(SourceError, match="no archive"):
        check(tmp_path)


def test_the_verdict_is_said_in_words(bag):
    """Whole or not, the last word is plain, and a damaged archive says what to do."""
    assert archive_verifier.lines(check(bag), "en")[0].startswith("intact: ")
    (bag / "extra.txt").write_text("x")
    told = archive_verifier.lines(check(bag), "en")
    assert told[1].startswith("NOT intact: 1 findings. Take a whole copy")
    assert "不完好：1 处。请改用完好的副本" in archive_verifier.lines(check(bag), "zh")[1]
