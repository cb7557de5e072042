"""JATS articles and TEI texts as papers, and the XML that is refused."""

import pytest

from r1agent_indexes import UnreadablePaperError
from r1agent_indexes.reading.paper import ReadPaper, read_passages
from r1agent_indexes.reading.pdf_process import PdfProcess

JATS = """<?xml version="1.0"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS//EN" "https://jats.nlm.nih.gov/JATS.dtd">
<article xmlns:mml="http://www.w3.org/1998/Math/MathML"><front>
<journal-meta><journal-title-group><journal-title>J Tests</journal-title></journal-title-group>
</journal-meta><article-meta><article-id pub-id-type="doi">10.1000/x</article-id>
<title-group><article-title>Smooth <italic>labels</italic></article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Miller</surname>
<given-names>Ada</given-names></name></contrib><contrib contrib-type="editor"><name>
<surname>Chen</surname><given-names>Bo</given-names></name></contrib></contrib-group>
<pub-date><year>2020</year></pub-date><abstract><p>We smooth&nbsp;labels here.</p></abstract>
<kwd-group><kwd>distillation</kwd></kwd-group></article-meta></front>
<body><sec><label>1</label><title>Methods</title><p>Text with <xref>[1]</xref> and
<inline-formula><alternatives><tex-math>\\documentclass{x}\\begin{document}$a^2$\\end{document}
</tex-math><mml:math><mml:mi>a</mml:mi></mml:math></alternatives></inline-formula>.
<fig><label>Figure 1</label><caption><p>A caption.</p></caption></fig></p>
<table-wrap><label>Table 1</label><table><tr><th>a</th><th>b</th></tr>
<tr><td>1</td><td>2</td></tr></table></table-wrap></sec></body>
<back><ref-list><title>References</title><ref><label>1</label><mixed-citation>Cited work, 2019.
</mixed-citation></ref></ref-list><app-group><app><title>Appendix A</title>
<p>Words after the references.</p></app></app-group></back></article>"""

TEI = """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt>
<title>A TEI text</title></titleStmt><publicationStmt><date when="2019-03-01"/></publicationStmt>
<sourceDesc><biblStruct><analytic><author><persName><forename>Ada</forename>
<surname>Miller</surname></persName></author></analytic></biblStruct></sourceDesc></fileDesc>
<profileDesc><abstract><p>In short.</p></abstract></profileDesc></teiHeader>
<text><body>%s<div><head n="1">Methods</head><p>Text on one page %sand on another.</p>
<figure><head>Figure 1</head><figDesc>A caption.</figDesc></figure></div></body>
<back><div type="references"><listBibl><biblStruct><analytic><title>Cited work</title>
</analytic></biblStruct></listBibl></div></back></text></TEI>"""


def read(tmp_path, xml: str, name: str = "a.xml") -> ReadPaper:
    (tmp_path / name).write_text(xml, encoding="utf-8")
    with PdfProcess() as process:
        return read_passages(tmp_path / name, process)


def refusal(tmp_path, xml: str) -> str:
    with pytest.raises(UnreadablePaperError) as caught:
        read(tmp_path, xml)
    return str(caught.value)


def test_a_jats_article_states_its_metadata(tmp_path):
    metadata = read(tmp_path, JATS, "a.nxml").metadata
    assert (metadata.title, metadata.authors) == ("Smooth labels", ("Ada Miller",))
    assert (metadata.year, metadata.doi, metadata.venue) == (2020, "10.1000/x", "J Tests")
    assert metadata.tags == ("distillation",)


def test_the_text_of_a_jats_article_is_read(tmp_path):
    paper = read(tmp_path, JATS)
    assert paper.pages[0].page_content.split("\n\n") == [
        *("Smooth labels", "Abstract", "We smooth labels here.", "1 Methods"),
        *("Text with [1] and $a^2$.", "Figure 1 A caption.", "Table 1", "a | b", "1 | 2"),
        *("References", "1 Cited work, 2019.", "Appendix A", "Words after the references."),
    ]
    said = " ".join(passage.page_content for passage in paper.passages)
    assert "Cited work" not in said
    assert "Words after the references." in said


def test_a_tei_text_is_read(tmp_path):
    paper = read(tmp_path, TEI % ("", ""))
    assert (paper.metadata.title, paper.metadata.authors) == ("A TEI text", ("Ada Miller",))
    assert paper.metadata.year == 2019
    assert paper.pages[0].page_content.split("\n\n") == [
        *("A TEI text", "Abstract", "In short.", "1 Methods"),
        *("Text on one page and on another.", "Figure 1 A caption.", "References", "Cited work"),
    ]
    assert not any("Cited" in passage.page_content for passage in paper.passages)


def test_page_breaks_of_a_tei_text_are_its_pages(tmp_path):
    pages = read(tmp_path, TEI % ('<pb n="12"/>', '<pb n="13"/>')).pages
    assert [page.metadata["page_label"] for page in pages] == ["12", "13"]
    assert pages[0].page_content.endswith("Text on one page")
    assert pages[1].page_content.startswith("and on another.")


def test_other_xml_is_refused_by_name(tmp_path):
    assert "neither a JATS article nor a TEI text (its root is 'svg')" in refusal(
        tmp_path, "<svg/>"
    )


def test_broken_xml_is_refused(tmp_path):
    assert refusal(tmp_path, "<article>").startswith("is broken XML")


@pytest.mark.parametrize(
    "entities",
    [
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;',
        '<!ENTITY a "ha"><!ENTITY x "&a;&a;&a;&a;&a;&a;&a;&a;">',
    ],
)
def test_entities_of_its_own_are_refused(tmp_path, entities):
    xml = f"<!DOCTYPE article [{entities}]><article><body><p>&x;</p></body></article>"
    assert "declares entities" in refusal(tmp_path, xml)


def test_an_entity_bomb_in_an_attribute_is_refused(tmp_path):
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    xml = f'<!DOCTYPE article [<!ENTITY e0 "ha">{levels}]><article id="&e11;"/>'
    assert "XML" in refusal(tmp_path, xml) or "entities" in refusal(tmp_path, xml)
