from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent_indexes import PaperMetadata, UnreadablePaperError
from r1agent_indexes.bibliography.zotero_rdf import read_rdf

HEAD = """<rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:z="http://www.zotero.org/namespaces/export#"
 xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:bib="http://purl.org/net/biblio#"
 xmlns:foaf="http://xmlns.com/foaf/0.1/"
 xmlns:link="http://purl.org/rss/1.0/modules/link/">"""
ARTICLE = """
<bib:Article rdf:about="https://arxiv.org/abs/1801.00001">
  <z:itemType>journalArticle</z:itemType>
  <dcterms:isPartOf rdf:resource="urn:issn:1234-5678"/>
  <bib:authors><rdf:Seq>
    <rdf:li><foaf:Person>
      <foaf:surname>van der Berg</foaf:surname><foaf:givenName>Jan</foaf:givenName>
    </foaf:Person></rdf:li>
    <rdf:li><foaf:Person>
      <foaf:surname>Doe</foaf:surname><foaf:givenname>Jane</foaf:givenname>
    </foaf:Person></rdf:li>
    <rdf:li><foaf:Person><foaf:surname>WHO</foaf:surname></foaf:Person></rdf:li>
  </rdf:Seq></bib:authors>
  <bib:editors><rdf:Seq><rdf:li><foaf:Person>
    <foaf:surname>Itor</foaf:surname></foaf:Person></rdf:li></rdf:Seq></bib:editors>
  <link:link rdf:resource="#item_12"/>
  <link:link rdf:resource="#item_13"/>
  <dc:subject>sand</dc:subject>
  <dc:subject><z:AutomaticTag><rdf:value>water</rdf:value></z:AutomaticTag></dc:subject>
  <dc:title>Sand &amp; water in &lt;i&gt;E. coli&lt;/i&gt;</dc:title>
  <dc:date>March 2018</dc:date>
  <dc:description>Publisher: Sand
Citation Key: bergSand2018</dc:description>
</bib:Article>
<bib:Journal rdf:about="urn:issn:1234-5678">
  <dc:title>J. Sand</dc:title><dc:identifier>DOI 10.1000/SAND</dc:identifier>
</bib:Journal>
<z:Attachment rdf:about="#item_12">
  <z:itemType>attachment</z:itemType>
  <rdf:resource rdf:resource="files/12/Berg et al. - 2018.pdf"/>
  <dc:title>Full Text</dc:title><link:type>application/pdf</link:type>
</z:Attachment>
<z:Attachment rdf:about="#item_13">
  <z:itemType>attachment</z:itemType><rdf:resource rdf:resource="files/13/page.html"/>
</z:Attachment>
<bib:Memo rdf:about="#item_14"><z:itemType>note</z:itemType></bib:Memo>
<z:Attachment rdf:about="#item_15">
  <z:itemType>attachment</z:itemType><rdf:resource rdf:resource="files/15/alone.pdf"/>
</z:Attachment>"""


def rdf(text: str) -> bytes:
    return f"{HEAD}{text}</rdf:RDF>".encode()


def test_a_work_is_read_with_its_files():
    work, _ = read_rdf(rdf(ARTICLE))
    assert work.facts == PaperMetadata(
        title="Sand & water in E. coli",
        authors=("Jan van der Berg", "Jane Doe", "WHO"),
        year=2018,
        doi="10.1000/sand",
        arxiv_id="1801.00001",
        venue="J. Sand",
        citation_key="bergSand2018",
        tags=("sand", "water"),
    )
    assert work.files == ("files/12/Berg et al. - 2018.pdf", "files/13/page.html")


def test_a_file_without_a_work_is_an_entry_and_a_note_is_none():
    _, alone = read_rdf(rdf(ARTICLE))
    assert (alone.facts.title, alone.files) == ("", ("files/15/alone.pdf",))


def test_a_chinese_name_has_the_family_first_and_no_space():
    chinese = ARTICLE.replace("van der Berg", "张").replace("Jan<", "伟<")
    assert read_rdf(rdf(chinese))[0].facts.authors == ("张伟", "Jane Doe", "WHO")


def test_what_stands_inside_is_read_as_what_is_named():
    work, *others = read_rdf(
        rdf(
            """<bib:Article><z:itemType>conferencePaper</z:itemType><dc:title>A</dc:title>
            <z:citationKey>a1</z:citationKey>
            <dcterms:isPartOf><bib:Journal><dc:title>Proc.</dc:title></bib:Journal></dcterms:isPartOf>
            <link:link><z:Attachment><z:itemType>attachment</z:itemType>
            <rdf:resource rdf:resource="a.pdf"/></z:Attachment></link:link></bib:Article>"""
        )
    )
    assert (work.facts.venue, work.facts.citation_key, work.files) == ("Proc.", "a1", ("a.pdf",))
    assert others == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is broken XML"),
        (b"<a/>", "holds no work of Zotero's"),
        (rdf(""), "holds no work of Zotero's"),
        (
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
            "declares entities of its own",
        ),
    ],
)
def test_what_is_no_zotero_rdf_is_refused_with_the_reason(data, reason):
    with pytest.raises(UnreadablePaperError, match=reason):
        read_rdf(data)


@given(st.lists(st.sampled_from(ARTICLE.split("\n")), max_size=30))
def test_pieces_of_an_export_are_entries_or_a_reason(lines):
    with suppress(UnreadablePaperError):
        assert read_rdf(rdf("\n".join(lines))) != []
