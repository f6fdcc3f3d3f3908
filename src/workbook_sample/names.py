"""Company names: invented, unique, in the script of the customer's region.

A name is a number written with words for digits (mixed radix), so two customers can share a name only once
all combinations are used up; then the later ones are called a branch.
"""

from __future__ import annotations

from math import gcd

import numpy as np

from workbook_sample import traits
from workbook_sample.process import Ints

_CITIES = (
    ("上海", "苏州", "宁波", "杭州", "无锡", "温州", "南京", "合肥"),
    ("广州", "深圳", "佛山", "东莞", "厦门", "南宁", "中山"),
    ("北京", "天津", "青岛", "济南", "石家庄", "沈阳", "大连"),
    ("成都", "重庆", "昆明", "贵阳", "绵阳"),
)
_BRAND_FIRST = "澜翊骁珩棠岑霁朔沐祺铎钧垚烨屿稷湛泓翎峤"
_BRAND_SECOND = "岳溪辰禾野舟砺川鹤桥松湾原帆榕岚"
_BRAND_THIRD = ("", "达", "德", "信", "和", "嘉", "元", "合", "远", "正", "安")
_TRADES = (
    "电器",
    "五金",
    "电动工具",
    "机电设备",
    "工具贸易",
    "建材",
    "五金机电",
    "配件",
    "装饰建材",
    "进出口贸易",
    "园林机械",
    "电气成套设备",
)
_SUFFIXES = ("有限公司", "商行", "经营部", "有限责任公司", "商店", "商贸有限公司", "连锁股份有限公司")
_SUFFIXES_BY_CLASS = np.array(
    [
        [0, 3, 5, 0, 3],
        [0, 5, 3, 5, 0],
        [1, 4, 2, 0, 1],
        [0, 1, 0, 3, 2],
        [6, 0, 6, 3, 6],
        [4, 1, 2, 0, 4],
        [0, 2, 3, 1, 0],
    ]
)

_SURNAMES = (
    ("Aldermoor", "Brückhaven", "Castelmora", "Dünnwaldt", "Escobrial", "Fjordholt", "Grünthaler",
     "Hallenbrock", "Jørgensund", "Kestrelmann", "Lindqvar", "Montavère", "Norrbäcken", "Österwald",
     "Pellandrini", "Quistgaardt", "Rautavesi", "Sønderlund", "Tessarolo", "Vandermeulst",
     "Weißmannsdorf", "Zielonkowicz", "O'Hanrigan", "D'Amberville"),
    ("Ashgrovington", "Bellweather", "Cedarquist", "Dunmorrow", "Elkridgeway", "Fairhollow",
     "Granitehorn", "Hickoryvale", "Ironwoode", "Juniperfield", "Kettlebrooke", "Larkensburg",
     "McTavernish", "Northquill", "O'Shaughlin", "Pinebluffton", "Quarrytown", "Redmapleton",
     "Stonecrestor", "Timberlandis", "Underhillton", "Vistamontez", "Wexfordale", "Yellowfork"),
    ("Angkasari", "Bintangraya", "Chaiwattana", "Dharmawira", "Emasindah", "Fortunabaya",
     "Gemilangsari", "Harapandaya", "Intanwarna", "Jayakusuma", "Kasemthong", "Lautbiru", "Mekhalanong",
     "Nguyenthaiha", "Orkidmaju", "Phanomkaew", "Rattanaphum", "Sinarpelita", "Thongsawad",
     "Utamakarya", "Vinhlongphat", "Wirabumi", "Yothinsiri", "Zamrudkaya"),
)  # fmt: skip
_SECOND = (
    ("", " & Söhne", " & Nordhafen", "-Bergstraal", " & Daughters", " Frères", " & Lindqvar",
     " Brothers", " & Partner", " & Tessarolo", " Hijos", " & Zoon"),
    ("", " & Sons", " Brothers", " & Larkensburg", " & Daughters", " Family", " & Bellweather",
     " & Co.", " Valley", " Lakes", " & Stonecrestor", " Prairie"),
    ("", " Jaya", " & Sons", " Makmur", " Brothers", " Sejati", " & Partners", " Abadi", " Pacific",
     " Maju", " Mekong", " Selatan"),
)  # fmt: skip
_BUSINESS = (
    ("Werkzeuge", "Elektro", "Tools", "Outillage", "Utensileria", "Parts", "Elektrogroßhandel",
     "Gereedschap", "Electrical Supplies", "Ersatzteile", "Verktyg", "Technical Wholesale"),
    ("Tool Supply", "Electric", "Hardware", "Parts", "Home Centers", "Power Tools", "Industrial Supply",
     "Contractor Supply", "Repair Parts", "Builders Supply", "Equipment",
     "Import-Export and Technical Wholesale"),
    ("Hardware", "Tools", "Trading", "Electrical", "Machinery", "Spare Parts", "Engineering Supply",
     "Elektrik", "Import-Export", "Building Materials", "Industrial",
     "General Wholesale and Technical Services"),
)  # fmt: skip
_LEGAL = (
    ("GmbH", "S.r.l.", "B.V.", "AB", "S.A.S.", "Ltd.", "GmbH & Co. KG", "S.L."),
    ("Inc.", "LLC", "Corp.", "Ltd.", "Co.", "Cooperative", "Holdings, Inc.", "of North America, Inc."),
    (
        "Sdn. Bhd.",
        "Co., Ltd.",
        "Pte. Ltd.",
        "PT",
        "Joint Stock Company",
        "Trading Co., Ltd.",
        "Group",
        "Ltd.",
    ),
)


def company_names(number: Ints, region: Ints, trade_class: Ints) -> list[str]:
    """Name the customers with these numbers; no name comes twice, whatever the chunks.

    Parameters
    ----------
    number
        The customer's number in the whole sample.
    region, trade_class
        Positions in ``traits.REGIONS`` and ``traits.TRADE_CLASSES``.
    """
    return [
        _chinese(n, r, c) if r < traits.CHINESE_REGIONS else _western(n, r - traits.CHINESE_REGIONS)
        for n, r, c in zip(number.tolist(), region.tolist(), trade_class.tolist(), strict=True)
    ]


def _chinese(number: int, region: int, trade_class: int) -> str:
    size = len(_BRAND_FIRST) * len(_BRAND_SECOND) * len(_BRAND_THIRD) * len(_TRADES)
    branch, rest = divmod(number, size)
    rest = _scatter(rest, size)
    rest, first = divmod(rest, len(_BRAND_FIRST))
    rest, second = divmod(rest, len(_BRAND_SECOND))
    third, trade = divmod(rest, len(_TRADES))
    # City and legal form follow from customer and class; they make names fit, not unique.
    city = _CITIES[region][(number * 5 + second) % len(_CITIES[region])]
    suffix = _SUFFIXES[_SUFFIXES_BY_CLASS[trade_class][number % 5]]
    brand = _BRAND_FIRST[first] + _BRAND_SECOND[second] + _BRAND_THIRD[third]
    return f"{city}{brand}{_TRADES[trade]}{suffix}" + (f"（第{branch + 1}分店）" if branch else "")


def _western(number: int, family: int) -> str:
    surnames, second, business, legal = (words[family] for words in (_SURNAMES, _SECOND, _BUSINESS, _LEGAL))
    size = len(surnames) * len(second) * len(business) * len(legal)
    branch, rest = divmod(number, size)
    rest = _scatter(rest, size)
    rest, a = divmod(rest, len(surnames))
    rest, b = divmod(rest, len(second))
    d, c = divmod(rest, len(business))
    name = f"{surnames[a]}{second[b]} {business[c]} {legal[d]}"
    return name + (f" (branch {branch + 1})" if branch else "")


def _scatter(number: int, size: int) -> int:
    """Permute 0 .. size - 1 so that neighbours land far apart: golden-section steps, prime to the size."""
    step = int(size * 0.6180339887)
    while gcd(step, size) > 1:
        step += 1
    return number * step % size


_GIVEN = (
    "Wei",
    "Anna",
    "Jun",
    "Marta",
    "Lei",
    "Tomas",
    "Yan",
    "Elin",
    "Hao",
    "Priya",
    "Min",
    "Jonas",
    "Xin",
    "Clara",
)
_FAMILY = (
    "Lin",
    "Zhou",
    "Berg",
    "Tan",
    "Gao",
    "Novak",
    "Shen",
    "Costa",
    "Fang",
    "Meyer",
    "Qiu",
    "Okafor",
    "Xu",
)


def person_names(count: int) -> list[str]:
    """Names of salespeople; from the 183rd on with a middle initial, so that none comes twice."""
    names = []
    for number in range(count):
        round_, rest = divmod(number, len(_GIVEN) * len(_FAMILY))
        given, family = _GIVEN[rest % len(_GIVEN)], _FAMILY[rest % len(_FAMILY)]
        names.append(f"{given} {_initials(round_)}{family}")
    return names


def _initials(round_: int) -> str:
    letters = ""
    while round_:
        round_, letter = divmod(round_ - 1, 26)
        letters = f"{chr(65 + letter)}. {letters}"
    return letters
