"""Words that stand in place of a number that was withheld or is not known, in the languages of networks. Pure."""

from __future__ import annotations

import re

_WORDS = """
    anonymous anonymus anonim unknown restricted private unavailable withheld none null nil asterisk s blocked hidden
    not-available no-number nonumber noname no-name nobody invalid undefined n/a na - ? p o clir
    caller unknowncaller privatenumber privatecaller nocallerid callerid outofarea unknownnumber blockednumber
    pribadi privat rahasia tersembunyi disembunyikan takdikenal tidakdiketahui tidaktersedia tanpanomor nomorpribadi
    nomortidakdikenal nomordisembunyikan nomortersembunyi nomorrahasia tidakdikenal takdiketahui
    anonyme inconnu masque prive numeromasque numeroinconnu nondisponible
    anonym unbekannt unterdruckt privatnummer verborgen onbekend anoniem prive
    anonimo desconocido privado oculto restringido nodisponible numerooculto numeroprivado sconosciuto privato
    desconhecido naodisponivel
    неизвестно неизвестный частныйномер скрытый скрыт аноним анонимный
    مجهول غيرمعروف خاص محجوب رقمخاص
    匿名 未知 不明 非通知 隐藏 隱藏 未知号码 私人号码 通知不可能 公衆電話
    発信者番号非通知 익명 알수없음 발신번호표시제한
    ไม่ทราบ ไม่ทราบหมายเลข เบอร์ส่วนตัว khongxacdinh andanh gizli bilinmeyen
"""
WORDS = frozenset(_WORDS.split())


def is_hidden(text: str) -> bool:
    """True for an empty text and for a word that says that there is no number."""
    squeezed = re.sub(r"[\s_.'’\"()]+", "", _without_accents(text).casefold())
    return not squeezed or squeezed in WORDS or squeezed.replace("-", "") in WORDS


def _without_accents(text: str) -> str:
    return text.translate(str.maketrans("éèêëàâäáãìíïòóôöõùúûüçñÉÈÀÁÍÓÚÜÇÑ", "eeeeaaaaaiiiooooouuuucnEEAAIOUUCN"))
