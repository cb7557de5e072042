"""What a question may not ask help with: kinds of serious harm, in English and Chinese.

A word such as "sarin" is never enough. A question asks for harm where it wants to do or make the
harmful thing itself; how something works, is found, treated or prevented is research.
"""

# ruff: noqa: E501, RUF001 - wordings of one kind stand together, curly and Chinese marks among them

from __future__ import annotations

import re

_MAKE = (
    r"(?:make|making|build|building|synthesi[sz]e|synthesi[sz]ing|synthesis of|produce|producing|"
    r"manufactur\w+|cook|cooking|brew|prepare|preparing|construct\w*|assembl\w+|create|creating|craft|"
    r"weaponi[sz]e|weaponi[sz]ing|aerosoli[sz]e|purify|extract|culture|grow|obtain|acquire|buy|get hold of|"
    r"smuggle|detonate|deploy|disperse|release|spread|scale up|formulate|mix|distil|concentrate)"
)
_WRITE = (
    r"(?:write|create|build|make|code|program|develop|give me|provide|generate|show me|design|implement|"
    r"compile|finish|complete|improve|send me|need|want)"
)
_WISH = (
    r"(?:how (?:do|can|could|would|should|might) (?:i|we|one|you|someone|somebody|anyone|a person|my \w+)|how to|"
    r"(?:^|[.!?,:;]\s*|please |me |you )(?:give|show|tell|teach|help|explain|list|write|provide|describe|walk)(?: me| us)?|"
    r"step[- ]by[- ]step|instructions?|recipe|procedure|protocol|tutorial|guide|manual|i (?:want|need|plan|would like|intend|am going|am trying) to|"
    r"what(?:'s| is| are) the (?:best|easiest|fastest|cheapest|most effective) (?:way|method|route|ingredients|reagents)s?|"
    r"(?:what|which)(?: \w+)? (?:do|would|will) i need (?:for|to)|which (?:chemicals|reagents|precursors|ingredients|tools|parts) do i|can you)"
)
_NOT_AGAINST = (
    r"\b(?! ?(?:[- ]\w+){0,2}? ?(?:antidote|detect|sensor|biosensor|simulant|surrogate|vaccine|antibod|"
    r"degrad|hydroly|decontaminat|classif|inhibitor|resistan|exposure|poisoning|treatment|defen[cs]e|dataset|a[- ]chain|immunotox|conjugate|toxoid|metabolit|crystal|"
    r"corpus|disposal|destruction|stockpile|residue|standard|analy|filter|scanner|alloy|cell|review|survey|"
    r"taxonomy|model|prevention|awareness|victim|survivor|policy|law|stewardship))"
)
_GAP = (
    r"(?:(?!\b(?:for|against|about|on|from|simulants?|analog\w*|surrogates?|sensors?|sens\w+|biosensors?|detect\w*|"
    r"classif\w+|models?|papers?|reviews?|surveys?|articles?|datasets?|corpus|corpora|vaccines?|antidotes?|"
    r"antibod\w+|filters?|defen[cs]e\w*|protect\w*|test\w*|immunotoxins?|aware\w*|simulat\w+|thes[ie]s|"
    r"recogni\w+|predict\w*|prevent\w*|stud(?:y|ies)|lectures?|courses?|policy|policies|report|essay)\b).)"
)
"""What may stand between a verb and its object; not another object, which the rest belongs to."""
_CHEMICAL = (
    r"(?:nerve agents?|nerve gas|sarin|soman|tabun|novichok\w*|cyclosarin|\bvx\b(?: gas| agent)?|"
    r"mustard gas|sul(?:ph|f)ur mustard|lewisite|phosgene|hydrogen cyanide gas|chemical weapons?|"
    r"poison(?:ous)? gas|ricin|botulinum toxin|abrin)"
)
_EXPLOSIVE = (
    r"(?:pipe ?bombs?|nail bombs?|car bombs?|dirty bombs?|fertili[sz]er bombs?|bombs?|explosives?|tatp|hmtd|petn|"
    r"rdx|c-?4\b|semtex|nitroglycerine?|anfo|molotov(?: cocktails?)?|detonators?|ieds?\b|"
    r"improvised explosive\w*|grenades?|nuclear weapons?|nuclear bombs?|ghost guns?|silencers?)"
)
_GERM = (
    r"(?:anthrax|bacillus anthracis|smallpox|variola|plague|yersinia pestis|ebola(?: virus)?|h5n1|bird flu|"
    r"avian influenza|marburg|tularemia|bioweapons?|biological weapons?|pathogens?|virus(?:es)?|"
    r"influenza strains?|coronavirus(?:es)?|1918 influenza|1918 flu)"
)
_MALWARE = (
    r"(?:ransomware|malware|key ?loggers?|botnets?|root ?kits?|trojans?|(?:computer )?worms?\b|spyware|"
    r"stalkerware|info ?stealers?|wiper|remote access trojan|phishing (?:e-?mails?|pages?|sites?|kits?|messages?)|"
    r"exploit (?:for|against|that)|zero[- ]days?|ddos|backdoors?|credit card skimmers?|computer virus)"
)
_DRUG = r"(?:meth(?:amphetamine)?|crystal meth|fentanyl|carfentanil|heroin|mdma|ecstasy|cocaine|lsd|crack)"
_CHILD = r"(?:child(?:ren)?|minors?|under-?age\w*|toddlers?|(?:little |young |pre-?teen )?(?:girls?|boys?)|pre-?teens?|kids?|\d+[- ]year[- ]old)"

HARMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in {
        "making or using chemical weapons or poisons": (
            rf"{_WISH}\b.{{0,60}}\b{_MAKE}\b{_GAP}{{0,35}}\b{_CHEMICAL}{_NOT_AGAINST}"
            rf"|(?:recipe|instructions?|protocol|procedure|synthesis route|step[- ]by[- ]step \w+|reagents? (?:list )?|precursors?) (?:for|to|of) (?:\w+ ){{0,3}}{_CHEMICAL}{_NOT_AGAINST}(?=[^.]{{0,40}}(?:at home|in my|kitchen|garage|undetected|without|$|\?|\.))"
            r"|\b(?:poison|kill|murder) (?:my|a|the|an|some) (?:\w+ )?(?:wife|husband|boss|neighbou?r|colleague|person|people|ex|someone|crowd|family|water supply|reservoir|roommate|coworker)\b"
            r"|\b(?:put|slip|mix|drop|sneak)\b.{0,30}\b(?:in|into)\b.{0,15}\b(?:someone|somebody|her|his|their|my)\b.{0,14}\b(?:drink|food|coffee|tea|wine|beer|meal)\b"
            r"|\b(?:undetectable|untraceable) poison\b.{0,40}\b(?:person|someone|my|kill|victim)"
        ),
        "making explosives or weapons": (
            rf"{_WISH}\b.{{0,60}}\b{_MAKE}\b{_GAP}{{0,30}}\b{_EXPLOSIVE}{_NOT_AGAINST}"
            rf"|\b(?:what|which)(?: \w+)? (?:do|would|will) i need (?:for|to (?:make|build)) (?:\w+ ){{0,3}}(?:{_EXPLOSIVE}|{_CHEMICAL}){_NOT_AGAINST}"
            rf"|(?:recipe|instructions?|blueprint|step[- ]by[- ]step \w+) (?:for|to) (?:\w+ ){{0,4}}{_EXPLOSIVE}{_NOT_AGAINST}"
            rf"|{_WISH}\b.{{0,40}}\b(?:enrich uranium|convert .{{0,20}}(?:fully automatic|full[- ]auto)|3d[- ]print .{{0,15}}\b(?:gun|rifle|pistol))\b"
        ),
        "making pathogens more dangerous or spreading them": (
            rf"{_WISH}\b.{{0,60}}\b(?:weaponi[sz]e|aerosoli[sz]e|spread|release|disperse|enhance|mak(?:e|ing)|turn(?:ing)?|engineer|modify|mutate|create|build|synthesi[sz]e|reconstruct|obtain|grow|culture|mass[- ]produce)\b"
            rf".{{0,40}}\b{_GERM}{_NOT_AGAINST}.{{0,70}}\b(?:more (?:transmissible|virulent|lethal|deadly|contagious|infectious|dangerous)|to (?:infect|kill|harm|attack)|attack|weapon|at home|in (?:a|my) (?:garage|kitchen|basement|city|crowd|subway)|airborne|"
            r"resistant to (?:all|every|known|vaccines?|antibiotics?|treatments?)|evades?|evading|as many people)"
            rf"|{_WISH}\b.{{0,40}}\b(?:weaponi[sz]e|aerosoli[sz]e|release|spread)\b(?! of).{{0,25}}\b(?:anthrax|smallpox|plague|ebola|bacillus anthracis|yersinia pestis|h5n1|variola)\b(?!.{{0,60}}(?:model|simulat|prevent|stop))"
            rf"|{_WISH}\b.{{0,60}}\b(?:bioweapons?|biological weapons?){_NOT_AGAINST}(?=.{{0,40}}(?:\?|$|at home|my|\.))"
        ),
        "writing malware or breaking into systems": (
            rf"(?:{_WISH}|^{_WRITE}|\bplease {_WRITE})\b{_GAP}{{0,50}}\b{_MALWARE}{_NOT_AGAINST}(?=.{{0,80}}(?:$|\.|\?))(?!.{{0,40}}\b(?:be detected|detected|prevented|stopped|classified|removed|analy[sz]ed)\b)"
            r"|\b(?:logs?|records?|captures?|steals?) (?:all |the |every |his |her )*(?:keystrokes?|keys pressed)\b.{0,40}\b(?:my|someone|secretly|without)\b"
            r"|\b(?:hack|break|get|gain access|log) (?:in)?to (?:my|someone|somebody|another|his|her|their|a|the) (?:\w+[' ]?s? ){0,4}(?:account|phone|e-?mail|wi-?fi|network|computer|bank|facebook|instagram|laptop|webcam|server)\b(?!.{0,40}\b(?:attack|research|literature|studies)\b)"
            rf"|{_WISH}\b.{{0,30}}\b(?:ddos (?:a|the|my|this)|take down (?:a|the|my|this)|steal (?:the )?(?:passwords?|credentials|credit cards?|cookies|data|money|identit\w+)|bypass (?:the )?(?:two[- ]factor|2fa) (?:of|on) (?:my|someone|a))\b"
        ),
        "finding out or exposing a private person": (
            r"\b(?:find|give me|get|look up|tell me|reveal|dig up|track|locate|publish|post|leak)\b.{0,30}\b(?:home address|private address|phone number|where .{0,40} lives|social security number|medical records?|licen[cs]e plate|real name)\b.{0,70}\b(?:of|for|who|my|this|that|so i|so we|behind)\b"
            r"|\bdox+(?:x|ing)? (?:my|this|that|the|a|him|her|them|someone)\b(?!.{0,20}(?:victim|paper|stud|survey))"
            r"|\bwhere (?:does|do) (?:my ex|\w+ \w+|this (?:woman|man|person|girl)) live\b.{0,60}\b(?:confront|visit|scare|punish|teach|hurt|follow)"
            r"|\b(?:secretly|without (?:her|his|their|them) (?:knowing|knowledge|consent))\b.{0,60}\b(?:track|follow|record|film|read|spy|monitor)\b|\b(?:track|spy on|stalk)\b.{0,40}\b(?:my (?:ex|wife|husband|girlfriend|boyfriend|partner))\b"
        ),
        "sexual abuse of children": (
            rf"\b(?:sexual|sexy|sexuali[sz]ed|erotic|porn\w*|nude|naked|explicit)\b.{{0,30}}\b(?:story|stories|images?|pictures?|photos?|videos?|content|description|text|scene|fantasy)\b.{{0,30}}\b{_CHILD}\b(?!.{{0,40}}(?:detect|prevent|abuse survivors|victims|protect))"
            rf"|\b(?:erotica|smut|sex scenes?|porn)\b.{{0,25}}\b{_CHILD}\b(?!.{{0,40}}(?:detect|prevent|law|expos|victim|surviv|protect))"
            rf"|{_WISH}\b.{{0,40}}\b{_CHILD} (?:to )?(?:send|show|undress|strip|get naked)\b.{{0,30}}(?:nudes?|naked|pictures?|photos?|clothes|undress)"
            rf"|{_WISH}\b.{{0,40}}\b(?:groom|seduce|lure|molest|abuse)\b.{{0,30}}\b{_CHILD}\b"
            r"|\b(?:where|how|find|get|share|download|trade)\b.{0,30}\b(?:child porn\w*|csam|lolicon|child sexual abuse (?:material|images))\b(?!.{0,60}(?:detect|prevent|law|hash|classif|survey|moderat|stud|report|stop|remov))"
            rf"|\b{_CHILD}\b.{{0,20}}\b(?:porn\w*|nudes?|erotica)\b(?!.{{0,40}}(?:detect|prevent|law|classif|moderat|stud|research))"
        ),
        "making drugs": rf"{_WISH}\b.{{0,50}}\b(?:make|cook|synthesi[sz]e|synthesis of|manufacture|produce|extract|brew|smuggle|sell)\b{_GAP}{{0,25}}\b{_DRUG}{_NOT_AGAINST}\b(?!.{{0,20}}(?:bind|work|act|interact))",
        "violence against people or oneself": (
            rf"{_WISH}\b.{{0,50}}\b(?:kidnap|traffic|torture|assassinate|massacre|lynch|blow up|shoot up|stab|behead|strangle)\b.{{0,40}}\b(?:my|a|the|people|someone|children|women|school|crowd|president|church|mosque|synagogue|him|her|them)\b"
            r"|\b(?:painless|best|easiest|quickest|surest) (?:way|method)s? to (?:kill myself|commit suicide|end my life|die)\b|\bhow (?:do|can|should) i (?:kill myself|end my life|commit suicide|cut myself)\b"
            rf"|{_WISH}\b.{{0,40}}\b(?:recruit|radicali[sz]e)\b.{{0,40}}\b(?:terror\w*|jihad\w*|isis|extremist cell)\b(?!.{{0,30}}(?:prevent|study|counter))"
            rf"|{_WISH}\b.{{0,40}}\b(?:carry out|commit|plan|stage)\b.{{0,30}}\b(?:terror(?:ist)? attack|mass shooting|school shooting|genocide|massacre|murder)\b"
        ),
        "making or using chemical weapons or poisons (Chinese)": (
            r"(?:怎么|如何|怎样|教我|告诉我|给我|请写|帮我|步骤|配方|教程)[^。？?]{0,16}(?:制作|制造|合成|配制|提纯|自制|生产|做|获得|购买|释放|施放)[^。？?]{0,10}(?:沙林|神经毒剂|毒气|芥子气|vx|蓖麻毒素|毒药|化学武器|诺维乔克)(?!的?(?:检测|传感|解毒|模拟|降解|防护))"
            r"|(?:沙林|神经毒剂|毒气|芥子气|蓖麻毒素|毒药|化学武器|诺维乔克)的?(?:制作|制造|合成|配制)(?:方法|步骤|配方|教程|路线)"
            r"|(?:毒死|毒杀|下毒给)(?:我|一个|邻居|同事|老板|妻子|丈夫|人)"
        ),
        "making explosives or weapons (Chinese)": (
            r"(?:怎么|如何|怎样|教我|告诉我|给我|请写|帮我|步骤|配方|教程)[^。？?]{0,16}(?:制作|制造|合成|自制|组装|做|引爆)[^。？?]{0,10}(?:炸弹|炸药|爆炸物|手榴弹|燃烧瓶|雷管|枪支|土枪|核武器)(?!的?(?:检测|探测|识别|处置|销毁))"
            r"|(?:炸弹|炸药|燃烧瓶|雷管)的?(?:制作|制造|自制)(?:方法|步骤|配方|教程)"
        ),
        "making pathogens more dangerous or spreading them (Chinese)": (
            r"(?:怎么|如何|怎样|教我|给我|帮我)[^。？?]{0,16}(?:改造|增强|制造|合成|培养|释放|传播|散布|让|使)[^。？?]{0,12}(?:病毒|病原体|炭疽|天花|鼠疫|埃博拉|禽流感)[^。？?]{0,20}(?:更(?:致命|易传播|容易(?:传播|感染)|具传染性|强)|攻击|武器|人群|害人|杀人|感染更多)|(?:怎么|如何|怎样|教我)[^。？?]{0,10}(?:制造|制作|研制)[^。？?]{0,6}(?:生物武器|生化武器)"
        ),
        "writing malware or breaking into systems (Chinese)": (
            r"(?:写|编写|开发|制作|帮我|教我|给我|生成)[^。？?]{0,14}(?:勒索软件|木马|病毒程序|计算机病毒|键盘记录器|恶意软件|钓鱼(?:网站|邮件)|僵尸网络|后门程序)(?!的?(?:检测|分析|防御|识别|分类|综述|清除))"
            r"|(?:怎么|如何|怎样|教我|帮我)[^。？?]{0,10}(?:入侵|黑进|盗取|破解|盗)[^。？?]{0,12}(?:账号|邮箱|手机|银行|微信|网站|密码|电脑|wifi|系统)"
        ),
        "finding out or exposing a private person (Chinese)": (
            r"(?:人肉|曝光|查出|找到|告诉我|跟踪|定位)[^。？?]{0,14}(?:家庭住址|住址|身份证号|手机号|电话号码|隐私|前女友|前男友)(?!的?(?:保护|泄露风险|研究))"
        ),
        "sexual abuse of children (Chinese)": (
            r"(?:儿童|幼女|未成年|小女孩|小男孩|小学生)[^。？?]{0,8}(?:色情|裸照|性描写|情色)(?![^。？?]{0,10}(?:检测|防|打击|识别|研究|法律|治理|受害))|(?:诱骗|引诱|猥亵|性侵)[^。？?]{0,6}(?:儿童|幼女|未成年|小孩)(?:的)?(?:方法|技巧|步骤)|(?:怎么|如何|怎样)(?![^。？?]{0,6}(?:防|避免|识别|检测|应对|保护|帮助))[^。？?]{0,6}(?:诱骗|引诱|猥亵|性侵)"
        ),
        "making drugs (Chinese)": (
            r"(?:怎么|如何|怎样|教我|告诉我)[^。？?]{0,12}(?:制造|制作|合成|提炼|制|贩卖|走私)[^。？?]{0,6}(?:冰毒|海洛因|芬太尼|可卡因|摇头丸|毒品)(?!的?(?:检测|识别))|(?:冰毒|海洛因|芬太尼)的?(?:制作|制造|合成)(?:方法|步骤|配方)"
        ),
        "violence against people or oneself (Chinese)": (
            r"(?:怎么|如何|怎样|教我|帮我)[^。？?]{0,12}(?:绑架|杀死|杀害|谋杀|暗杀|拐卖|自杀|策划恐怖袭击|实施恐怖袭击)(?!的?(?:预防|干预|研究|风险))(?=[^。？?]{0,12}(?:人|他|她|儿童|老师|同学|总统|不留|[？?。]|$))"
        ),
    }.items()
)
"""What is asked for, and the wordings of it, matched against `as_read` text."""
