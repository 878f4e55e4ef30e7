"""The ideas: each defined, run on a real image and linked; the map is free of circles and drawn without overlaps."""

import ast
import re
from itertools import combinations

import nbformat
import pytest

from course_lib.teaching import places
from course_lib.teaching.concepts import CONCEPTS, PARTS, as_table, draw_concept_map
from tests.helpers import ROOT

BY_NAME = {concept.name: concept for concept in CONCEPTS}
CHAPTERS = {int(path.name[:2]): path for path in sorted((ROOT / "chapters").glob("*.ipynb"))}

# what the course must define, place in relation to each other, and use
WANTED = """image processing; image segmentation; image generation; random sampling; deep learning; convolution;
convolutional network; generative adversarial network; variational autoencoder; image features; classification;
recognition; compositing; enhancement; geometric correction; compression; filtering; edge detection;
Canny's edge detector; Hough transform; libraries; image editors; frameworks; platforms; hardware; applications; faces;
number plates; trends; challenges; frequent questions"""
WANTED = [name.strip() for name in WANTED.replace("\n", " ").split(";")]
WITHOUT_IMAGES = {"hardware", "platforms", "frequent questions", "trends"}  # they are about no operation on images


def test_names_are_unique_and_every_field_is_filled():
    assert len(BY_NAME) == len(CONCEPTS)
    for concept in CONCEPTS:
        assert concept.name and concept.meaning.endswith(".")
        assert any("\u4e00" <= letter <= "\u9fff" for letter in concept.chinese)
        assert 0 <= concept.chapter <= 17 and 0 <= concept.part < len(PARTS)


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.name)
def test_what_a_concept_uses_exists_and_never_leads_back_to_it(concept):
    seen, waiting = set(), list(concept.uses)
    while waiting:
        name = waiting.pop()
        assert name in BY_NAME
        assert name != concept.name, "a circle"
        if name not in seen:
            seen.add(name)
            waiting.extend(BY_NAME[name].uses)


def test_the_map_shows_the_main_concepts_inside_the_figure_and_no_two_boxes_overlap():
    fig = draw_concept_map()
    fig.draw_without_rendering()
    (ax,) = fig.axes
    boxes = {text.get_text(): text.get_bbox_patch().get_window_extent() for text in ax.texts if text.get_bbox_patch()}
    drawn = [concept for concept in CONCEPTS if concept.drawn]
    assert len(boxes) == len(drawn)
    for label, box in boxes.items():
        assert fig.bbox.x0 <= box.x0 and box.x1 <= fig.bbox.x1, label
        assert fig.bbox.y0 <= box.y0 and box.y1 <= fig.bbox.y1, label
    for (one, a), (other, b) in combinations(boxes.items(), 2):
        assert not a.overlaps(b), (one, other)
    assert len(ax.patches) == sum(len(concept.uses) for concept in drawn)


def test_a_main_concept_leans_on_main_concepts_only():
    for concept in CONCEPTS:
        assert not concept.drawn or all(BY_NAME[name].drawn for name in concept.uses), concept.name


# --- every idea at home -----------------------------------------------------------------------------------------------

LOADS = re.compile(r"course_lib\.datasets\b|skimage\.data\b")


def made_from_images(cells):
    """For each code cell, whether it uses an image that a loader has brought, followed through names and functions.

    Parameters
    ----------
    cells : list of str
        Code, in the order of the notebook.

    Returns
    -------
    list of bool
    """
    loaders, known, answers = set(), set(), []
    for source in cells:
        used = False
        for statement in ast.parse(re.sub(r"^[%!].*$", "", source, flags=re.MULTILINE)).body:
            if isinstance(statement, ast.ImportFrom):
                whole = {alias.asname or alias.name: f"{statement.module}.{alias.name}" for alias in statement.names}
                loaders |= {name for name, module in whole.items() if LOADS.match(module) and "toys" not in module}
                continue
            names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
            loads = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and node.id in loaders}
            if names & known or loads:
                used = True
                known |= {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
                if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                    known.add(statement.name)
        answers.append(used)
    return answers


def test_an_image_is_followed_through_names_and_functions():
    cells = [
        "from course_lib.datasets import photographs, toys\nfrom skimage.filters import gaussian\nimport numpy as np",
        "a = gaussian(toys.ring(9))",
        "image = photographs.load('camera')",
        "def half(x):\n    return x / 2",
        "b = half(a)",
        "small = half(image)",
        "print(small.mean())",
        "def cut(t):\n    return image > t",
        "cut(3)",
    ]
    assert made_from_images(cells) == [False, False, True, False, False, True, True, True, True]


def code_of(chapter):
    """Section's title -> whether one of its code cells uses a real image. A part's cells belong to its section, too."""
    cells = nbformat.read(CHAPTERS[chapter], 4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    real, found, inside, n = made_from_images(code), {}, [], 0
    for cell in cells:
        if cell.cell_type == "code":
            for _, title in inside:
                found[title] = found.get(title, False) or real[n]
            n += 1
            continue
        for marks, title in re.findall(r"^(#{1,3}) (.+)$", re.sub(r"```.*?```", "", cell.source, flags=re.S), re.M):
            inside = [(level, t) for level, t in inside if 1 < level < len(marks)] + [(len(marks), title.strip())]
    return found


USES = {chapter: code_of(chapter) for chapter in CHAPTERS}


@pytest.mark.parametrize("name", WANTED)
def test_what_the_course_must_define_is_defined_run_on_a_real_image_and_linked(name):
    concept = BY_NAME[name]
    there = [(chapter, section) for chapter, section in concept.places if chapter in CHAPTERS]
    if not there:
        pytest.skip(f"chapter {concept.chapter} is not there yet")
    titles = [(chapter, places.heading(chapter, section).title) for chapter, section in there]
    row = next(line for line in as_table().splitlines() if line.startswith(f"| {name} | {concept.chinese} |"))
    assert concept.meaning in row and all(places.link(chapter, section) in row for chapter, section in there)
    assert concept.uses or any(name in other.uses for other in CONCEPTS), "it stands alone"
    if name not in WITHOUT_IMAGES:
        assert any(USES[chapter].get(title) for chapter, title in titles), f"no cell of {titles} uses a real image"


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.name)
def test_every_place_of_an_idea_exists(concept):
    for chapter, section in concept.places:
        if chapter in CHAPTERS:
            assert places.link(chapter, section).startswith("[")


def test_the_table_says_what_builds_on_what_both_ways():
    rows = {line.split(" | ")[0].strip("| "): line.split(" | ") for line in as_table().splitlines()[2:]}
    assert list(rows) == [concept.name for concept in CONCEPTS]
    for concept in CONCEPTS:
        for used in concept.uses:
            assert used in rows[concept.name][4] and concept.name in rows[used][5]
