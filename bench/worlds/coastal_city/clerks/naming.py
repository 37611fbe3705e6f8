"""How each agency writes a unit's name."""

from __future__ import annotations

from dataclasses import replace

from coastal_city import words
from coastal_city.dice import Dice
from coastal_city.model import Name, Site


def registered(name: Name) -> str:
    """Return the full name as registered, with full-width brackets."""
    if name.order == "mid":
        text = f"{name.brand}{name.sector}（{name.area}）{name.form}"
    elif name.order == "brandmid":
        text = f"{name.brand}（{name.area}）{name.sector}{name.form}"
    else:
        text = f"{name.area}{name.brand}{name.sector}{name.form}"
    return (text + name.tail).replace("(", "（").replace(")", "）")


def half(text: str) -> str:
    """Return the text with half-width brackets."""
    return text.replace("（", "(").replace("）", ")")


def slip(dice: Dice, text: str, share: float) -> str:
    """Now and then write a wrong sign of the same sound, or lose or double one."""
    if not dice.chance(share) or len(text) < 5:
        return text
    spots = [at for at, sign in enumerate(text) if sign in words.SOUNDALIKE]
    if spots and dice.chance(0.7):
        at = dice.pick(spots)
        return text[:at] + words.SOUNDALIKE[text[at]] + text[at + 1 :]
    at = dice.between(2, len(text) - 3)
    return text[:at] + text[at + 1 :] if dice.chance(0.7) else text[:at] + text[at] + text[at:]


def business_name(dice: Dice, site: Site, former: bool) -> str:
    """Write the registry's full name; a former name only on a stale row."""
    name = site.firm.old if former and site.firm.old and not site.name.tail else site.name
    text = registered(name)
    if dice.chance(0.13):
        text = half(text)
    return slip(dice, text, 0.006)


def tax_name(dice: Dice, site: Site, former: bool) -> str:
    """Write the taxpayer: often shorter, often without the branch mark."""
    firm = site.firm
    stale = firm.old is not None and not site.name.tail and (former or dice.chance(0.3))
    name = firm.old if stale and firm.old else site.name
    if firm.kind == "household" and not name.short:
        text = _household_taxpayer(dice, site, name)
    elif name.tail:
        text = _branch_taxpayer(dice, name)
    else:
        text = _company_taxpayer(dice, name)
    text = half(text) if dice.chance(0.6) else text
    if len(text) > 20 and dice.chance(0.05):
        text = text[:20]
    return slip(dice, text, 0.016)


def _household_taxpayer(dice: Dice, site: Site, name: Name) -> str:
    """Book a household, often under its owner."""
    full = registered(name)
    bare = full.replace("（个体工商户）", "")
    short = name.brand + name.sector + name.form.split("(")[0]
    return dice.case(
        (0.12, site.firm.rep), (0.05, f"{site.firm.rep}（{short}）"), (0.1, short), (0.45, bare), (0.28, full)
    )


def _branch_taxpayer(dice: Dice, name: Name) -> str:
    """Drop a branch's mark, or keep only the chain's short name and the outlet."""
    parent = registered(replace(name, tail=""))
    choice = dice.u()
    if choice < 0.27:
        return parent
    if choice < 0.5 and name.short:
        return name.short + name.outlet
    if choice < 0.6:
        return parent.replace("股份有限公司", "").replace("有限责任公司", "").replace("有限公司", "") + name.outlet
    return registered(name)


def _company_taxpayer(dice: Dice, name: Name) -> str:
    """Write a company's name: whole, without its area, with the bracket moved, or cut short."""
    choice = dice.u()
    if choice < 0.66:
        return registered(name)
    if choice < 0.76:
        return name.brand + name.sector + name.form
    if choice < 0.83 and name.order != "lead":
        return (
            f"{name.brand}{name.sector}{name.area}{name.form}"
            if dice.chance(0.5)
            else f"{name.area}{name.brand}{name.sector}{name.form}"
        )
    if choice < 0.88:
        return registered(replace(name, area=name.area.replace("市", "") if "市" in name.area else name.area))
    if choice < 0.93:
        return registered(
            replace(name, form=name.form.replace("有限责任公司", "有限公司").replace("股份有限公司", "股份公司"))
        )
    if choice < 0.97:
        return registered(name).replace("有限责任公司", "公司").replace("有限公司", "公司")
    return name.area + name.brand + name.sector if name.sector else registered(name)


def permit_name(dice: Dice, site: Site, former: bool) -> str:
    """Take the applicant's words: plant, project, brand, former name."""
    if site.kind in ("branch", "works", "old") or site.name.tail:
        text = _plant_name(dice, site)
    else:
        text = _main_name(dice, site, former)
    text = half(text) if dice.chance(0.5) else text
    if dice.chance(0.02):
        text = dice.pick((text + " ", text.replace("有限公司", " 有限公司"), " " + text))
    return slip(dice, text, 0.022)


def _plant_name(dice: Dice, site: Site) -> str:
    """Name a plant or outlet by its parent and its own mark."""
    name, choice = site.name, dice.u()
    if site.kind == "old":
        return registered(site.firm.old or name)
    if site.kind == "works":
        parent = registered(replace(name, tail=""))
        short = name.short or name.brand + name.sector or parent
        return dice.case(
            (0.45, f"{parent}（{site.label}）"), (0.3, parent + site.label), (0.13, short + site.label), (0.12, parent)
        )
    full = registered(name)
    if choice < 0.5 or not name.outlet:
        return full
    if choice < 0.75:
        return (name.short or name.area + name.brand + name.sector) + name.outlet
    if choice < 0.88 and name.short:
        return f"{name.outlet}（{name.short}）"
    return f"{registered(replace(name, tail=''))}（{name.outlet}）"


def _main_name(dice: Dice, site: Site, former: bool) -> str:
    """Name a single plant; projects, halls and parents' languages creep in."""
    firm, name = site.firm, site.name
    if firm.old and former:
        return registered(firm.old)
    full = registered(name)
    if firm.old and dice.chance(0.38):
        old = registered(firm.old)
        return dice.case((0.45, old), (0.4, f"{full}（原{old}）"), (0.15, f"{full}（曾用名：{old}）"))
    if firm.trad and dice.chance(0.5):
        return (
            full.translate(words.OLD_FORMS)
            if dice.chance(0.7)
            else full.replace(name.brand, name.brand.translate(words.OLD_FORMS))
        )
    if name.latin and dice.chance(0.35):
        return _latin(dice, name, full)
    if site.trade.code == "3360" and site.place.park and dice.chance(0.22):
        return _hall_name(dice, site)
    return _project_or_plain(dice, site, full)


def _latin(dice: Dice, name: Name, full: str) -> str:
    """Write a foreign brand with its letters."""
    moved = f"{name.latin}{name.sector}（{name.area}）{name.form}"
    return dice.case(
        (0.35, full.replace(name.brand, name.brand + name.latin.upper())),
        (0.25, moved),
        (0.25, full.replace(name.brand, name.latin.upper())),
        (0.15, f"{full}（{name.latin}）"),
    )


def _hall_name(dice: Dice, site: Site) -> str:
    """Name a plating shop as the centre's staff do: by hall and floor."""
    place, name = site.place, site.name
    short = name.brand + (name.sector or "电镀")
    park = place.park.name if place.park else ""
    hall = place.park.mark(place.building) if place.park else ""
    return dice.case(
        (0.35, f"{short}（{hall}{'' if hall.isalpha() else '号'}楼{place.floor}层）"),
        (0.35, f"{park}{hall}-{place.floor}楼{short}"),
        (0.3, short + "厂"),
    )


def _project_or_plain(dice: Dice, site: Site, full: str) -> str:
    """Return the plain name or one with the project of its approval."""
    choice, name, trade = dice.u(), site.name, site.trade
    if choice < 0.15 and trade.products:
        amount = dice.pick((50, 80, 100, 120, 200, 300, 500, 600, 1000, 1500, 2000, 3000, 5000))
        kind = dice.pick(("项目", "建设项目", "技改项目", "扩建项目", "生产线技改项目", "迁建项目"))
        product = dice.pick(trade.products)
        verb = "日处理" if trade.measure == "吨/日" else "年产"
        return f"{full}{verb}{amount}{trade.measure.removesuffix('/日')}{product}{kind}"
    if choice < 0.21 and name.brand and name.sector and trade.industrial:
        return name.brand + words.workshop_word(name.sector) + "厂"
    if choice < 0.28 and name.brand:
        return name.brand + name.sector + name.form.split("(")[0]
    return full.replace("（个体工商户）", "") if dice.chance(0.6) else full
