"""Tell sentences that ask or order from sentences that state, by how they begin and end."""

# ruff: noqa: E501, RUF001 - one long list of verbs, Chinese marks

from __future__ import annotations

import re

_VERBS = (
    "write|compose|translate|recommend|suggest|tell|give|generate|create|make|find|look up|buy|sell|pay|donate|"
    "send|e-?mail|forward|reply|respond|remind|summari[sz]e|rewrite|rephrase|paraphrase|shorten|expand|elaborate|"
    "convert|transform|modify|alter|adjust|adapt|edit|correct|fix|debug|proofread|improve|enhance|enrich|encode|"
    "decode|encrypt|say|speak|repeat|describe|explain|define|clarify|provide|advertise|promote|praise|endorse|"
    "criticis[ez]|invite|announce|publish|refer|attach|download|upload|install|visit|click|subscribe|sign up|"
    "enter|calculate|compute|solve|determine|identify|detect|classify|categori[sz]e|extract|parse|analy[sz]e|"
    "examine|investigate|verify|confirm|approve|reject|accept|deny|predict|evaluate|assess|compare|choose|select|"
    "pick|develop|devise|propose|brainstorm|prepare|organi[sz]e|arrange|build|implement|simulate|tailor|include|"
    "incorporate|integrate|embed|weave|add|append|insert|replace|substitute|remove|delete|omit|reverse|apply|use|"
    "employ|express|teach|show|demonstrate|mention|emphasi[sz]e|highlight|discuss|imagine|invent|sing|perform|"
    "pretend|persuade|convince|encourage|urge|warn|inform|notify|ask|do not|don't|never|ignore"
)
_NOUNS_TOO = (
    "draft|plan|search|book|order|transfer|answer|call|text|schedule|turn|change|print|list|name|offer|post|share|"
    "direct|link|open|close|count|label|sort|filter|research|review|check|claim|forecast|estimate|rate|rank|"
    "contrast|design|outline|code|program|draw|sketch|swap|phrase|format|stress|hint|debate|act|play"
)
_OBJECT = (
    r"(?= (?:an?|the|this|that|these|those|my|me|us|our|your|his|her|their|its?|them|all|any|some|each|every|one|"
    r"two|three|four|five|six|ten|\d+|for|to|at|as|on|in|out|up|how|what|why|which|whether|where|who|more|another)\b)"
)
_ADDRESS = (
    r"(?:please\W+|kindly\W+|(?:can|could|would|will) you(?: please)?\W+|i(?:'d like| want| need| would like)"
    r" you to\W+|(?:you (?:must|should|need to|have to)|let's|go ahead and)\W+)?"
)
_BEFORE = r"^(?:\W*|\w+ \w[^,.:]{0,60}, ?|(?:also|next|then|finally|now|so|ok|and|one more thing|by the way|ps|p\.s\.)\W+)"
_ORDER = re.compile(rf"{_BEFORE}{_ADDRESS}(?:(?:{_VERBS})\b(?!-)|(?:{_NOUNS_TOO}){_OBJECT})")
_PLEA = re.compile(
    rf"{_BEFORE}{_ADDRESS}(?:help|assist|guide|show|tell|give|teach|send|get) (?:me|us)\b"
)
_QUESTION = re.compile(
    r"^\W*(?:(?:and|so|but|also|then) )?(?:what|who|whom|whose|where|when|which|why|how|is|are|was|were|does|do|did|"
    r"can|could|should|would|will|has|have)\b.*[?？]\W*$"
)
_POINTER = re.compile(
    r"^\W*(?:please )?(?:see|note|cf|consult|contact|cite|let|suppose|assume|consider|refer to (?:the )?(?:fig|tab|sec|app|ref|\[))\b"
)


_REPLY = re.compile(
    r"\byour (?:final |next |own |whole |entire )?(?:response|reply|replies|answer|output)s?\b"
)
_EXERCISE = re.compile(
    r"^\W*(?:explain|justify|check|support|motivate|defend|give|compare|discuss|show|submit|enter|type|select|"
    r"mark|write|record|state|describe)\b"
)


def shapes_reply(plain: str) -> bool:
    """Tell whether a sentence orders how the reply is to be; an exercise asks for one instead."""
    return (
        _REPLY.search(plain) is not None
        and _ORDER.match(plain) is not None
        and _EXERCISE.match(plain) is None
    )


def asks(plain: str) -> bool:
    """Tell whether a sentence, as `as_read` returns it, asks for something or orders it."""
    return _POINTER.match(plain) is None and any(
        pattern.match(plain) for pattern in (_ORDER, _PLEA, _QUESTION)
    )
