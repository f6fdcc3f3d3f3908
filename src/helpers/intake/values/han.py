"""Traditional characters of Chinese read as simplified ones, so that each word is known in both by one spelling."""

from __future__ import annotations

import re
from collections.abc import Callable

_PAIRS = (
    "單单號号編编碼码銷销貨货發发數数價价額额稅税總总計计訂订購购買买賣卖戶户廠厂稱称業业務务員员類类別别狀状態态審审廢废"
    "結结據据憑凭證证開开關关閉闭無无淨净實实際际應应帳账賬账產产項项種种規规條条籤签簽签備备註注說说區区縣县幣币匯汇運运"
    "費费優优減减贈赠樣样試试櫃柜點点專专經经紅红沖冲藍蓝負负貸贷轉转調调撥拨盤盘門门電电聯联絡络話话統统國国時时間间歷历"
    "達达標标準准層层級级儲储倉仓庫库領领補补換换後后對对來来從从記记錄录報报詢询傳传網网頁页頭头體体內内長长寬宽個个隻只"
    "張张組组萬万億亿裡里處处寫写續续終终約约資资檔档權权責责廣广東东園园臺台灣湾華华為为與与並并於于會会議议動动場场樓楼"
    "選选擇择變变製制裝装訊讯滿满積积徵征課课題题評评鎖锁釋释擬拟預预線线細细給给認认識识該该誤误請请輸输辦办連连進进遞递"
    "遲迟過过還还邊边郵邮釐厘鐘钟錢钱鏈链鐵铁閱阅隊队險险離离難难雙双雜杂順顺須须顧顾顯显館馆驗验黃黄齊齐協协擔担損损攤摊"
    "敗败斷断暫暂術术極极構构橋桥機机檢检決决沒没測测濟济營营獲获環环現现當当異异監监確确禮礼穩稳節节範范簡简納纳純纯紙纸"
    "維维縮缩織织職职臨临舊旧虛虚見见視视覽览訪访設设許许訴诉詳详讓让財财販贩貼贴貿贸車车軟软輪轮輛辆較较駁驳債债"
)
_SIMPLIFIED = str.maketrans(_PAIRS[::2], _PAIRS[1::2])


def simplified(text: str) -> str:
    """Return a text with its traditional characters, as far as words of business have them, as simplified ones."""
    return text if text.isascii() else text.translate(_SIMPLIFIED)


class Words:
    """A pattern of words that is held against texts in either writing of Chinese."""

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(simplified(pattern))
        self.match: Callable[[str], re.Match[str] | None] = self._folded(self._pattern.match)
        self.search: Callable[[str], re.Match[str] | None] = self._folded(self._pattern.search)

    def found(self, text: str) -> list[str]:
        """List what of a text are such words, as it is written there."""
        return [text[match.start() : match.end()] for match in self._pattern.finditer(simplified(text))]

    @staticmethod
    def _folded(of: Callable[[str], re.Match[str] | None]) -> Callable[[str], re.Match[str] | None]:
        return lambda text: of(simplified(text))
