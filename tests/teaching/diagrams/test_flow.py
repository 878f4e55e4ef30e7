"""Boxes and arrows: they meet, they do not cross, and gradients go where the training sends them."""

import numpy as np
import pytest

from course_lib.models.gan import dcgan_discriminator, dcgan_generator, toy_generator
from course_lib.models.vae import conv_vae, dense_vae
from course_lib.teaching import draw_diffusion, draw_flow, draw_gan, draw_vae
from course_lib.teaching.diagrams.flow import flow_layout
from course_lib.teaching.diagrams.processes import diffusion_layout, gan_flow, vae_flow

CHAIN = {"a": (0, 0, "first"), "b": (1, 0, "second\nline", "network"), "c": (1, 1, "below", "loss")}


def flows():
    gan = dcgan_generator(), dcgan_discriminator()
    return {
        "chain": (CHAIN, [("a", "b", "a long label"), ("b", "c", "down"), ("a", "c")]),
        "back": (CHAIN, [("a", "b", "forth"), ("b", "a", "and back", "gradient")]),
        "vae": vae_flow(),
        "vae with shapes": vae_flow(conv_vae()),
        "gan": gan_flow(),
        "gan with shapes": gan_flow(None, *gan),
        "one step": gan_flow("generator", *gan),
        "other step": gan_flow("discriminator", *gan),
    }


@pytest.fixture(scope="module", params=["chain", "back", "vae", "vae with shapes", "gan", "gan with shapes", "one step",
                                        "other step"])  # fmt: skip
def flow(request):
    return flows()[request.param]


def test_every_flow_can_be_read(flow, check_readable):
    check_readable(flow_layout(*flow))


def test_arrows_join_the_edges_of_their_boxes_and_meet_no_other(flow):
    boxes, arrows = flow
    layout = flow_layout(boxes, arrows)
    placed = dict(zip(boxes, layout.boxes, strict=True))
    lines = [line for line in layout.lines if line.kind != "legend"]
    assert [line.kind for line in lines] == [f"{start} → {end}" for start, end, *_ in arrows]
    for line, (start, end, *_) in zip(lines, arrows, strict=True):
        for (x, y), box in ((line.points[0], placed[start]), (line.points[-1], placed[end])):
            on_side = x == pytest.approx(box.left) or x == pytest.approx(box.right)
            on_top = y == pytest.approx(box.top) or y == pytest.approx(box.bottom)
            assert (on_side and box.bottom <= y <= box.top) or (on_top and box.left <= x <= box.right)


def test_shapes_in_a_vae_are_those_of_its_parts():
    vae = dense_vae((8, 6, 2), latent_dim=5)
    boxes, arrows = vae_flow(vae)
    assert [boxes[name][2] for name in ("x", "code", "result")] == [
        "x\n8 × 6 × 2",
        "μ, log σ²\n5",
        "x̂\n8 × 6 × 2",
    ]
    assert ("noise", "sampler") in arrows
    with pytest.raises(TypeError, match="vae must have an encoder and a decoder"):
        draw_vae(toy_generator())


def test_gradients_of_a_gan_end_where_the_weights_are_trained():
    def reached(step, start):
        _, arrows = gan_flow(step)
        edges, ends = [(a, b) for a, b, *rest in arrows if rest[-1:] == ["gradient"]], [start]
        for end in ends:
            ends += [b for a, b in edges if a == end]
        return [name.strip() for name in ends]

    assert reached("discriminator", "loss D") == ["loss D", "logit", "D"]  # stop_gradient: not into the fake samples
    assert reached("generator", "loss G") == ["loss G", "logit", "D", "fake", "G"]
    kinds = {name: box[3] for name, box in gan_flow()[0].items() if len(box) == 4}
    assert (kinds["G"], kinds["D"], kinds["G "], kinds["D "]) == ("fixed", "network", "network", "fixed")


def test_a_gan_of_parts_that_do_not_fit_is_refused():
    with pytest.raises(ValueError, match="discriminator must take what generator makes, 2, not 28 × 28 × 1"):
        draw_gan(generator=toy_generator(), discriminator=dcgan_discriminator())
    with pytest.raises(ValueError, match="step must be"):
        draw_gan("both")


@pytest.mark.parametrize(
    ("boxes", "arrows", "error", "message"),
    [
        ({"a": (0, 0)}, [], TypeError, r"boxes\['a'\] must be"),
        ({"a": (0, 0, "x", "red")}, [], ValueError, r"boxes\['a'\] must be of a kind data"),
        ({}, [], ValueError, "boxes must hold at least one"),
        (CHAIN, [("a", "z")], ValueError, "arrows must join boxes, a, b, c, got 'z'"),
        (CHAIN, [("a", "a")], ValueError, "arrows must join two boxes"),
        (CHAIN, [("a",)], TypeError, "arrows must be"),
        (CHAIN, [("a", "b", "", "thick")], ValueError, "arrows must have a style forward, gradient"),
        ({"a": (0, 0, "a"), "b": (1, 0, "b"), "c": (2, 0, "c")}, [("a", "c")], ValueError, "run through a box"),
        ({i: (i, 0, "a long text") for i in range(9)}, [], ValueError, "boxes must be smaller"),
    ],
)
def test_flows_that_cannot_be_drawn_are_refused(boxes, arrows, error, message):
    with pytest.raises(error, match=message):
        draw_flow(boxes, arrows)


@pytest.mark.parametrize(("count", "shape"), [(2, (8, 8)), (6, (8, 8, 1)), (8, (9, 4, 3))])
def test_diffusion_can_be_read_and_shows_the_images(count, shape, check_readable):
    images = np.random.default_rng(0).uniform(size=(count, *shape))
    layout = diffusion_layout(images)
    check_readable(layout)
    assert len(layout.pictures) == count
    for picture, image in zip(layout.pictures, images, strict=True):
        np.testing.assert_array_equal(picture.image, image[..., 0] if shape[-1] == 1 else image)
        assert picture.height / picture.width == pytest.approx(shape[0] / shape[1])
    forward, backward = ([line.points for line in layout.lines if line.kind == k] for k in ("forward", "backward"))
    assert all(start[0] < end[0] for start, end in forward) and len(forward) == count - 1
    assert all(start[0] > end[0] for start, end in backward) and len(backward) == count - 1


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        ([np.zeros((2, 2))], None, "images must hold 2 to 8"),
        (np.zeros((9, 2, 2)), None, "images must hold 2 to 8"),
        ([np.zeros((2, 2)), np.zeros((3, 2))], None, "images must all have one shape"),
        (np.zeros((3, 2, 2, 2)), None, "images must have the shape"),
        (np.zeros((3, 2)), None, "images must have the shape"),
        (np.zeros((3, 2, 2)), ["a"], "labels must hold one text for each of the 3 images"),
    ],
)
def test_wrong_images_are_named(images, labels, message):
    with pytest.raises(ValueError, match=message):
        draw_diffusion(images, labels)
