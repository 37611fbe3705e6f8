"""The placement policy: which district one unit goes to, and why.

The order of the questions is the policy; `docs/explanation/placement.md` argues it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from minglu.geo.coordinates.limits import limits
from minglu.geo.placing.locator import BORDER, INSIDE, OVERLAP

# code -> Chinese, English
CODES: Mapping[str, tuple[str, str]] = {
    "PLACE_ON_BORDER": (
        "点正好落在边界上，归入申报的小区，否则归入代码较小的小区",
        "the point lies on a border; the declared neighbour takes it, else the smaller code",
    ),
    "PLACE_NEAR_BORDER": ("点的精度半径跨越边界", "the point's radius crosses a border"),
    "PLACE_DECLARED_DIFFERS": ("坐标与申报小区不一致", "coordinates and declared district disagree"),
    "PLACE_DECLARED_UNKNOWN": ("申报的小区代码不在图层中", "the declared code is not in the layer"),
    "PLACE_DECLARED_COARSE": (
        "申报代码只到上级区域，含多个小区",
        "the declared code names an area of several districts",
    ),
    "PLACE_BY_NAME": (
        "没有可用坐标，按所在地或地址中的区域名称归入",
        "no usable coordinate; placed by the area that 所在… or the address names",
    ),
    "PLACE_NAME_DIFFERS": ("坐标与地址所述区域不一致", "the coordinates and the area that the address names disagree"),
    "PLACE_VIRTUAL": ("申报的是无图形的虚拟小区", "the declared district is virtual: it has no geometry"),
    "PLACE_NO_COORDINATE": ("没有可用坐标", "no usable coordinate"),
    "PLACE_INVALID": ("坐标不是有效的经纬度", "the coordinate is no valid longitude and latitude"),
    "PLACE_COARSE_POINT": ("坐标太粗，不足以定位小区", "the point is too coarse to tell a district"),
    "PLACE_IN_GAP": ("点落在小区之间的空隙", "the point lies in a gap between districts"),
    "PLACE_OUTSIDE_PARENT": ("点在上级区域之外", "the point lies outside the parent area"),
    "PLACE_OUTSIDE_DISTRICTS": ("点不在任何小区内", "the point lies in no district"),
    "PLACE_OVERLAP": ("点落在小区重叠处", "the point lies where districts overlap"),
}
Method = Literal["inside", "boundary", "nearest", "declared", "unplaced"]
NOWHERE = -1
Members = dict[int, None]
"""A set that keeps its order, smallest code first; a county may have thousands."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is known about one unit.  Districts are positions in the layer, ordered by code wherever several stand."""

    point: str = "usable"
    """usable | none | invalid."""
    state: int = 0
    """Where the point lies: a state of `locator`."""
    found: tuple[int, ...] = ()
    """Districts that hold the point: one inside, all on a border or in an overlap."""
    nearest: tuple[int, ...] = ()
    """Without any of these: the districts at the smallest distance, within the limit."""
    nearest_m: float = 0.0
    in_parent: bool | None = None
    """Whether the parent holds the point; None where no parent is known."""
    precision_m: float = 0.0
    coarse: bool = False
    """The radius is so large that a declared district within it says more."""
    untrusted: bool = False
    """The radius is too large to place anything, unless no border crosses it."""
    reach: tuple[int, ...] = ()
    """Districts within the point's radius, where the radius crosses a border."""
    border_m: float | None = None
    """Distance to the border that the radius crosses; None where it crosses none."""
    declared: str = ""
    named: bool = False
    """The code comes from an area's name in the columns 所在… or in the address, not from a code in the list."""
    members: Members = field(default_factory=dict)
    """Districts that the declared code can mean; empty where the layer has none."""
    virtual: bool = False
    """The declared district has no geometry."""
    declared_m: float = 0.0
    """Distance from the point to the nearest of `members`."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a rule pack says about coordinates that contradict the declared district."""

    declared_wins: bool
    declared_tolerance_m: float = 0.0
    """So near, the point or the border is off rather than the code: the declared district is taken."""

    def prefers_declared(self, case: Case) -> bool:
        """Return whether the declared district is taken though the point lies in another one."""
        return self.declared_wins or case.declared_m <= self.declared_tolerance_m


class Verdict(NamedTuple):
    """Where a unit goes."""

    district: int
    method: Method
    distance_m: float | None
    candidates: tuple[int, ...] = ()
    code: str = ""
    remark: tuple[str, str] = ("", "")
    """More about the code, Chinese and English."""
    probability: float | None = None
    """Chance that the district is right, where a border within the radius or a name leaves that open."""


def decide(case: Case, policy: Policy) -> Verdict:
    """Place one unit."""
    if case.virtual:
        return Verdict(_first(case), "declared", None, case.found, "PLACE_VIRTUAL")
    if case.point != "usable":
        return _by_declaration(case, "PLACE_NO_COORDINATE" if case.point == "none" else "PLACE_INVALID")
    placed = _by_point(case)
    if case.untrusted and (case.border_m is not None or placed.district == NOWHERE):
        return _by_declaration(replace(case, found=case.reach or case.found), "PLACE_COARSE_POINT")
    if not case.members:
        return _unknown(case, placed) if case.declared else placed
    if placed.district in case.members or any(district in case.members for district in case.found):
        return _agreed(case, placed)
    if case.declared_m <= case.precision_m:
        return _allowed(case, placed, policy)
    return _contradicted(case, placed, policy)


def _first(case: Case) -> int:
    """Return the declared district with the smallest code."""
    return next(iter(case.members))


def _by_point(case: Case) -> Verdict:
    """Place by the coordinates alone."""
    if case.state == INSIDE:
        if case.border_m is None:
            return Verdict(case.found[0], "inside", 0.0)
        remark = _metres(case.border_m, "距边界", "from the border")
        chance = 1.0 - _across(case.border_m, case.precision_m)
        return Verdict(case.found[0], "inside", 0.0, case.reach, "PLACE_NEAR_BORDER", remark, chance)
    if case.state == BORDER:
        return Verdict(case.found[0], "boundary", 0.0, case.found, "PLACE_ON_BORDER")
    if case.state == OVERLAP:
        return Verdict(NOWHERE, "unplaced", None, case.found, "PLACE_OVERLAP")
    where = {None: "PLACE_OUTSIDE_DISTRICTS", True: "PLACE_IN_GAP", False: "PLACE_OUTSIDE_PARENT"}[case.in_parent]
    if not case.nearest:
        return Verdict(NOWHERE, "unplaced", None, (), where, ("限距内没有小区", "no district within the limit"))
    remark = _metres(case.nearest_m, "距最近小区", "from the nearest district")
    return Verdict(case.nearest[0], "nearest", case.nearest_m, case.nearest, where, remark)


def _by_declaration(case: Case, code: str) -> Verdict:
    """Place by the declared code alone, for want of a point; its precision is the district itself."""
    if len(case.members) == 1:
        remark = ("按申报小区归入，精度为该小区", "placed by the declared district, known no better than that")
        if case.named:
            remark = ("名称所指唯一，精度为该小区", "the name can mean one district only, known no better than that")
            chance = limits().name_right_share
            return Verdict(_first(case), "declared", None, case.found, "PLACE_BY_NAME", remark, chance)
        return Verdict(_first(case), "declared", None, case.found, code, remark)
    if case.members:
        remark = (f"含 {len(case.members)} 个小区", f"{len(case.members)} districts")
        return Verdict(NOWHERE, "unplaced", None, tuple(case.members), "PLACE_DECLARED_COARSE", remark)
    if case.declared:
        remark = (f"申报代码 {case.declared} 不在图层中", f"declared code {case.declared} is not in the layer")
        return Verdict(NOWHERE, "unplaced", None, case.found, code, remark)
    return Verdict(NOWHERE, "unplaced", None, case.found, code, ("也没有申报小区", "no declared district either"))


def _unknown(case: Case, placed: Verdict) -> Verdict:
    """Remark an unknown declared code, unless the point already has a graver remark."""
    if placed.code:
        return placed
    return placed._replace(code="PLACE_DECLARED_UNKNOWN", remark=(case.declared, case.declared))


def _agreed(case: Case, placed: Verdict) -> Verdict:
    """Keep the point's district; on a border or in an overlap the declared one decides if it is one of them."""
    mutual = [district for district in case.found if district in case.members]
    if placed.district not in case.members and len(mutual) == 1:
        remark = ("申报小区是其中之一，据此归入", "the declared district is one of them and decides")
        return placed._replace(district=mutual[0], method="declared", distance_m=0.0, remark=remark)
    return placed


def _allowed(case: Case, placed: Verdict, policy: Policy) -> Verdict:
    """Decide on a declared district within the point's radius, which is no contradiction: the point allows both.

    A coarse point leaves the choice to the declaration; a good one keeps its own
    district, unless the rule prefers the declared one anyway.
    """
    zh, en = _metres(
        case.declared_m, f"申报小区 {case.declared} 在精度半径之内，距离", f"to the declared {case.declared}"
    )
    candidates = case.reach or _joined(placed, case.members)
    if case.named and len(case.members) == 1:
        return _named_across(case, candidates)
    declared = case.coarse or policy.prefers_declared(case) or placed.district == NOWHERE
    if declared and len(case.members) == 1:
        code = "PLACE_COARSE_POINT" if case.coarse else "PLACE_NEAR_BORDER"
        return Verdict(_first(case), "declared", case.declared_m, candidates, code, (zh, f"within the radius, {en}"))
    return placed._replace(candidates=candidates, remark=(zh, f"within the radius, {en}"))


def _named_across(case: Case, candidates: tuple[int, ...]) -> Verdict:
    """Let the address decide where the point allows both sides of a border, and say how sure that is."""
    across, right = _across(case.declared_m, case.precision_m), limits().name_right_share
    chance = across * right / (across * right + (1.0 - across) * (1.0 - right))
    zh, en = _metres(case.declared_m, "地址所述小区在精度半径之内，距离", "to the district that the address names")
    remark = (f"{zh}；概率 {chance:.2f}", f"within the radius, {en}; probability {chance:.2f}")
    code = "PLACE_COARSE_POINT" if case.coarse else "PLACE_NEAR_BORDER"
    return Verdict(_first(case), "declared", case.declared_m, candidates, code, remark, chance)


def _across(distance_m: float, precision_m: float) -> float:
    """Return the chance that a unit lies across a border: normal errors, the radius as their standard deviation.

    >>> _across(0.0, 10.0), round(_across(10.0, 10.0), 3), _across(5.0, 0.0)
    (0.5, 0.159, 0.0)
    """
    return 0.5 * math.erfc(distance_m / precision_m / math.sqrt(2.0)) if precision_m > 0 else 0.0


def _joined(placed: Verdict, members: Members) -> tuple[int, ...]:
    """Return the districts of point and declaration, the point's first."""
    several = dict.fromkeys((*(placed.candidates or (placed.district,)), *members))
    return tuple(district for district in several if district != NOWHERE)


def _contradicted(case: Case, placed: Verdict, policy: Policy) -> Verdict:
    """Decide a disagreement by the rule; it stays a finding with its distance either way."""
    differs = "PLACE_NAME_DIFFERS" if case.named else "PLACE_DECLARED_DIFFERS"
    remark = _metres(
        case.declared_m, f"点到申报小区 {case.declared}", f"from the point to the declared {case.declared}"
    )
    candidates = _joined(placed, case.members)
    if policy.prefers_declared(case) and len(case.members) == 1:
        return Verdict(_first(case), "declared", case.declared_m, candidates, differs, remark)
    if placed.method in ("inside", "boundary"):
        return placed._replace(candidates=candidates, code=differs, remark=remark)
    zh, en = placed.remark
    joined = (f"{zh}；{remark[0]}".lstrip("；"), f"{en}; {remark[1]}".lstrip("; "))
    return placed._replace(candidates=candidates, remark=joined)


def _metres(distance_m: float, zh: str, en: str) -> tuple[str, str]:
    return f"{zh} {distance_m:.1f} 米", f"{distance_m:.1f} m {en}"
