"""Say a sentence in other words without changing what it says, by rules that a program can keep.

Each rule takes a sentence and returns it changed, or as it was where the rule does not apply.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Rule = Callable[[str], str]

_OPENINGS = re.compile(
    r"^(?:However|Moreover|Furthermore|In addition|Additionally|Finally|Therefore|Thus|Hence|"
    r"Indeed|In fact|Specifically|In particular|Overall|Notably|Interestingly|Importantly|"
    r"Consequently|As a result|Similarly|Nevertheless|Nonetheless),\s+"
)
_CITED = re.compile(
    r"\s*\((?:see |e\.g\.,? )?[^()]*\b(?:19|20)\d\d[a-z]?\)|\s*\((?:Fig|Tab|Sec)[^()]*\)"
)
_ASIDE = re.compile(r"\s\((?![^()]*\b(?:not|no|except|only|if|excluding|without)\b)[^()\d]{3,90}\)")
_WHICH = re.compile(r", (?:which|including|such as) [^,.;:]{10,}\.$")
_LATER = re.compile(r"(?:;| – | — |, and (?=(?:we|they|it|this|these|the authors)\b))[^;–—]{8,}\.$")  # noqa: RUF001
_TURNED = re.compile(
    r"^(When|If|Although|While|Because|After|Before|Once|Unless|Whereas) ([^,;:()]{10,110}), "
    r"(?:then )?([^,;:()]{15,160})\.$"
)
_OPENED = re.compile(r"^(In|For|At|During|By|On|Under) ([^,;:()]{4,80}), ([^,;:()]{15,160})\.$")
_NUMERALS = dict(
    zip(
        "three four five six seven eight nine ten eleven twelve fifteen twenty".split(),
        "3 4 5 6 7 8 9 10 11 12 15 20".split(),
        strict=True,
    )
)
_SAME = (
    (r"in order to", "to"),
    (r"demonstrates", "shows"),
    (r"demonstrate", "show"),
    (r"demonstrated", "showed"),
    (r"utilizes|utilises", "uses"),
    (r"uses", "employs"),
    (r"using", "employing"),
    (r"obtained", "gained"),
    (r"approximately", "about"),
    (r"provides", "offers"),
    (r"provide", "offer"),
    (r"difficult", "hard"),
    (r"requires", "needs"),
    (r"often", "frequently"),
    (r"entire", "whole"),
    (r"due to", "because of"),
    (r"quickly", "rapidly"),
    (r"such as", "like"),
    (r"compared to", "compared with"),
    (r"several", "a number of"),
    (r"sufficient", "enough"),
    (r"main", "principal"),
    (r"assist", "help"),
    (r"paper", "article"),
    (r"begin", "start"),
    (r"goal", "aim"),
    (r"commonly", "usually"),
    (r"in addition to", "besides"),
    (r"significantly", "markedly"),
    (r"investigated", "studied"),
    (r"observed", "seen"),
    (r"performed", "carried out"),
)
_SHORT = (
    (r"\be\.g\.,?", "for example"),
    (r"\bi\.e\.,?", "that is"),
    (r"\bvs\.", "versus"),
    (r"\bFig\.", "Figure"),
    (r"\bw\.r\.t\.", "with respect to"),
    (r"\bapprox\.", "about"),
    (r"\b(do|does|did|is|are|was|were|has|have|could|would)n['’]t\b", r"\1 not"),  # noqa: RUF001
    (r"\bcan['’]t\b", "cannot"),  # noqa: RUF001
)
_CONVERTED = {
    "hours": (60, "minutes"),
    "minutes": (60, "seconds"),
    "weeks": (7, "days"),
    "kg": (1000, "g"),
    "km": (1000, "m"),
    "GHz": (1000, "MHz"),
    "s": (1000, "ms"),
    "mg": (1000, "µg"),
}
_MEASURED = re.compile(r"(?<![\w.,-])(\d{1,4}(?:\.\d{1,2})?) (" + "|".join(_CONVERTED) + r")\b")
_PASSIVE = re.compile(
    r"^(?:We|The authors) (used|applied|trained|evaluated|tested|developed|implemented|created|"
    r"designed|measured|reproduced|conducted|compared|repeated|analyzed|analysed|examined|"
    r"investigated|identified) ((?:the|a|an|two|three|four|several|all|these|this) )"
    r"((?:[\w-]+ ){0,3}?)([a-z]+)(?= (?:of|in|for|with|on|to|by|using|from|at|that|as|and)\b|\.$)"
)
_FRAMES = (
    "The authors report that {}",
    "According to the paper, {}",
    "It is reported that {}",
    "The paper states that {}",
)
_LOWERED = re.compile(
    r"^(?:The|This|These|Those|In|A|An|It|They|We|There|For|When|If|Our|Their|All|Both|Each|Some|"
    r"Many|Most|Students|Results|At|On|As|By|With|One|Two|Three)\b"
)


def rewrites(chance: random.Random) -> list[tuple[str, Rule]]:
    """List the rules by name; those that choose do so with `chance`."""
    return [
        ("opening", drop_opening),
        ("aside", drop_aside),
        ("shorter", shorten),
        ("turned", turn_clauses),
        ("numbers", other_numbers),
        ("units", other_units),
        ("words", other_words),
        ("spelled", spell_out),
        ("passive", to_passive),
        ("third_person", to_third_person),
        ("framed", lambda sentence: frame(sentence, chance)),
    ]


def drop_opening(sentence: str) -> str:
    """Leave out a leading adverbial that only links it to the sentence before."""
    return capitalised(_OPENINGS.sub("", sentence))


def drop_aside(sentence: str) -> str:
    """Leave out references and remarks in parentheses."""
    return _ASIDE.sub("", _CITED.sub("", sentence))


def shorten(sentence: str) -> str:
    """Keep the first of two full statements, or leave out a remark at the end."""
    for ending in (_LATER, _WHICH):
        shorter = ending.sub(".", sentence)
        if (
            shorter != sentence
            and len(shorter.split()) >= 9
            and shorter.count("(") == shorter.count(")")
        ):
            return shorter
    return sentence


def turn_clauses(sentence: str) -> str:
    """Put the clause or phrase that comes first behind the rest."""
    found = _TURNED.match(sentence) or _OPENED.match(sentence)
    if not found or re.search(r"\b(?:which|that|where|and|or|but)\b", found[3]):
        return sentence
    return f"{capitalised(found[3])} {found[1].lower()} {found[2]}."


def other_numbers(sentence: str) -> str:
    """Write numbers otherwise: 1,000 as 1000, 5 % as 5 percent, three as 3."""
    changed = re.sub(r"(?<=\d),(?=\d{3}\b)", "", sentence)
    changed = re.sub(r"(?<=\d)\s?%(?!\w)", " percent", changed)
    return re.sub(
        rf"\b(?:{'|'.join(_NUMERALS)})\b(?!-)", lambda found: _NUMERALS[found[0]], changed
    )


def other_units(sentence: str) -> str:
    """State a quantity in a smaller unit."""

    def convert(found: re.Match[str]) -> str:
        factor, unit = _CONVERTED[found[2]]
        return f"{round(float(found[1]) * factor, 4):,.10g} {unit}"

    return _MEASURED.sub(convert, sentence, count=1)


def other_words(sentence: str) -> str:
    """Replace up to three words by others of the same meaning."""
    changed = 0
    for word, other in _SAME:
        replaced = re.sub(rf"\b(?:{word})\b", other, sentence)
        if replaced != sentence and changed < 3:
            sentence, changed = replaced, changed + 1
    return re.sub(r"\b([Aa])n (?=[b-dfgj-np-tv-z])", r"\1 ", sentence)


def spell_out(sentence: str) -> str:
    """Write abbreviations and contractions out."""
    for short, full in _SHORT:
        sentence = re.sub(short, full, sentence)
    return sentence


def to_passive(sentence: str) -> str:
    """Turn `We trained three networks on …` into `Three networks were trained on …`."""
    found = _PASSIVE.match(sentence)
    if not found:
        return sentence
    noun = found[4]
    plural = noun.endswith("s") and not noun.endswith(("ss", "is", "us"))
    subject = capitalised(f"{found[2]}{found[3]}{noun}")
    return f"{subject} {'were' if plural else 'was'} {found[1]}{sentence[found.end() :]}"


def to_third_person(sentence: str) -> str:
    """Speak of the authors, who speak of themselves."""
    for own, other in (
        ("We", "The authors"),
        ("we", "the authors"),
        ("Our", "Their"),
        ("our", "their"),
    ):
        sentence = re.sub(rf"\b{own}\b", other, sentence)
    return re.sub(r"\bus\b(?=[ ,.])", "them", sentence)


def frame(sentence: str, chance: random.Random) -> str:
    """Put a frame before it, such as `The authors report that`."""
    if not _LOWERED.match(sentence):
        return sentence
    return chance.choice(_FRAMES).format(sentence[0].lower() + sentence[1:])


def capitalised(text: str) -> str:
    """Return it with its first letter as a capital."""
    return text[:1].upper() + text[1:]
