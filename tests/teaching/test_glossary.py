"""The glossary: complete, one name for one thing, and every word at home in the section that it names."""

import re
from itertools import chain

import pytest

from course_lib.teaching import glossary, places
from course_lib.teaching.concepts import CONCEPTS
from course_lib.teaching.glossary_words import WORDS
from tests.helpers import ROOT

CHAPTERS = sorted(int(path.name[:2]) for path in (ROOT / "chapters").glob("*.ipynb"))


def plain(text):
    return re.sub(r"[*_`\s]+", " ", text)


def uses(text, word):
    """Whether a text uses a word: from its beginning on, and an abbreviation in its capitals."""
    exact = re.search("[A-Z]{2}", word) or len(word) <= 4
    pattern = rf"(?<![A-Za-z]){re.escape(plain(word))}"
    return re.search(pattern, plain(text), 0 if exact else re.IGNORECASE) is not None


PROSE = {chapter: "\n".join(f"{h.title}\n{h.text}" for h in places.headings(chapter)) for chapter in CHAPTERS}


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("an **Active\ncontour** moves", "active contour", True),
        ("see them", "EM", False),
        ("the EM algorithm", "EM", True),
        ("unscaled", "scale", False),
        ("masks", "mask", True),
        ("a Mask", "mask", False),
    ],
)
def test_a_word_is_seen(text, word, expected):
    assert uses(text, word) is expected


def test_it_holds_at_least_250_terms_each_once_and_all_ideas():
    names = [term.name.lower() for term in glossary.terms()]
    assert len(names) >= 250
    assert len(set(names)) == len(names)
    assert {concept.name.lower() for concept in CONCEPTS} <= set(names)
    assert [term.chapter for term in glossary.terms()] == sorted(term.chapter for term in glossary.terms())
    assert {term.chapter for term in glossary.terms()} == set(range(1, 18))


def test_a_word_and_its_chinese_name_stand_in_one_place_only():
    """A word of the list is no idea of the map, and both files hold it once."""
    ideas = set(chain.from_iterable((c.name.lower(), c.chinese) for c in CONCEPTS))
    words = [line.split(" | ")[:2] for lines in WORDS.values() for line in lines.strip().splitlines()]
    assert not ideas & {part.lower() for pair in words for part in pair}
    assert len(words) + len(CONCEPTS) == len(glossary.terms())
    assert len({chinese for _, chinese in words}) == len(words)


def test_every_term_has_a_chinese_name_and_one_sentence():
    for term in glossary.terms():
        assert re.search("[\u4e00-\u9fff]", term.chinese), term
        assert term.meaning.endswith(".") and not re.search(r"\. [A-Z]", term.meaning), term
        assert term.name.lower() not in ("", term.meaning.lower().rstrip("."))
    assert len({term.chinese for term in glossary.terms()}) == len(glossary.terms())


def test_a_transposed_convolution_is_not_called_a_deconvolution():
    assert [term.chinese for term in glossary.terms() if term.name == "transposed convolution"] == ["转置卷积"]
    assert not any("反卷积" in term.chinese for term in glossary.terms())
    for chapter, text in PROSE.items():  # where the older word stands, the sentence says that it means another thing
        for sentence in re.split(r"(?<=[.?!])\s", plain(text)):
            assert "反卷积" not in sentence or "deconvolution" in sentence, (chapter, sentence)


@pytest.mark.parametrize("term", [t for t in glossary.terms() if t.chapter in CHAPTERS], ids=lambda term: term.name)
def test_the_home_section_uses_the_word(term):
    heading = places.heading(term.chapter, term.section)
    if term.said:
        assert uses(f"{heading.title}\n{heading.text}", term.said)
    else:
        assert not [chapter for chapter, text in PROSE.items() if uses(text, term.name)], "it has a home after all"


def test_a_word_that_the_course_does_without_says_so():
    (found,) = glossary.search("weight decay")
    assert found.home.startswith("not used in the course; nearest: [05, section 7](05_")
    assert sum(not term.said for term in glossary.terms()) <= 8


def test_chapters_give_the_same_chinese_name():
    """What stands as **term** (中文) in a chapter, or as a pair of its list of terms, is what the glossary says."""
    chinese, compared = {term.name.lower(): term.chinese for term in glossary.terms()}, 0
    for chapter, text in PROSE.items():
        for name, said in re.findall(r"([A-Za-z][A-Za-z' -]+?) \(?([\u4e00-\u9fff]+)", plain(text)):
            words = name.strip().lower().split()
            own = next((c for i in range(len(words)) if (c := chinese.get(" ".join(words[i:])))), None)
            if own is not None:
                assert said in own.split() or own in said, (chapter, name, said, own)
                compared += 1
    assert compared > 20


def test_search_finds_by_name_first_and_in_chinese_and_by_fragments():
    def names(part):
        return [term.name for term in glossary.search(part)]

    assert names("KERNEL")[0] == "kernel"
    assert names("skip-connection") == ["skip connection"] == names("  Skip   conn ")
    assert "convolution" in names("卷积")[:1] and "transposed convolution" in names("卷积")
    assert names("trans conv")[0] == "transposed convolution"
    assert names("mask")[0] == "mask"
    assert names("unet")[0] == "U-Net"
    assert names("ground truth") == ["truth"]  # by its explanation
    assert names("") == [term.name for term in glossary.terms()]
    assert names("no such word") == []
    with pytest.raises(TypeError, match="part must be a text, such as 'mask', got int"):
        glossary.search(3)


WANTED = """
overfitting; weight decay; label smoothing; learning rate; backbone network; early stopping; data augmentation;
regularization; fine-tuning; hyperparameter; ground truth; Jaccard; F1; FID; EMA; unsharp; XLA; UNet; AUC; sensitivity
"""


def test_words_that_practitioners_look_for_are_found_or_answered_with_what_is_near(capsys):
    missing = []
    for word in WANTED.replace("\n", " ").split(";"):
        glossary.look_up(word)
        missing += [word.strip()] if capsys.readouterr().out.startswith("Nothing") else []
    assert missing == []


def test_what_is_not_found_gets_a_clear_answer(capsys):
    glossary.look_up("hystersis")
    assert capsys.readouterr().out == (
        "Nothing is called “hystersis” here, and no explanation mentions it. Did you mean “hysteresis”?\n"
    )
    glossary.look_up("qqqq")
    assert capsys.readouterr().out.endswith("Try a shorter part of it, or another word.\n")
    glossary.look_up("卷积核")
    assert capsys.readouterr().out.splitlines()[2:] == [
        "| kernel | 卷积核 | The small table of weights that slides over an image. | "
        "[02, section 1](02_convolution.ipynb#1-%C2%B7-Sliding-a-window) |"
    ]


def test_the_table_has_a_row_for_each_term_and_links_that_lead_to_notebooks():
    lines = glossary.as_table().splitlines()
    assert len(lines) == len(glossary.terms()) + 2
    assert len({line.count(" | ") for line in lines}) == 1
    targets = set(re.findall(r"\]\((\d\d_\w+\.ipynb)", glossary.as_table()))
    assert targets and all((ROOT / "chapters" / target).exists() for target in targets)
