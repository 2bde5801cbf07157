"""Simplified or traditional: which characters tell, derived from OpenCC's tables (Apache-2.0)."""

from __future__ import annotations

from functools import lru_cache

# Simplified forms that traditional texts use too, as words of their own (皇后, 干涉, 茶几, 一出戲 ...), and traditional
# forms in simplified texts (乾隆, 瞭望, 慰藉): they tell nothing.
_BOTH = frozenset(
    "后台里只面干系征斗松谷卷准制折板表布占余冲几出吃吁咨于云丰丑仆伙克冬别千卜吊咸回夸姜尸岳帘广愿才扎托挽据旋曲朱"
    "术极栗核梁欲注沈淀游灶熏痒秋纤累胡致舍芸苹范蒙蔑虫辟迹适郁采钟闲须党价儿升历发喂娘家岩幸弥恶叶向合同困志念怜"
    "愈戚扣拐挂杆杰杯柜注洒炉烟着确碱社签线群翻苏药蜡蝎裂症证豆赞踊踪辉达酸量錄雇霉韵馆麻麽乾瞭藉剋夥著覆徵於甯妳佔"
)


@lru_cache(maxsize=1)
def _tables() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Characters only of simplified, only of traditional and only of Japanese writing."""
    import opencc

    signs = "".join(map(chr, range(0x4E00, 0x9FA6)))
    simple, full, japan = (opencc.OpenCC(name).convert(signs) for name in ("t2s", "s2t", "t2jp"))
    if not len(signs) == len(simple) == len(full) == len(japan):
        return frozenset(), frozenset(), frozenset()
    rows = list(zip(signs, simple, full, japan, strict=True))
    simplified = frozenset(sign for sign, s, t, _ in rows if t != sign and s == sign) - _BOTH
    traditional = frozenset(sign for sign, s, t, _ in rows if s != sign and t == sign) - _BOTH
    chinese = {s for sign, s, _, _ in rows if s != sign} | {t for sign, _, t, _ in rows if t != sign}
    japanese = frozenset(j for sign, _, _, j in rows if j != sign) - chinese - simplified - traditional - _BOTH
    return simplified, traditional, japanese - frozenset("晃萌缶竜勅斉")


def writing(text: str) -> str:
    """'zh-Hans', 'zh-Hant', or 'zh' where no character tells, or as many tell one as the other."""
    simplified, traditional, _ = _tables()
    hans = sum(sign in simplified for sign in text)
    hant = sum(sign in traditional for sign in text)
    if hans == hant:
        return "zh"
    return "zh-Hans" if hans > hant else "zh-Hant"


def looks_japanese(text: str) -> bool:
    """Whether Han characters alone show Japanese: the forms that only Japan writes outweigh those only China does."""
    simplified, traditional, japan = _tables()
    ours = sum(sign in japan for sign in text)
    return ours > 0 and ours > sum(sign in simplified or sign in traditional for sign in text)
