"""The headings under which three offices hold their lists.  Data only; the cells come from `lists`."""

from __future__ import annotations

# (heading, canonical column); a column that starts with "=" is made by `files`, not by `lists`.
BUSINESS = (
    ("统一社会信用代码", "uscc"),
    ("注册号", "reg_no"),
    ("企业名称", "name"),
    ("曾用名", "former_name"),
    ("住所", "address"),
    ("经营地址", "site_address"),
    ("行业代码", "industry_code"),
    ("行业名称", "industry"),
    ("登记状态", "status"),
    ("法定代表人", "legal_person"),
    ("联系电话", "phone"),
    ("注册资本(万元)", "capital"),
    ("成立日期", "date"),
    ("经度", "lon"),
    ("纬度", "lat"),
    ("区划代码", "district_code"),
)
TAX = (
    ("序号", "=count"),
    ("纳税人识别号", "uscc"),
    ("纳税人名称", "name"),
    ("生产经营地址", "site_address"),
    ("注册地址", "address"),
    ("行业名称", "industry"),
    ("行业代码", "industry_code"),
    ("纳税人状态", "status"),
    ("财务负责人", "contact"),
    ("移动电话", "phone"),
    ("普查小区代码", "district_code"),
    ("经度", "lon"),
    ("纬度", "lat"),
    ("填报日期", "date"),
)
PERMIT = (
    ("排污许可证编号", "permit_no"),
    ("单位名称", "name"),
    ("统一社会信用代码", "uscc"),
    ("组织机构代码", "org_code"),
    ("生产经营场所地址", "site_address"),
    ("行业类别", "industry"),
    ("行业代码", "industry_code"),
    ("运行状态", "status"),
    ("经度(度)", "=lon degree"),
    ("经度(分)", "=lon minute"),
    ("经度(秒)", "=lon second"),
    ("纬度(度)", "=lat degree"),
    ("纬度(分)", "=lat minute"),
    ("纬度(秒)", "=lat second"),
    ("普查小区代码", "district_code"),
    ("联系人", "contact"),
    ("联系电话", "phone"),
    ("发证日期", "date"),
)
HEADINGS = {"business": BUSINESS, "tax": TAX, "permit": PERMIT}
TITLES = {"business": "市场主体登记信息", "tax": "税务登记信息表", "permit": "排污许可信息"}
