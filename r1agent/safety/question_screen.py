"""Tell a question that asks for serious harm, or for other rules, from research about harm."""

# ruff: noqa: E501, RUF001 - wordings, Chinese and curly marks among them

from __future__ import annotations

import re
from dataclasses import dataclass

from r1agent.safety.harm_rules import HARMS
from r1agent.safety.hidden_characters import as_read
from r1agent.safety.orders import order_in
from r1agent.words import is_chinese

_QUOTED = re.compile(r"[\"“「『`'‘][^\"”」』`'’]{3,200}[\"”」』`'’]")
_ABOUT_PAPERS = re.compile(
    r"\b(?:papers?|stud(?:y|ies)|literature|authors?|evidence|articles?|researchers?|reported|published|"
    r"trials?|experiments?|reviews?|surveys?|datasets?|benchmarks?|defen[cs]es?|mitigat\w+|detect\w*|"
    r"prevent\w*|attacks? (?:such as|like|in which|work|succeed|on)|jailbreaks?|prompt injections?)\b"
    r"|论文|研究|文献|作者|综述|检测|防御|攻击"
)
_OVERRIDES = ("sets instructions aside", "forges a turn of the conversation", "asks for the prompt")
_ROLE = re.compile(
    r"\b(?:you are now|from now on,? you|pretend (?:to be|that you|you)|developer mode|jailbreak mode|dan mode|"
    r"without (?:any )?(?:rules|restrictions|filters?|safety)|no longer bound)\b|你现在是|没有限制的|越狱模式"
)


@dataclass(frozen=True, slots=True)
class QuestionFinding:
    """What is wrong with a question."""

    kind: str
    """What it asks for, as a reader would say it."""
    message: str
    """One sentence for the reader: why it is not answered and what to do."""


def screen_question(question: str) -> QuestionFinding | None:
    """Say what harm a question asks for or which rules it sets aside; None where it is research.

    Rules alone decide, the same way every time and before any model is asked.
    """
    plain = as_read(question)
    for kind, pattern in HARMS:
        if pattern.search(plain):
            return _finding(kind.removesuffix(" (Chinese)"), question)
    return _finding(_SETTING_ASIDE, question) if _sets_rules_aside(question) else None


_SETTING_ASIDE = "setting aside the program's own rules"
_CHINESE_KINDS = {
    "making or using chemical weapons or poisons": "制造或使用化学武器或毒物",
    "making explosives or weapons": "制造爆炸物或武器",
    "making pathogens more dangerous or spreading them": "增强或传播病原体",
    "writing malware or breaking into systems": "编写恶意软件或入侵系统",
    "finding out or exposing a private person": "查找或曝光他人隐私",
    "sexual abuse of children": "对儿童的性侵害",
    "making drugs": "制造毒品",
    "violence against people or oneself": "伤害他人或自己",
    _SETTING_ASIDE: "绕过本程序的规则",
}


def _sets_rules_aside(question: str) -> bool:
    """Tell whether the question itself gives such an order; one that it only quotes is research."""
    said = _QUOTED.sub(" ", question)
    plain = as_read(said)
    if _ABOUT_PAPERS.search(plain) and plain.rstrip().endswith(("?", "？")):
        return False
    return order_in(said) in _OVERRIDES or _ROLE.search(plain) is not None


def _finding(kind: str, question: str) -> QuestionFinding:
    if is_chinese(question):
        return QuestionFinding(
            kind,
            f"没有回答:问题似乎在请求帮助{_CHINESE_KINDS[kind]}。若本意是研究,请改述问题,"
            '或设置 screen_question = "warn"。',
        )
    return QuestionFinding(
        kind,
        f"Not answered: the question seems to ask for help with {kind}. Word it as the question "
        'about research that it is, or set `screen_question = "warn"`.',
    )
