"""The wordings by which a text gives orders to the model that reads it, each with its name.

All are matched against `as_read` text: lower case, one line, nothing hidden. An order stands in the
imperative, so most begin where a sentence or clause does; "we ignore all earlier messages" is none.
"""

# ruff: noqa: E501, RUF001 - wordings of one kind stand together, curly and Chinese marks among them

from __future__ import annotations

import re
from dataclasses import dataclass

_CLAUSE = (
    r"(?:^|[.:;!?,\-–—(\[\"'“*#>|/=]\s*|\b(?:please|now|must|should|shall|just|then|and|also|kindly|"
    r"immediately|instead|simply|first|always|you (?:are|have|need|ought|want) to|your (?:job|task) "
    r"is to|(?:can|could|would|will) you)\s+)"
)
_AI = (
    r"(?:ai|a\.i\.|llms?|(?:large )?language models?|chatgpt|gpt(?:-?\d\w*)?|claude|gemini|copilot|"
    r"deepseek(?:-r1)?|chat ?bots?|virtual assistants?|assistants?|ai[- ]\w+s?|language[- ]model \w+|"
    r"llm[- ]\w+s?|automated (?:reviewer|reader|system|agent)s?)"
)
_GIVEN = (
    r"(?:instruction|prompt|direction|directive|command|rule|guideline|guardrail|polic(?:y|ie)|order|"
    r"request|programming|training|safeguard|restriction|constraint|persona|conversation|message|"
    r"context|question|task|query|quer(?:y|ie)|objective|goal)s?"
)
_BEFORE = (
    r"(?:previous|prior|above|preceding|earlier|former|foregoing|existing|original|initial|current|"
    r"other|system|safety|developer|user'?s?|given|said|received|your|my|these|those|everything)"
)
_ANSWER = r"(?:response|reply|answer|output|summary|review|message|explanation|translation)s?"

_ENGLISH: dict[str, str] = {
    "sets instructions aside": (
        rf"{_CLAUSE}(?:do not|don't|never|stop|cease|ignore|disregard|forget|override|overrule|bypass|"
        rf"discard|abandon|drop|skip|neglect|pay no attention to|erase)\b[^.]{{0,45}}\b{_BEFORE}\b"
        rf"[^.]{{0,30}}\b{_GIVEN}\b"
        rf"|{_CLAUSE}(?:ignore|disregard|forget|override|skip) [^.]{{0,20}}\b{_GIVEN} (?:above|before|so far)\b"
        rf"|{_CLAUSE}(?:ignore|disregard|forget) (?:all|everything|anything|whatever|what)\b[^.]{{0,40}}"
        r"\b(?:above|before|said|told|so far|previous(?:ly)?|prior|instruct\w+|rules?|prompts?)\b"
        r"|\b(?:instructions?|rules?|prompts?) (?:above|before this|so far) (?:are|is|were|was|no longer"
        r")\b[^.]{0,20}\b(?:void|obsolete|cancelled|canceled|superseded|a test|outdated|invalid|appl)"
    ),
    "gives the model a role": (
        r"\byou are (?:now|no longer|hereby|from now on)\b(?=.{0,60}\b(?:an?|the|in|not|bound|free|"
        r"allowed|acting|playing|my|dan)\b)"
        rf"|\byou are (?:an? |the )?(?:\w+ ){{0,3}}{_AI}\b"
        rf"|\b(?:from now on|from this point on|henceforth),? (?:you|your|always|only|never|respond|"
        r"reply|answer|speak|act|write|ignore|all (?:of )?your)\b"
        rf"|{_CLAUSE}(?:act|behave|respond|reply|answer|speak|write|talk) (?:as if you|as though you|as "
        r"(?:an?|the|my) (?:\w+ ){0,3}(?:ai|assistant|hacker|expert|pirate|character|model|agent|bot))\b"
        rf"|{_CLAUSE}(?:pretend|imagine) (?:to be|that you|you(?:'re| are| have)?)\b"
        r"|\b(?:enter|enable|activate|switch (?:in)?to|engage|turn on) (?:the )?(?:developer|debug|god|dan|"
        r"jailbreak|admin(?:istrator)?|maintenance|unrestricted|sudo|root|diagnostic) ?mode\b"
    ),
    "forges a turn of the conversation": (
        r"<\|(?:im_start|system|user|assistant|start_header_id|eot_id|begin_of_text|endofprompt|im_end)\|>"
        r"|<[｜|](?:user|assistant|system|begin▁of▁sentence|end▁of▁sentence)[｜|]>"
        r"|\[/?inst\]|<</?sys>>|<start_of_turn>"
        r"|</?(?:system|assistant|instructions?|admin|tool_calls?|function_calls?|tool_response)>"
        r"|#{2,}\s*(?:system|instructions?|assistant|user|human|response|new task)\b\s*(?::|$|\n)"
        r"|\bsystem (?:prompt|message|override|instruction|notice|alert|command|update)s?\s*[:\]»>]"
        r"|^[\[({<*#\s]*(?:ai |the )?(?:assistant|chatgpt|claude|system|chatbot)[\])}>*]*\s*:\s*\S+ \S+ \S"
        r"|\b(?:human|user):\s.{3,200}\b(?:assistant|ai):\s"
        r"|(?:-{2,}|={2,}|#{2,}|\[|<|\*{2,})\s*(?:end|begin(?:ning)?|start) of (?:the )?(?:\w+ )?(?:document|"
        r"context|text|passage|data|input|paper|prompt|instructions?|user|system)"
        r"|\b(?:new|updated|real|actual|secret|urgent|priority|overriding|revised|hidden) (?:instruction|"
        r"directive|system prompt|task|order|command|objective)s?(?: (?:for|to) \w+(?: \w+)?)?\s*:"
        r"|\byour (?:new|real|actual|only|next|true|primary|sole) (?:task|goal|instruction|objective|job|"
        r"role|mission|purpose|directive)s? (?:is|are|now)\b"
    ),
    "addresses an AI reader": (
        rf"\b(?:note|attention|message|instructions?|notice|important|reminder|dear|hey|hello|hi|warning|"
        rf"memo|advice)\W{{0,3}}\s*(?:to|for)?[ :,]*(?:all |any |the |you,? |every )?{_AI}\b"
        r"(?=\s*[:,;.!\-–—)\]]|\s+(?:\w+ ){0,3}(?:reading|reviewing|summari|processing|please|who|that))"
        rf"|\b(?:if|when|in case|since|because|as) you(?:'re| are) (?:an? |the |some )?(?:\w+ )?{_AI}\b"
        rf"|\bas an? {_AI}[^.]{{0,40}},? (?:you|please)\b"
        rf"|(?:^|[.!:]\s*){_AI}\s*[:,]\s*(?:please |you |do |give |write |ignore |rate |stop )"
        rf"|\b{_AI} (?:that (?:is|are) |which (?:is|are) |who (?:is|are) )?(?:reading|reviewing|"
        r"summari[sz]ing|processing|evaluating|grading) this\b[^.]{0,60}\b(?:must|should|please|shall|has "
        r"to|have to|needs? to|are|is|give|say|write|output)\b"
    ),
    "orders a verdict": (
        rf"{_CLAUSE}(?:give|write|provide|produce|output|issue|assign|award|generate|return|submit)\b[^.]"
        r"{0,40}\b(?:positive|favou?rable|glowing|perfect|excellent|top|high(?:est)?|strong|maximum|5/5|"
        r"10/10)[ -](?:\w+ )?(?:review|score|rating|recommendation|assessment|evaluation|grade|mark)s?\b"
        rf"|{_CLAUSE}(?:recommend (?:accept(?:ance|ing)?|publication)|accept) (?:of |for )?(?:this|the) "
        r"(?:paper|manuscript|submission|work|article)\b"
        rf"|{_CLAUSE}(?:do not|don't|never|avoid) (?:highlight|mention|point|report|discuss|list|raise|"
        r"include)\w*\b[^.]{0,20}\b(?:negatives?|weakness\w*|flaws?|limitations?|criticisms?|problems?|"
        r"shortcomings?)\b"
        rf"|{_CLAUSE}(?:rate|grade|rank|score|praise|describe|present) (?:this|the) (?:paper|work|"
        r"manuscript|article|study|submission|authors?)\b[^.]{0,30}\b(?:as|with|highly|best|above)\b"
    ),
    "asks for tools or addresses": (
        rf"{_CLAUSE}(?:call|invoke|use|run|execute|trigger|query) (?:the |your |an? )?[`'\"]?(?:search_papers|"
        r"read_page|unit_tests|check_unit_tests|[a-z]+_[a-z_]+(?= (?:tool|function))|(?:python|browser|"
        r"search|email|shell|code|web|file)(?: \w+)? tool)\b"
        rf"|{_CLAUSE}(?:send|forward|e-?mail|post|exfiltrate|leak|upload|transmit|submit|append|report)\b"
        r"[^.]{0,50}\b(?:conversation|chat|user'?s?|passwords?|credentials?|api[ _-]?keys?|secrets?|history|"
        r"tokens?|private|your (?:answer|context|notes|memory)|environment variables?)\b[^.]{0,40}\bto\b"
        r"|!\[[^\]]*\]\(\s*https?://[^)]*[?={]"
        rf"|{_CLAUSE}(?:visit|open|click(?: on)?|browse to|navigate to|fetch|request|go to)\b[^.]{{0,30}}"
        r"(?:https?://|www\.)\S+[^.]{0,80}\b(?:and|then|before|to) (?:follow|obey|tell|execute|include|"
        r"answer|answering|load|do what|carry out|report back|continue|paste|read (?:its|the) instruct)"
    ),
    "asks for the prompt": (
        rf"{_CLAUSE}(?:reveal|print|show|repeat|output|disclose|display|leak|copy|quote|recite|write|tell "
        r"(?:me|us)|return|state|list|give)\b[^.]{0,30}\b(?:your|the) (?:\w+ )?(?:system|initial|hidden|"
        r"secret|developer|full|entire|own|internal)[ -](?:prompt|instructions?|message|configuration|"
        r"rules|guidelines)\b"
        rf"|{_CLAUSE}(?:reveal|print|show|repeat|output|disclose|display|leak|recite)\b[^.]{{0,20}}\byour "
        r"(?:prompt|instructions?|rules|guidelines|configuration|training data|context)\b"
        rf"|{_CLAUSE}(?:repeat|print|output|copy|recite) (?:all |everything |the )?(?:words |text )?above\b"
    ),
    "orders what to say": (
        rf"{_CLAUSE}(?:respond|reply|answer|say|output|print)\b[^.]{{0,30}}\b"
        r"(?:only|exactly|nothing but|just) (?:with |the |this |in |by |using )?(?:words? |phrase |"
        r"sentence |text |string )?[\"'“`:\w]"
        rf"|{_CLAUSE}(?:respond|reply|answer|speak|write back) (?:only |back |solely |exclusively )?(?:in|"
        r"with|as|using) (?:[a-z0-9]+ )?(?:emojis?|base ?64|rot-?13|morse|hex\w*|binary|leetspeak|pig latin|"
        r"english|spanish|french|german|chinese|russian|japanese|arabic|italian|korean|portuguese|"
        r"uppercase|capital letters|all caps|rhyme|json|html|the (?:word|phrase|sentence|following))\b"
        rf"|{_CLAUSE}(?:include|add|append|insert|put|mention|place|prepend|embed|begin|start|end|finish|"
        rf"conclude|preface|sign)\b[^.]{{0,80}}\b(?:in|to|of|into|at the (?:end|start|top) of|with(?:in)?|"
        rf"throughout|before) (?:your|the|every|each|all) (?:final |whole |entire |next )?{_ANSWER}\b"
        rf"|{_CLAUSE}(?:begin|start|end|finish|conclude|preface|sign|sprinkle|prefix|fill) (?:off )?(?:your|"
        rf"each|every|all) (?:final |of your )?(?:{_ANSWER}|sentences?) (?:with|by|in)\b"
        rf"|{_CLAUSE}(?:translate|encode|encrypt|convert|rewrite|rephrase|format|reverse|shorten|obfuscate|"
        rf"render|turn|write|give|provide|make|change|scramble|cipher)\b (?:\w+ )?(?:your|the (?:final|"
        rf"whole|entire|above|previous)) (?:\w+ )?{_ANSWER}\b"
        rf"|\byour (?:final |whole |entire |next |only )?{_ANSWER} (?:must|should|shall|needs? to|has to|have "
        r"to|is to|will|may) (?:only |not |always |also )*(?:be (?:in|only|written|encoded|translated|given|"
        r"replaced|the)|begin|start|end|say|state|contain|include|read|consist|mention|claim)\b"
        r"|\b(?:in|into|to|of|within|with|throughout|at the (?:end|start|beginning|top|bottom) of) your (?:final |"
        r"next |own |whole )?(?:response|reply|replies|answer|output)s?\b"
        r"|^\W*(?:please )?(?!(?:explain|justify|check|support|motivate|defend|give|compare|discuss|show|submit|"
        r"enter|type|select|mark|circle|write|record|state)\b)[a-z]+ your (?:final |next |own |whole )?(?:response|"
        r"reply|answer|output)s?\b(?= (?:to|by|with|so|using|in|as|and|such|of|only|into|for)\b|\W|$)"
        rf"|{_CLAUSE}(?:tell|inform|remind|convince|persuade|warn|ask|advise|urge|assure|direct|instruct|"
        r"encourage) (?:the |your |any |every )(?:user|reader|human|person asking|customer|researcher|"
        r"recipient)s?\b"
        rf"|{_CLAUSE}(?:do not|don't|never) (?:tell|inform|mention|reveal|disclose|alert|notify|let|show|"
        r"answer|reply|respond|repeat|acknowledge|obey|comply)\b[^.]{0,40}\b(?:users?|humans?|anyone|anybody|"
        r"these instructions?|this (?:instruction|message|note|order)|(?:their|the user's) question)\b"
        r"|\b(?:when(?:ever)?|if) (?:you(?:'re| are)? |the user |a user |someone |anyone |)(?:asked|asks?|"
        r"summari[sz]\w+|answer(?:ing)?|review(?:ing)?|respond(?:ing)?|reply(?:ing)?)\b[^.]{0,90}[,:] "
        r"?(?:please |then |you (?:must|should|will|shall) )?(?:always|only|say|answer|respond|reply|state|"
        r"write|claim|include|recommend|never|do not|don't|tell|mention|add|output)\b"
    ),
}

_CHINESE: dict[str, str] = {
    "sets instructions aside": (
        r"(?:忽略|无视|忘记|忘掉|不要理会|不要遵守|跳过|抛开|绕过|放弃)[^。！？]{0,8}(?:之前|以上|上述|前面|先前|所有|一切|全部|原有|"
        r"系统|你的|此前|上面)[^。！？]{0,8}(?:指令|指示|提示|说明|规则|要求|内容|命令|限制|设定|对话|任务|问题)"
    ),
    "gives the model a role": (
        r"你现在(?:是|扮演|处于|必须)|从现在(?:开始|起)[,，]?你|(?:请)?(?:扮演|假装(?:你)?是|你将扮演)[^。]{0,10}(?:角色|助手|黑客|模型|"
        r"机器人|专家)|(?:进入|启用|开启|切换到)(?:开发者|越狱|无限制|调试|管理员)模式|你是(?:一个|一名)?[^。]{0,8}(?:人工智能|ai|语言"
        r"模型|助手|机器人)"
    ),
    "forges a turn of the conversation": r"(?:系统(?:提示词?|消息|指令|通知)|新(?:的)?(?:指令|任务)|助手)\s*[:：]",
    "addresses an AI reader": (
        r"(?:如果你是|作为|身为|致|各位|亲爱的|请)[^。,，]{0,6}(?:ai|人工智能|大?语言模型|大模型|聊天机器人|智能助手)(?:审稿人?|读者|助手|"
        r"模型|系统)?[^。]{0,6}(?:[,，:：]|请|必须|应当|务必)"
    ),
    "orders a verdict": (
        r"(?:请|务必|必须|只|应)?(?:给出?|给予|写|打|提供)[^。]{0,8}(?:正面|好评|高分|积极|满分|最高)[^。]{0,4}(?:评审|评价|评分|审稿|意见|评语|分)|"
        r"(?:请|务必|必须)(?:建议|推荐)?(?:接收|录用|接受)(?:本|这篇|该)|不要(?:提及|指出|提到)[^。]{0,6}(?:缺点|不足|局限|弱点|问题)"
    ),
    "asks for the prompt": (
        r"(?:输出|显示|打印|透露|重复|泄露|告诉我|公开|复述)[^。]{0,8}(?:系统提示|提示词|你的指令|初始指令|内部规则|以上内容|上面的文字)"
    ),
    "asks for tools or addresses": (
        r"(?:调用|使用|运行|执行)[^。]{0,6}(?:search_papers|read_page|python|unit_tests|工具|函数)[^。]{0,10}(?:并|来|然后|去)|"
        r"(?:请)?(?:访问|打开|点击|发送到|上传到)[^。]{0,20}https?://"
    ),
    "orders what to say": (
        r"(?:请|务必|必须|只能|只需|仅|你应)[^。]{0,6}(?:回复|回答|输出|说|用[^。]{1,6}(?:回复|回答|输出))[^。]{0,10}(?:[:：“\"「]|即可|作为答案|"
        r"表情|base64|英文|法语|日语)|(?:告诉|告知|说服|提醒|劝说)(?:用户|读者|提问者)|不要(?:告诉|告知|让)[^。]{0,4}(?:用户|读者|任何人)|"
        r"在(?:你的)?(?:回答|回复|答案|输出)(?:的)?(?:末尾|开头|结尾|中)[^。]{0,6}(?:加上|添加|写上|插入|附上|包含)"
    ),
}

_STEMS = {
    "sets instructions aside": (
        "ignore|disregard|forget|overrid|overrule|bypass|discard|abandon|drop|skip|neglect|attention to|"
        "erase|do not|don't|never|stop|cease|instruction|rules|prompt"
    ),
    "gives the model a role": (
        "you are|from now|from this point|henceforth|act as|behave|respond|reply|answer|speak|write as|"
        "talk|pretend|imagine| mode|-mode"
    ),
    "forges a turn of the conversation": (
        "<|[inst|[/inst|##|system|assistant|chatgpt|claude|chatbot|human:|user:|end of|begin|start of|"
        "instruction|task|directive|order|command|objective|your "
    ),
    "addresses an AI reader": (
        "ai |ai,|ai:|ai-|ai.|ai!|a.i.|llm|language model|language-model|gpt|claude|gemini|copilot|deepseek|"
        "chatbot|chat bot|assistant|automated"
    ),
    "orders a verdict": (
        "review|score|rating|recommend|assessment|evaluation|grade|mark|accept|negative|weakness|flaw|"
        "limitation|criticism|problem|shortcoming|rate th|rank th|praise th|describe th|present th"
    ),
    "asks for tools or addresses": (
        "tool|search_papers|read_page|unit_tests|send|forward|mail|post|exfil|leak|upload|transmit|submit|"
        "append|report|![|http|www."
    ),
    "asks for the prompt": (
        "prompt|instruction|message|configuration|rules|guidelines|training data|context|above"
    ),
    "orders what to say": (
        "response|reply|replies|answer|output|summar|review|message|explanation|translation|user|reader|"
        "human|person|customer|researcher|recipient|sentence|only|exactly|nothing but|just|respond|speak|"
        "write back|anyone|anybody|instruction|asked|asks"
    ),
}
"""A wording can only fit where one of these stands; looking for them first is ten times faster."""


@dataclass(frozen=True, slots=True)
class OrderRule:
    """What an order does, and the wordings of it."""

    name: str
    pattern: re.Pattern[str]
    stems: tuple[str, ...] = ()

    def fits(self, plain: str) -> bool:
        """Tell whether a sentence, as `as_read` returns it, is worded so."""
        if self.stems and not any(stem in plain for stem in self.stems):
            return False
        return self.pattern.search(plain) is not None


ENGLISH = tuple(
    OrderRule(name, re.compile(pattern), tuple(filter(None, _STEMS.get(name, "").split("|"))))
    for name, pattern in _ENGLISH.items()
)
CHINESE = tuple(OrderRule(name, re.compile(pattern)) for name, pattern in _CHINESE.items())
