"""Identifiers on known values: the vectors of the standards, and values copied wrongly from page to page."""

import pytest

from minglu.register.identifiers import common_key, org_code, permit_no, reg_no, region_code, tax_no, uscc

VALID = [
    (uscc, "91350100M000100Y43"),
    (uscc, "91130200699229617X"),
    (uscc, "911302307808371268"),
    (uscc, "91110108551385082Q"),
    (uscc, "91440300708461136T"),
    (uscc, "914403001922038216"),
    (uscc, "91110000802100433B"),
    (uscc, "91330100799655058B"),
    (uscc, "911101081000004460"),  # remainder 0
    (uscc, "911101081000006810"),  # remainder 0
    (uscc, " ９１１３０２００-69922961 7x "),
    (org_code, "D2143569-X"),
    (org_code, "M000100Y-4"),
    (org_code, "69922961-7"),
    (org_code, "78083712-6"),
    (org_code, "55138508-2"),
    (org_code, "MA1G4L1W0"),  # letters valued as in the USCC would ask for 8
    (reg_no, "110108000000016"),
    (reg_no, "440301103097413"),
    (reg_no, "100000000018983"),
    (reg_no, "310115400003956"),
    (tax_no, "110108551385082"),
    (tax_no, "440300708461136"),
    (tax_no, "91110108551385082Q"),
    (permit_no, "91130200699229617X001P"),
    (permit_no, "91130200699229617X002P"),
    (permit_no, "911302307808371268001P"),
    (permit_no, "91130200699229617X001W"),  # the 22nd is a letter, never a check character
    (permit_no, "H9330100699229617a"),
    (permit_no, "H9330100000000001a001P"),
    (region_code, "330603107001"),
    (region_code, "330603107200"),
    (region_code, "350322111201"),
    (region_code, "371083108201"),
    (region_code, "220581102001"),
    (region_code, "321281106201"),
    (region_code, "330603107001002"),
    (region_code, "330603"),
]

INVALID = [
    (uscc, "91350100M000100Y4Z", "ID_CHARACTER", 18),
    (uscc, "91310115MA1G4L1WXK", "ID_CHECK", 18),
    (uscc, "91440300713555564J", "ID_CHECK", 18),
    (uscc, "91350100M000100Y44", "ID_CHECK", 18),
    (uscc, "9135O100M000100Y43", "ID_CHARACTER", 5),
    (uscc, "9135A100M000100Y43", "ID_CHARACTER", 5),
    (uscc, "91350100M00O100Y43", "ID_CHARACTER", 12),
    (uscc, "91350100M000100Y4", "ID_LENGTH", None),
    (uscc, "9.133E+17", "ID_DAMAGED", None),
    (uscc, "9.13301007109E+17", "ID_DAMAGED", None),
    (uscc, "913301007109000000", "ID_DAMAGED", None),
    (uscc, "913301007108999936", "ID_DAMAGED", None),
    (uscc, "0" * 18, "ID_PLACEHOLDER", None),  # its check character fits
    (uscc, "1" * 18, "ID_PLACEHOLDER", None),
    (uscc, "123456789012345678", "ID_PLACEHOLDER", None),
    (uscc, "", "ID_PLACEHOLDER", None),
    (org_code, "699229618", "ID_CHECK", 9),
    (org_code, "MA1G4L1W8", "ID_CHECK", 9),
    (org_code, "PDY000012", "ID_PLACEHOLDER", None),
    (org_code, "111111111", "ID_PLACEHOLDER", None),
    (org_code, "000000000", "ID_PLACEHOLDER", None),
    (org_code, "69922961", "ID_LENGTH", None),
    (org_code, "699229.17", "ID_LENGTH", None),
    (org_code, "6992296厂7", "ID_CHARACTER", 8),
    (reg_no, "110108000000017", "ID_CHECK", 15),
    (reg_no, "11010800000001X", "ID_CHARACTER", 15),
    (reg_no, "1101080000000", "ID_LENGTH", None),
    (tax_no, "110108000000016", "ID_MOVED", None),
    (tax_no, "130200699229617", "ID_AMBIGUOUS", None),  # both checks fit
    (tax_no, "99999919990101001X00", "ID_PERSONAL", None),
    (tax_no, "99999999010100100000", "ID_PERSONAL", None),
    (tax_no, "99999919990101001X", "ID_PERSONAL", None),
    (permit_no, "91130200699229617X0O1P", "ID_CHARACTER", 20),
    (permit_no, "91130200699229617X0012", "ID_CHARACTER", 22),
    (permit_no, "91130200699229618X001P", "ID_CHECK", 18),
    (permit_no, "H9330100699229617o", "ID_LENGTH", None),  # no o and no i in the small letter
    (region_code, "33060310700", "ID_LENGTH", None),
    (region_code, "33060310700X", "ID_CHARACTER", 12),
    (region_code, "111111", "ID_PLACEHOLDER", None),
    (region_code, "3.30603E+11", "ID_DAMAGED", None),
]


@pytest.mark.parametrize(("module", "text"), VALID, ids=lambda value: getattr(value, "__name__", value)[-22:])
def test_valid_values_have_no_fault(module, text):
    """A published value passes, in the form people write and in the compact one."""
    assert module.validate(text) is None
    assert module.is_valid(module.compact(text))
    assert module.is_valid(module.format(text))


@pytest.mark.parametrize(("module", "text", "code", "position"), INVALID)
def test_faults_name_code_and_character(module, text, code, position):
    """A wrong value is told by its code and, where one character is wrong, by its place."""
    fault = module.validate(text)
    assert fault is not None
    assert (fault.code.name, fault.position) == (code, position)
    assert " / " in fault.reason
    assert not module.is_valid(text)


def test_a_fault_never_repeats_the_value():
    """A personal number can't leak through the words of its fault."""
    for text in ("99999919990101001X00", "99999999010100100000", "99999919990101001X"):
        reason = tax_no.validate(text).reason
        assert not any(character.isdigit() for character in reason)
        assert "9999" not in tax_no.format(text)


def test_unknown_prefix_is_a_remark_and_no_fault():
    """Later amendments add departments, so an unknown one is remarked on and stays valid."""
    body = "N2110108" + "551385082"
    code = body + uscc.check_character(body)
    assert uscc.is_valid(code)
    assert uscc.remark(code).code.name == "ID_PREFIX"


def test_remark_on_an_organisation_code_that_fails_inside():
    """The whole may fit while the organisation code inside does not; that is said, the code stays valid."""
    body = "91110108" + "551385083"
    code = body + uscc.check_character(body)
    assert uscc.is_valid(code)
    assert uscc.remark(code).code.name == "ID_CHECK"


def test_mod_11_10_matches_the_iso_example():
    """ISO 7064 gives 0794 the check digit 5."""
    assert reg_no.check_digit("0794") == "5"


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"uscc_text": "91110108551385082Q"}, "551385082"),
        ({"tax_text": "110108551385082"}, "551385082"),
        ({"tax_text": "91110108551385082Q"}, "551385082"),
        ({"permit_text": "91110108551385082Q001P"}, "551385082"),
        ({"permit_text": "H9330100699229617a001P"}, "699229617"),
        ({"org_text": "55138508-2"}, "551385082"),
        ({"uscc_text": "91110108551385082Q", "org_text": "699229617"}, "551385082"),
        ({"tax_text": "130200699229617"}, ""),  # ambiguous: text, never a key
        ({"org_text": "111111111"}, ""),
        ({"permit_text": "H9330100000000001a001P"}, ""),
        ({}, ""),
    ],
)
def test_all_lists_share_one_key(given, key):
    """USCC, tax number, permit number and organisation code lead to the same nine characters."""
    assert common_key(**given) == key


@pytest.mark.parametrize(
    ("code", "levels"),
    [
        ("330603107001", ("33", "3306", "330603", "330603107", "330603107001")),
        ("330603000000", ("33", "3306", "330603")),
        ("330000", ("33",)),
        ("990101001001007", ("99", "9901", "990101", "990101001", "990101001001", "990101001001007")),
        ("", ()),
        ("000000000000", ()),
    ],
)
def test_prefixes_of_a_region_code_are_the_areas_above(code, levels):
    """Every level above is a prefix; zeros that only fill a code up name no area."""
    assert region_code.levels(code) == levels
