"""The concept map: complete, free of circles, and drawn without overlaps."""

from itertools import combinations

import pytest

from course_lib.teaching.concepts import CONCEPTS, PARTS, draw_concept_map

BY_NAME = {concept.name: concept for concept in CONCEPTS}


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
