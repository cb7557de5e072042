"""An XML file -> blocks, if it is a JATS article or a TEI text; nothing outside it is ever read."""

from lxml import etree

from r1agent_indexes.reading.blocks import RefusedFileError, StructuredPaper
from r1agent_indexes.reading.jats import jats_paper
from r1agent_indexes.reading.tei import tei_paper
from r1agent_indexes.reading.xml_text import local_name


def xml_paper(data: bytes) -> StructuredPaper:
    """Return the paper in an XML file.

    Raises:
        RefusedFileError: It is broken, declares entities, or is neither JATS nor TEI.
    """
    root = xml_root(data)
    if local_name(root) == "TEI":
        return tei_paper(root)
    articles = [one for one in root.iter() if local_name(one) == "article"]
    if articles and local_name(root) in ("article", "pmc-articleset", "records", "OAI-PMH"):
        return jats_paper(articles[0])
    raise RefusedFileError(
        f"is XML, but neither a JATS article nor a TEI text (its root is {local_name(root)!r})"
    )


def xml_root(data: bytes) -> etree._Element:
    """Return the root of an XML text, read without entities, network or other files.

    Raises:
        RefusedFileError: It is broken, or declares entities.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise RefusedFileError(f"is broken XML ({error.msg})") from error
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise RefusedFileError(
            "declares entities of its own, which may hide files or bombs; save it without them"
        )
    return root
