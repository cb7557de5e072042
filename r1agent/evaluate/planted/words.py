"""The words that planted faults turn around."""

from __future__ import annotations

import re

UNITS = (
    ("milliseconds", "seconds"),
    ("seconds", "minutes"),
    ("minutes", "hours"),
    ("hours?", "days"),
    ("days", "weeks"),
    ("weeks?", "months"),
    ("months?", "years"),
    ("years?", "months"),
    ("ms", "s"),
    ("KB", "MB"),
    ("MB", "GB"),
    ("GB", "MB"),
    ("TB", "GB"),
    ("km", "m"),
    ("cm", "mm"),
    ("mm", "cm"),
    ("kg", "g"),
    ("mg", "g"),
    ("ml", "l"),
    ("nM", "mM"),
    ("µg", "mg"),
    ("GHz", "MHz"),
    ("Hz", "kHz"),
    ("million", "billion"),
    ("thousand", "million"),
    ("percentage points", "%"),
    ("points", "%"),
    ("(?:%|percent)(?! (?:of|confidence|CI))", "percentage points"),
)
"""A unit (a pattern), and another that makes the quantity wrong."""

COMPARISONS = (
    ("higher", "lower"),
    ("larger", "smaller"),
    ("greater", "smaller"),
    ("(?<!to )(?<!To )better", "worse"),
    ("faster", "slower"),
    ("easier", "harder"),
    ("longer", "shorter"),
    ("stronger", "weaker"),
    ("increased", "decreased"),
    ("increases", "decreases"),
    ("increase", "decrease"),
    ("increasing", "decreasing"),
    ("improves", "worsens"),
    ("improved", "worsened"),
    ("reduced", "increased"),
    ("reduces", "increases"),
    ("reduce", "increase"),
    ("more than", "less than"),
    ("at least", "at most"),
    ("before", "after"),
    ("rose", "fell"),
    ("highest", "lowest"),
    ("maximum", "minimum"),
    ("best", "worst"),
    ("minimizes", "maximizes"),
    ("outperforms", "underperforms"),
    ("positive", "negative"),
    ("high(?! school)", "low"),
)

_MAIN = r"(?:is|are|was|were|can|could|will|should|has|have|had)"
AUXILIARY = (
    re.compile(
        rf"\b({_MAIN}) (?=(?:been |be )?(?:[a-z]+(?:ed|en|wn|lt|ght)|built|made|done|found|"
        r"used|given|shown|based|available|able|important|possible|necessary|essential|designed|"
        r"difficult|required|suitable|useful|a|an|the|in|part|help|provide|use|run|"
        r"take|be|see|get|find)\b)"
    ),
    r"\1 not ",
)
"""The auxiliary of a main clause, and how it is negated."""


_PLURAL = r"(\b(?:We|we|They|they|authors|[Ss]tudents|[Rr]esults))"


def _verb(base: str, third: str, past: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return (
        (re.compile(rf"(?<=[a-z]) {third}\b(?= (?!to\b))"), f" does not {base}"),
        (re.compile(rf"{_PLURAL} {past}\b(?= (?!by\b))"), rf"\1 did not {base}"),
        (re.compile(rf"{_PLURAL} {base}\b"), rf"\1 do not {base}"),
    )


VERBS = tuple(
    pattern
    for base, third, past in (
        ("use", "uses", "used"),
        ("provide", "provides", "provided"),
        ("offer", "offers", "offered"),
        ("include", "includes", "included"),
        ("contain", "contains", "contained"),
        ("allow", "allows", "allowed"),
        ("require", "requires", "required"),
        ("show", "shows", "showed"),
        ("find", "finds", "found"),
        ("improve", "improves", "improved"),
        ("increase", "increases", "increased"),
        ("reduce", "reduces", "reduced"),
        ("support", "supports", "supported"),
        ("enable", "enables", "enabled"),
        ("employ", "employs", "employed"),
        ("cover", "covers", "covered"),
        ("consist", "consists", "consisted"),
        ("help", "helps", "helped"),
        ("learn", "learns", "learned"),
        ("induce", "induces", "induced"),
        ("inhibit", "inhibits", "inhibited"),
    )
    for pattern in _verb(base, third, past)
)

DROPPABLE = (
    (r"(?<= (?:is|as|re|er|ld|an|do|id|es|ve)) not (?!only)", " "),
    (r"\bcannot ", "can "),
    (r"\bnever ", ""),
    (r"(?<= )no longer ", ""),
    (r" except (?:for )?[^,;.]+(?=[,.])", ""),
    (r" unless [^,;.]+(?=[,.])", ""),
    (r" only if [^,;.]+(?=[,.])", ""),
    (
        r"(?<!know)(?<!see)(?<!determine)(?<!test)(?<!ask)(?<!check)(?<!even)(?<!as)"
        r" if [^,;.]+(?=\.)",
        "",
    ),
    (r"\bup to (?=\d)", ""),
    (r"\bless than (?=\d)", ""),
    (r"\bmore than (?=\d)", ""),
    (r"\bat least (?=\d|one|two|three)", ""),
    (r"\bat most (?=\d|one|two|three)", ""),
)
"""Words without which a sentence says something else, and what stands in their place."""
