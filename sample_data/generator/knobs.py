"""Every knob of the generator, its default and the reason for it.  No behaviour.

Marks [S#], [C], [I], [G] say how well a figure is known: sourced, computed, inferred,
general knowledge.  Where only [I] or [G] stands, the default is a working figure.
Shares are 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Knobs:
    """All that decides a generated set; equal knobs give equal bytes."""

    seed: int = 2027
    """Seed of every draw."""
    rows: int = 2_500
    """Rows of the three lists together, about; the census of a province has 0.1 to 1 million [I]."""
    districts_count: int = 0
    """Districts to draw; 0 chooses 60, or one per 100 rows if that is more.  Sichuan had 3.8 rows per
    district [S5, C], the economic census allows up to 150 units [S31]."""
    block_units: int = 60_000
    """Legal units made at a time: bounds the memory, and shapes the result (a market ends at a block)."""
    vocabulary: str = "open"
    """Vocabulary file: `open` or `development` to develop against, `held-out` to measure only."""

    # --- who there is -------------------------------------------------------------------
    out_of_scope_share: float = 0.42
    """Share of legal units outside divisions 06-46 and the other source classes.  Of listed units 33 %
    [S28, S29], 48 % [S25] or 54 % [S5] were kept; with closed units, this gives about one half."""
    closed_share: float = 0.12
    """Share of legal units closed before the census year: part of the same 50 to 65 % [I]."""
    stopped_share: float = 0.04
    """Share of open units that stand still (停产): still surveyed [S20]."""
    extra_site_share: float = 0.10
    """Share of companies with further sites (branch, plant, workshop): 有无其他厂址 is a field of the
    form [S17], two sites of one unit get permit serials 001 and 002 [S26]."""
    branch_share: float = 0.5
    """Share of further sites that are registered branches with a code of their own; the others use the
    code of the parent and a suffix or serial [S22, S26]."""
    shared_address_share: float = 0.06
    """Share of legal units that share address and building with another firm (一址多厂) [S25]."""
    shared_address_size: float = 4.0
    """Mean number of firms at a shared address; one virtual address held 28 [S77, weak]."""
    owner_many_share: float = 0.03
    """Share of legal units whose owner holds further licences at the same place with accounts of their
    own: separate legal units [S21]."""
    agency_phone_share: float = 0.05
    """Share of units whose phone is that of a bookkeeping agency, shared by many firms [I]."""
    second_licence_share: float = 0.004
    """Share of legal units that are only a second licence of another (一户多照, one set of accounts): the
    same site and legal unit, a near-equal name, the same owner [S21]."""
    renamed_share: float = 0.07
    """Share of companies with a former name, written in brackets or in a column of its own [S23]."""
    homonym_share: float = 0.03
    """Share of units that bear brand and trade of another unit elsewhere: 真重名 exist [S27]."""
    market_share: float = 0.05
    """Share of legal units in markets with near-equal names; markets are districts of their own in some
    censuses [S33]."""
    market_size: int = 3_000
    """Largest market, in legal units; small sets have smaller ones."""
    registered_elsewhere_share: float = 0.12
    """Share of legal units whose registered address is not the site; virtual addresses are common and
    registration must not locate a unit [S77, I]."""
    boiler_share: float = 0.012
    """Share of legal units that are institutions with a boiler: Hebei had 4,496 boilers beside 151,000
    industrial units [S6], under-listed by half [S4]."""
    livestock_large_share: float = 0.55
    """Share of livestock farms over the size limit, in scope; the limits differ by province [S13, S16]."""

    # --- which list knows whom ------------------------------------------------------------
    business_rate: float = 0.86
    """Chance of a typical registered site to stand in the business list [I]."""
    tax_rate: float = 0.72
    """Chance in the tax list: registry and tax share one feed, so it is high and dependent [I]."""
    permit_rate: float = 0.58
    """Chance of an in-scope site in the permit list [I]."""
    permit_out_of_scope_rate: float = 0.015
    """Chance of an out-of-scope site in the permit list [I]."""
    dependence: float = 1.0
    """Weight of a unit's hidden visibility in all three chances, on the logit scale: lists are not
    independent (permit implies registration), 0 makes them so [I]."""
    closed_factor: float = 0.55
    """Factor on the chances of a closed unit; stale units stay on lists [S77]."""
    duplicate_share: float = 0.035
    """Share of rows entered twice within one list: redundancy is the first problem named [S79]."""

    # --- codes -----------------------------------------------------------------------------
    missing_code_share: float = 0.07
    """Share of rows without USCC: UNECE warns that common identifiers are not complete [S91]."""
    typo_code_share: float = 0.025
    """Share of USCC with one wrong character or two neighbours swapped; the largest field error rate
    of a real check was 3.2 % [S43]."""
    old_number_share: float = 0.06
    """Share of rows with the 15-digit registration or tax number in place of the USCC [S64, S66]."""
    rounded_code_share: float = 0.30
    """Share of all-digit USCC in a spreadsheet that was typed as a number and rounded to 15 digits."""
    placeholder_code_share: float = 0.008
    """Share of rows with a placeholder (all 1, all 0, PDY...): they must never match [S27, S62]."""
    missing_permit_share: float = 0.04
    """Share of permit rows without permit number [I]."""
    personal_number_share: float = 0.04
    """Share of households' tax rows with a 20-digit number (visibly false, region 99) [S66]."""

    # --- names -----------------------------------------------------------------------------
    region_drop_share: float = 0.14
    """Share of names without the region: cross-province firms may drop it [S88], clerks do [I]."""
    region_bracket_share: float = 0.08
    """Share of names with the region in brackets after the trade [S90]."""
    trade_synonym_share: float = 0.05
    """Share of names with another word for the trade (机械 for 机械制造) [I]."""
    form_synonym_share: float = 0.06
    """Share of names with another legal form (有限公司 = 有限责任公司) [I]."""
    homophone_share: float = 0.015
    """Share of names with a character of the same sound [I, S43]."""
    shape_share: float = 0.012
    """Share of names with a character of like shape (scanned forms) [I, S43]."""
    order_share: float = 0.012
    """Share of names with brand and trade, or two characters, in the wrong order [I]."""
    full_width_share: float = 0.03
    """Share of texts with full-width digits, letters, brackets or stray spaces [I]."""
    former_in_name_share: float = 0.5
    """Share of a renamed unit's rows that carry the old name in brackets, (原...) [S23]."""
    old_name_only_share: float = 0.18
    """Share of a renamed unit's rows that know only the old name [I]."""

    # --- addresses -------------------------------------------------------------------------
    address_abbreviation_share: float = 0.35
    """Share of addresses with upper levels dropped or words shortened [I]."""
    chinese_numeral_share: float = 0.06
    """Share of addresses with house number in Chinese numerals [I]."""
    missing_address_share: float = 0.03
    """Share of rows without address [I, S78]."""
    other_address_share: float = 0.04
    """Share of rows with an outdated address: moved units, renamed streets [S77, S78]."""

    # --- coordinates -----------------------------------------------------------------------
    business_datum: str = "BD09"
    """Datum of the business list (map services): CGCS2000, GCJ02 or BD09 [S83, S87]."""
    tax_datum: str = "GCJ02"
    """Datum of the tax list; the census file says `auto`, so it must be detected [I]."""
    permit_datum: str = "CGCS2000"
    """Datum of the permit list: measured on site."""
    missing_point_share: float = 0.12
    """Share of rows without coordinates."""
    jitter_business_m: float = 60.0
    """Standard deviation of the geocoding error, metres; doubled for one in ten rows [I]."""
    jitter_tax_m: float = 90.0
    """The same for the tax list [I]."""
    jitter_permit_m: float = 12.0
    """The same for the permit list: taken on site, some tapped on a map [S82]."""
    swapped_point_share: float = 0.012
    """Share of rows with longitude and latitude swapped [I]."""
    dms_share: float = 0.12
    """Share of one-column coordinates written as degree, minute, second; the permit list has six
    columns as in the form [S17]."""
    zero_point_share: float = 0.008
    """Share of rows with the point 0, 0 [I]."""
    default_point_share: float = 0.02
    """Share of rows with the town centre for a point, the same for all [I, S82]."""
    truncated_point_share: float = 0.025
    """Share of points cut to two or three decimals [I]."""
    border_share: float = 0.06
    """Share of sites placed within some metres of a district border."""

    # --- declared districts ----------------------------------------------------------------
    declared_share: float = 0.65
    """Share of rows that name a district code."""
    declared_short_share: float = 0.55
    """Share of these with the 12-digit village code only [S75]."""
    declared_stale_share: float = 0.06
    """Share of these with a wrong or revoked code [S73]."""
