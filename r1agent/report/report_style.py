"""How a report's page looks: light or dark as the reader has it, everything open in print."""

from __future__ import annotations

STYLE = """
.r1agent-report{font:16px/1.55 system-ui,sans-serif;max-width:50em;margin:2em auto;padding:0 1em;
overflow-wrap:anywhere}
.r1agent-report h1{line-height:1.2}
.r1agent-report article{margin:1.2em 0}
.r1agent-report details{margin:.35em 0}
.r1agent-report summary{cursor:pointer}
.r1agent-report sup a{text-decoration:none}
.r1agent-report blockquote{margin:.4em 0 .4em 1.2em;padding-left:.8em;border-left:3px solid #8886}
.r1agent-report pre{overflow-x:auto;background:#8882;padding:.6em}
.r1agent-report code{background:#8882;padding:0 .2em}
.r1agent-report pre code{background:none;padding:0}
.r1agent-report .against{border-left:3px solid #cf222e;padding-left:.8em}
.r1agent-report .weak,.r1agent-report .trace,.r1agent-report footer{opacity:.8}
.r1agent-report .outcome{font-weight:bold}
.r1agent-report :target{background:#ffd54a44}
@media print{
.r1agent-report{max-width:none;margin:0}
.r1agent-report details::details-content{content-visibility:visible;block-size:auto}
.r1agent-report nav,.r1agent-report .trace{display:none}
.r1agent-report blockquote,.r1agent-report pre{break-inside:avoid}
}
""".replace("\n", "")
