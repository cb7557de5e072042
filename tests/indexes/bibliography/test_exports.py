import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent_indexes import PaperMetadata
from r1agent_indexes.bibliography.exports import find_exports, read_exports

BIBTEX = r"""
@string{nips = "Advances in Neural Information Processing Systems"}
@comment{jabref-meta: databaseType:bibtex;}
@article{hinton2015,
  title = {Distilling the {Knowledge} in a Neural Network: 50% of $\alpha$ \& {DeepSeek}--R1},
  author = {Hinton, Geoffrey and M{\"u}ller, J{\"o}rg and {The ATLAS Collaboration} and
            van der Berg, Jan and King, Jr., Martin Luther and others},
  journal = nips, year = 2015, doi = {https://doi.org/10.1000/ABC\_1},
  eprint = {1503.02531v2}, archiveprefix = {arXiv},
  keywords = {distillation, {soft targets}},
  file = {Full Text:files/12/Hinton_2015.pdf:application/pdf;Page:files/13/x.html:text/html},
}
@inproceedings{sequel,
  title = {Groundwater in a Sand Tank, Part II}, author = {Doe, Jane}, date = {2019-04-02},
}
"""
CSL = [
    {
        "id": "http://zotero.org/users/1/items/ABCD",
        "type": "article-journal",
        "title": "A study of <i>E. coli</i> &amp; time",
        "author": [
            {"family": "Berg", "given": "Jan", "non-dropping-particle": "van der"},
            {"literal": "WHO, Geneva"},
        ],
        "issued": {"date-parts": [["2019", 4, 1]]},
        "container-title": "Nature",
        "DOI": "10.1000/XYZ",
        "citation-key": "berg2019",
        "keyword": "growth; time",
    },
    {"id": "miller2020", "type": "article", "title": "Learning", "issued": {"raw": "May 2020"},
     "note": "arXiv:2005.01234 [cs]"},
]  # fmt: skip
ZOTERO = {
    "items": [
        {
            "itemType": "conferencePaper",
            "title": "Attention for the Rest of Us",
            "creators": [
                {"creatorType": "author", "firstName": "Ada", "lastName": "Miller"},
                {"creatorType": "editor", "firstName": "Ed", "lastName": "Itor"},
            ],
            "date": "2021-06",
            "proceedingsTitle": "Proc. of Rest",
            "tags": [{"tag": "attention"}],
            "attachments": [{"path": "C:\\Zotero\\storage\\QQ\\Miller 2021.pdf"}],
            "citationKey": "miller2021",
        }
    ]
}
RIS = """TY  - JOUR
TI  - Sand and water
AU  - Doe, Jane
AU  - O'Neil, Sean
PY  - 2018/03/09
T2  - J. Sand
DO  - 10.1000/sand
KW  - sand
KW  - water
L1  - files/1/sand.pdf
L1  - files/2/supplement.pdf
UR  - https://arxiv.org/abs/1801.00001v3
ER  -
"""
EXPORTS = {
    "library.bib": BIBTEX,
    "library.json": json.dumps(CSL),
    "zotero.json": json.dumps(ZOTERO),
    "library.ris": RIS,
}


@pytest.fixture
def folder(tmp_path) -> Path:
    for name, text in EXPORTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def exports(folder):
    found = read_exports(find_exports([], [folder]))
    assert found.problems == []
    return found


def facts(exports, title: str) -> PaperMetadata:
    return next(entry.facts for entry in exports.entries if entry.facts.title.startswith(title))


def test_bibtex_is_read_as_a_reader_sees_it(exports):
    assert facts(exports, "Distilling") == PaperMetadata(
        title="Distilling the Knowledge in a Neural Network: 50% of α & DeepSeek\u2013R1",  # noqa: RUF001
        authors=(
            *("Geoffrey Hinton", "Jörg Müller", "The ATLAS Collaboration"),
            *("Jan van der Berg", "Martin Luther King Jr."),
        ),
        year=2015,
        doi="10.1000/abc_1",
        arxiv_id="1503.02531",
        venue="Advances in Neural Information Processing Systems",
        citation_key="hinton2015",
        tags=("distillation", "soft targets"),
    )


def test_csl_json_is_read(exports):
    assert facts(exports, "A study") == PaperMetadata(
        title="A study of E. coli & time",
        authors=("Jan van der Berg", "WHO Geneva"),
        year=2019,
        doi="10.1000/xyz",
        venue="Nature",
        citation_key="berg2019",
        tags=("growth", "time"),
    )
    learning = facts(exports, "Learning")
    assert (learning.year, learning.arxiv_id, learning.citation_key) == (
        *(2020, "2005.01234"),
        "miller2020",
    )


def test_zotero_json_is_read(exports):
    assert facts(exports, "Attention") == PaperMetadata(
        title="Attention for the Rest of Us",
        authors=("Ada Miller",),
        year=2021,
        venue="Proc. of Rest",
        citation_key="miller2021",
        tags=("attention",),
    )


def test_ris_is_read(exports):
    assert facts(exports, "Sand") == PaperMetadata(
        title="Sand and water",
        authors=("Jane Doe", "Sean O'Neil"),
        year=2018,
        doi="10.1000/sand",
        arxiv_id="1801.00001",
        venue="J. Sand",
        tags=("sand", "water"),
    )


@pytest.mark.parametrize(
    ("file", "own", "title"),
    [
        ("files/12/Hinton_2015.pdf", PaperMetadata("Hinton_2015"), "Distilling"),
        ("elsewhere/hinton_2015.pdf", PaperMetadata("hinton_2015"), "Distilling"),
        ("Miller 2021.pdf", PaperMetadata("Miller 2021"), "Attention"),
        ("files/2/supplement.pdf", PaperMetadata("supplement"), "Sand"),
        ("berg2019.pdf", PaperMetadata("berg2019"), "A study"),
        ("1503.02531v1.pdf", PaperMetadata("1503.02531v1"), "Distilling"),
        ("10.1000_sand.pdf", PaperMetadata("10.1000_sand"), "Sand"),
        ("a.pdf", PaperMetadata("a", doi="10.1000/SAND"), "Sand"),
        ("a.pdf", PaperMetadata("a", arxiv_id="2005.01234v3"), "Learning"),
        ("a.pdf", PaperMetadata("Attention for the Rest of us."), "Attention"),
        ("a.pdf", PaperMetadata("Attention fur the Rest of Us", year=2020), "Attention"),
    ],
    ids=str,
)
def test_an_entry_is_found_by_file_key_doi_arxiv_id_and_title(exports, folder, file, own, title):
    found = exports.facts_for(folder / file, own)
    assert found is not None
    assert found.title.startswith(title)


@pytest.mark.parametrize(
    ("file", "own"),
    [
        ("a.pdf", PaperMetadata("a")),
        ("a.pdf", PaperMetadata("Groundwater in a Sand Tank, Part I")),
        ("a.pdf", PaperMetadata("Attention for the Rest of Us", year=2009)),
        ("a.pdf", PaperMetadata("Attention for the Rest of Us", authors=("Bo Chen",))),
        ("Miller 2021.pdf", PaperMetadata("Turbulence in Pipes at Low Speed")),
        ("a.pdf", PaperMetadata("Turbulence in Pipes at Low Speed", doi="10.1000/sand")),
        ("x/sand.pdf", PaperMetadata("sand")),
    ],
    ids=str,
)
def test_what_may_be_another_paper_is_not_described(exports, folder, file, own):
    assert exports.facts_for(folder / file, own) is None


CHINESE = {
    "a.bib": "@misc{a, title = {蒸馏}, author = {张, 伟 and 欧阳, 娜}}",
    "a.ris": "TY  - JOUR\nTI  - 蒸馏\nAU  - 张, 伟\nAU  - 欧阳, 娜\nER  - \n",
    "a.json": json.dumps(
        [
            {
                "id": "a",
                "type": "book",
                "title": "蒸馏",
                "author": [{"family": "张", "given": "伟"}, {"family": "欧阳", "given": "娜"}],
            }
        ]
    ),
    "zotero.json": json.dumps(
        {
            "items": [
                {
                    "itemType": "book",
                    "title": "蒸馏",
                    "creators": [
                        {"firstName": "伟", "lastName": "张"},
                        {"firstName": "娜", "lastName": "欧阳"},
                    ],
                }
            ]
        }
    ),
}


@pytest.mark.parametrize("name", CHINESE)
def test_a_chinese_name_has_the_family_first_and_no_space(tmp_path, name):
    (tmp_path / name).write_text(CHINESE[name], encoding="utf-8")
    entries = read_exports(find_exports([tmp_path], [tmp_path])).entries
    assert [entry.facts.authors for entry in entries] == [("张伟", "欧阳娜")]


def test_two_entries_of_one_file_name_are_told_apart_by_folder(tmp_path):
    entries = [
        f"@article{{k{n}, title={{Paper number {n}}}, file={{F:files/{n}/Full Text.pdf:pdf}}}}"
        for n in (1, 2)
    ]
    (tmp_path / "x.bib").write_text("\n".join(entries))
    exports = read_exports([tmp_path / "x.bib"])
    own = PaperMetadata("Full Text")
    found = exports.facts_for(tmp_path / "files/2/Full Text.pdf", own)
    assert found is not None
    assert found.title == "Paper number 2"
    assert exports.facts_for(tmp_path / "Full Text.pdf", own) is None


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.bib", b"@article{a, title={no end", "never ends"),
        ("x.bib", b"nothing at all", "holds no BibTeX entry"),
        ("x.bib", b"", "holds no BibTeX entry"),
        ("x.ris", b"garbage", "holds no RIS record"),
        ("x.json", b"[{]", "is not JSON"),
        ("x.json", b"[" * 100_000, "is not JSON"),
    ],
)
def test_a_broken_export_is_listed_with_its_reason(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    exports = read_exports([tmp_path / name])
    assert [problem.file for problem in exports.problems] == [name]
    assert reason in exports.problems[0].reason
    assert exports.entries == []


def test_the_whole_entries_of_a_broken_bibtex_file_are_used(tmp_path):
    (tmp_path / "x.bib").write_text("@article{a, title={Open\n@article{b, title={Closed}}\n")
    exports = read_exports([tmp_path / "x.bib"])
    assert [entry.facts.title for entry in exports.entries] == ["Closed"]
    assert (
        exports.problems[0].reason == "line 1 begins an entry that never ends; the others are used"
    )


def test_a_key_or_field_given_twice_is_no_loss(tmp_path):
    (tmp_path / "x.bib").write_text(
        "@article{a, title={One}}\n@article{a, title={Two}}\n@article{b, title={T}, title={U}}\n"
    )
    exports = read_exports([tmp_path / "x.bib"])
    assert len(exports.entries) == 3
    assert exports.problems == []


def test_other_json_is_no_export(tmp_path):
    (tmp_path / "a.json").write_text('{"title": "settings", "items": 3}')
    (tmp_path / "b.json").write_text("[1, 2, {}]")
    exports = read_exports(find_exports([], [tmp_path]))
    assert (exports.entries, exports.problems) == ([], [])


def test_latin_1_and_a_byte_order_mark_are_read(tmp_path):
    (tmp_path / "a.bib").write_bytes("@article{a, title={Über Sand}}".encode("latin-1"))
    (tmp_path / "b.bib").write_bytes("@article{b, title={Über Wasser}}".encode("utf-8-sig"))
    exports = read_exports(find_exports([], [tmp_path]))
    assert [entry.facts.title for entry in exports.entries] == ["Über Sand", "Über Wasser"]


def test_exports_are_looked_for_beside_papers_and_up_to_the_folder_given(tmp_path):
    inner = tmp_path / "given" / "files" / "12"
    inner.mkdir(parents=True)
    for place in (tmp_path, tmp_path / "given", inner):
        (place / "x.bib").write_text("@article{a, title={A}}")
    paper = inner / "a.pdf"
    assert find_exports([paper], [tmp_path / "given"]) == [
        tmp_path / "given" / "files" / "12" / "x.bib",
        tmp_path / "given" / "x.bib",
    ]
    assert find_exports([paper], []) == [inner / "x.bib"]


@given(st.binary(max_size=300), st.sampled_from([".bib", ".ris", ".json"]))
def test_no_export_can_stop_a_build(tmp_path_factory, content, ending):
    path = tmp_path_factory.mktemp("fuzz") / f"x{ending}"
    path.write_bytes(content)
    exports = read_exports([path])
    assert {problem.path for problem in exports.problems} <= {path}
    assert exports.facts_for(path, PaperMetadata("A title of a paper")) is None


TEX = st.text(alphabet="{}\\\"'$%&#_^~@,=aü \n", max_size=60)


@given(TEX, TEX, TEX)
def test_no_field_can_stop_a_build(tmp_path_factory, title, author, file):
    path = tmp_path_factory.mktemp("fuzz") / "x.bib"
    entry = f"@article{{k, title={{{title}}}, author={{{author}}}, file={{{file}}}}}"
    path.write_text(entry, encoding="utf-8")
    exports = read_exports([path])
    assert {problem.path for problem in exports.problems} <= {path}
    assert exports.facts_for(path, PaperMetadata("A title of a paper")) is None


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (r"\href{http://x.org}{Text} of {BibTeX}", "Text of BibTeX"),
        (r"A \sqrt", "A"),
        (r"{\v{S}}ime\v{c}ek and Erd\H{o}s", "Šimeček and Erdős"),
        (r"{VAE} with \textcolor{red", "VAE with red"),
        (r"100% of 5\% \unknown{x}", "100% of 5% x"),
    ],
)
def test_latex_that_is_odd_or_broken_still_gives_text(tmp_path, field, text):
    (tmp_path / "x.bib").write_text('@article{a, title="' + field + '"}')
    (entry,) = read_exports([tmp_path / "x.bib"]).entries
    assert entry.facts.title == text
