"""Images and numbers as strangers hold them: every function gives the right value or a clear error, never a wrong one.

Each function is called with the same pixels in another type, order or container, and held to what it makes of a plain
float64 array. The right values themselves are tested beside, one file a module.
"""

import numpy as np
import pytest

from course_lib.classical import (
    arithmetic,
    clustering,
    color,
    compositing,
    compression,
    conv2d,
    convolution,
    corners,
    cuts,
    edges,
    energies,
    filters,
    histogram,
    hough,
    morphology,
    noise,
    pooling,
    random_walker,
    regions,
    restoration,
    shape,
    superpixels,
    texture,
    thresholds,
    warp,
    watershed,
)
from course_lib.classical.autodiff import Tensor

KERNEL = filters.gaussian(0.8, radius=1)
BANK = texture.gabor_bank([3.0], directions=2)
TURN = warp.rotation(0.4, center=(3, 3))


def in_two_corners(x):
    """Markers in the first and the last pixel of an image."""
    markers = np.zeros(np.shape(x), int)
    markers.flat[-1:], markers.flat[:1] = 2, 1
    return markers


# functions of an image (8, 8)
ANY_SCALE = {
    "gradient": lambda x: np.stack(edges.gradient(x, 1.0)),
    "magnitude": lambda x: edges.magnitude(x, np.ones_like(x)),
    "suppress": lambda x: edges.suppress(x, np.ones_like(x), np.ones_like(x)),
    "hysteresis": lambda x: edges.hysteresis(x, 0.5, 1),
    "canny": lambda x: edges.canny(x, 1.0),
    "laplacian_of_gaussian": lambda x: edges.laplacian_of_gaussian(x, 1.0),
    "zero_crossings": lambda x: edges.zero_crossings(x, 1.0),
    "structure_tensor": lambda x: np.stack(corners.structure_tensor(x)),
    "harris": corners.harris,
    "shi_tomasi": corners.shi_tomasi,
    "corner_peaks": lambda x: corners.corner_peaks(x, 3),
    "scale_space": lambda x: corners.scale_space(x, [1, 2]),
    "blobs": lambda x: corners.blobs(x, [1, 2], 0.1),
    "median": lambda x: filters.median(x, 3),
    "mean_filter": lambda x: restoration.mean_filter(x, 3),
    "adaptive_wiener": lambda x: restoration.adaptive_wiener(x, 3, 0.1),
    "mse": lambda x: restoration.mse(x, np.full((8, 8), 0.5)),
    "blur_circular": lambda x: restoration.blur_circular(x, KERNEL),
    "inverse_filter": lambda x: restoration.inverse_filter(x, KERNEL, 0.1),
    "wiener_deconvolve": lambda x: restoration.wiener_deconvolve(x, KERNEL, 0.1),
    "add_gaussian_noise": lambda x: noise.add_gaussian_noise(x, 0.1, 0),
    "stretch": lambda x: histogram.stretch(x, 0.2, 0.7),
    "sample": lambda x: warp.sample(x, [1.25, 3.5], [2.5, 0.75]),
    "warp": lambda x: warp.warp(x, TURN),
    "resize": lambda x: warp.resize(x, (5, 11)),
    "block_dct": lambda x: compression.block_dct(x),
    "luma": lambda x: color.luma(np.stack([x, x, x], axis=-1)),
    "ycbcr_to_rgb": lambda x: color.ycbcr_to_rgb(np.stack([x, x, x], axis=-1)),
    "adjust": lambda x: histogram.adjust(x, 1.5, -0.1),
    "gamma": lambda x: histogram.gamma(x, 2.2),
    "quantize": lambda x: histogram.quantize(x, 3),
    "srgb_to_linear": color.srgb_to_linear,
    "linear_to_srgb": color.linear_to_srgb,
    "add_salt_and_pepper": lambda x: noise.add_salt_and_pepper(x, 0.2, 0),
    "add_poisson_noise": lambda x: noise.add_poisson_noise(x, 100, 0),
    "rgb_to_hsv": lambda x: color.rgb_to_hsv(np.stack([x, x, x], axis=-1)),
    "with_alpha": lambda x: compositing.with_alpha(np.ones((8, 8, 3)), x),
    "convolve": lambda x: convolution.convolve(x, KERNEL),
    "convolve_fft": lambda x: convolution.convolve_fft(x, KERNEL),
    "conv2d": lambda x: conv2d.conv2d(x[None, :, :, None], KERNEL[:, :, None, None]),
    "max_pool2d": lambda x: pooling.max_pool2d(x[None, :, :, None]),
    "Tensor": lambda x: (Tensor(x) * 2).value,
    "gabor_energy": lambda x: texture.gabor_energy(x, BANK),
    "local_binary_pattern": texture.local_binary_pattern,
    "raw_moments": shape.raw_moments,
    "hu_moments": shape.hu_moments,
    "orientation": shape.orientation,
    "eccentricity": shape.eccentricity,
    "perimeter": shape.perimeter,
    "contours": lambda x: np.concatenate(shape.contours(x, 0.25)),
    "otsu": thresholds.otsu,
    "li": thresholds.li,
    "between_class_variance": lambda x: thresholds.between_class_variance(x, 0.5),
    "within_class_variance": lambda x: thresholds.within_class_variance(x, 0.5),
    "cross_entropy": lambda x: thresholds.cross_entropy(x, 0.5),
    "local_mean": lambda x: thresholds.local_mean(x, 3, 0.1),
    "niblack": lambda x: thresholds.niblack(x, 5),
    "sauvola": lambda x: thresholds.sauvola(x, 3),
    "nearest": lambda x: clustering.nearest(x, x),
    "kmeans": lambda x: clustering.kmeans(x, 1)[1],
    "mean_shift": lambda x: clustering.mean_shift(x, 0.5)[1],
    "slic": lambda x: superpixels.slic(x, 1),
}
# these let NaN and infinity through, as their docstrings say
LET_THROUGH = {"convolve", "convolve_fft", "conv2d", "max_pool2d", "Tensor"}
TAKE_ARRAYS = {"luma", "ycbcr_to_rgb", "rgb_to_hsv", "conv2d", "max_pool2d"}  # the lambdas above index or stack

pixels = np.random.default_rng(0).integers(0, 2, (8, 8)).astype(np.float64)  # 0 and 1: every type can hold them
READ_ONLY = pixels.copy()
READ_ONLY.setflags(write=False)
FORMS = {
    **{t: pixels.astype(t) for t in ("bool", "uint8", "int8", "uint16", ">u2", "int64", "float16", "float32", ">f8")},
    "read-only": READ_ONLY,
    "Fortran order": np.asfortranarray(pixels),
    "negative strides": np.ascontiguousarray(pixels[::-1, ::-1])[::-1, ::-1],
    "every second pixel": np.repeat(np.repeat(pixels, 2, axis=0), 2, axis=1)[::2, ::2],
    "nothing masked": np.ma.masked_array(pixels, mask=np.zeros((8, 8), bool)),
}


@pytest.mark.parametrize("name", ANY_SCALE)
def test_the_form_of_an_image_does_not_matter(name):
    expected = ANY_SCALE[name](pixels.copy())
    forms = FORMS if name in TAKE_ARRAYS else FORMS | {"list": pixels.tolist()}
    for form, image in forms.items():
        before = np.array(image)
        np.testing.assert_array_equal(ANY_SCALE[name](image), expected, err_msg=form)
        np.testing.assert_array_equal(image, before, err_msg=f"{form} was changed")


@pytest.mark.parametrize("name", [name for name in ANY_SCALE if name not in LET_THROUGH])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_pixel_that_is_no_number_is_refused(name, bad):
    damaged = pixels.copy()
    damaged[2, 3] = bad
    with pytest.raises(ValueError, match="must be finite, got [1-9].* that are NaN or infinite"):
        ANY_SCALE[name](damaged)


@pytest.mark.parametrize("name", sorted(LET_THROUGH))
def test_or_it_is_let_through(name):
    damaged = pixels.copy()
    damaged[2, 3] = np.nan
    assert np.isnan(ANY_SCALE[name](damaged)).any()


@pytest.mark.parametrize("name", ANY_SCALE)
def test_masked_and_empty_images_are_refused(name):
    masked = np.ma.masked_array(pixels, mask=pixels > 0.5)
    if name not in ("luma", "ycbcr_to_rgb", "rgb_to_hsv"):  # np.stack drops the mask before they see it
        with pytest.raises(TypeError, match="must not be masked"):
            ANY_SCALE[name](masked)
    if name not in ("with_alpha", "Tensor", "mse"):
        with pytest.raises(ValueError, match="must not be empty"):
            ANY_SCALE[name](np.zeros((0, 8)))


TOO_SMALL = "multiples of 8|must fit|at most the height|only 1|one shape|alpha must fit|at least 2 rows"


@pytest.mark.parametrize("name", ANY_SCALE)
def test_an_image_of_one_pixel_is_an_image_or_too_small(name):
    needs_more = {"block_dct", "blur_circular", "inverse_filter", "wiener_deconvolve", "max_pool2d", "conv2d", "mse"}
    needs_more |= {"contours"}
    if name in needs_more:
        with pytest.raises(ValueError, match=TOO_SMALL):
            ANY_SCALE[name](np.ones((1, 1)))
    else:
        assert np.isfinite(ANY_SCALE[name](np.ones((1, 1)))).all()


@pytest.mark.parametrize("function", [hough.hough_lines, lambda x: hough.hough_circles(x, [2])])
def test_forms_of_masks_that_vote(function):
    expected = function(pixels > 0)
    for form in ("bool", "read-only", "Fortran order", "negative strides", "every second pixel", "nothing masked"):
        for ours, theirs in zip(function(FORMS[form].astype(bool)), expected, strict=True):
            np.testing.assert_array_equal(ours, theirs, err_msg=form)
    for ours, theirs in zip(function((pixels > 0).tolist()), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for wrong in (pixels, pixels.astype(np.uint8)):
        with pytest.raises(TypeError, match="edges must be a mask of bool"):
            function(wrong)
    with pytest.raises(TypeError, match="must not be masked"):
        function(np.ma.masked_array(pixels > 0, mask=pixels > 0.5))
    with pytest.raises(ValueError, match="must not be empty"):
        function(np.zeros((0, 8), bool))


BYTES = {
    "canny_opencv": lambda x: edges.canny_opencv(x, 50, 100),
    "histogram": histogram.histogram,
    "cdf": histogram.cdf,
    "equalize": histogram.equalize,
    "apply_table": lambda x: histogram.apply_table(x, np.arange(256) // 2),
    "jpeg_like": lambda x: compression.jpeg_like(x, 80)[0],
    "entropy": compression.entropy,
}


@pytest.mark.parametrize("name", BYTES)
def test_forms_of_bytes(name):
    image = (pixels * 200).astype(np.uint8)
    expected = BYTES[name](image.copy())
    for form in ("read-only", "Fortran order", "negative strides", "every second pixel", "nothing masked"):
        np.testing.assert_array_equal(BYTES[name]((FORMS[form] * 200).astype(np.uint8)), expected, err_msg=form)
    with pytest.raises(TypeError, match="must not be masked"):
        BYTES[name](np.ma.masked_array(image, mask=image > 100))
    for other in (bool, np.float16, np.uint16) if name != "entropy" else ():
        with pytest.raises(TypeError, match=f"image must be uint8.*got dtype {np.dtype(other)}"):
            BYTES[name](image.astype(other))


MASKS = {
    "label": regions.label,
    "erode": lambda x: morphology.erode(x, [[1, 1, 0]]),
    "dilate": lambda x: morphology.dilate(x, [[1, 1, 0]]),
    "opening": lambda x: morphology.opening(x, [[1, 1, 1]]),
    "closing": lambda x: morphology.closing(x, [[1, 1, 1]]),
    "an element": lambda x: morphology.dilate(np.eye(30, dtype=int), np.asarray(x)[:7, :7]),
    "distance_transform": watershed.distance_transform,
    "watershed in a mask": lambda x: watershed.watershed(np.zeros(np.shape(x)), in_two_corners(x), x),
    "markers": lambda x: watershed.watershed(np.zeros(np.shape(x)), x),
    "markers of walkers": lambda x: random_walker.random_walker(np.zeros(np.shape(x)), x),
    "labels": lambda x: energies.potts_energy(x, np.ones((8, 8, 2)) * [1, 3], 2),
    "start": lambda x: cuts.chan_vese(np.arange(64).reshape(8, 8) / 64, 0.1, x)[0],
}


@pytest.mark.parametrize("name", MASKS)
def test_forms_of_masks(name):
    expected = MASKS[name](pixels.astype(bool))
    for form, mask in FORMS.items():
        if np.asarray(mask).dtype.kind not in "bui":
            if form in ("float16", "float32", ">f8"):
                with pytest.raises(TypeError, match="whole numbers, got dtype .*f"):
                    MASKS[name](mask)
            mask = mask.astype(np.int16)
        before = np.array(mask)
        np.testing.assert_array_equal(MASKS[name](mask), expected, err_msg=form)
        np.testing.assert_array_equal(mask, before, err_msg=f"{form} was changed")
    if name != "an element":
        np.testing.assert_array_equal(MASKS[name](pixels.astype(int).tolist()), expected)
        with pytest.raises(TypeError, match="must not be masked"):
            MASKS[name](np.ma.masked_array(pixels.astype(int), mask=pixels > 0.5))


def test_what_chapter_01_says_of_half_precision():
    """Functions of bytes give float16; the course's functions take it and compute in float64."""
    from skimage.filters import threshold_otsu

    image = np.full((300, 300), 255, np.uint8)
    image[0] = 254
    half = np.log1p(image)
    assert half.dtype == np.sqrt(image).dtype == np.float16
    assert np.finfo(np.float16).max == 65504
    assert (round(float(half[1, 0]), 3), round(np.log(256), 3)) == (5.547, 5.545)
    with np.errstate(over="ignore"):
        assert np.isinf(half.sum())
    with pytest.raises(ValueError, match="Too many bins"):
        threshold_otsu(half[:2])
    assert np.isfinite(threshold_otsu(np.log1p(image.astype(float))[:2]))
    assert restoration.mean_filter(half, 3)[5, 5] == pytest.approx(float(half[1, 0]), rel=1e-12)
    assert restoration.mse(half, np.zeros_like(half)) == pytest.approx(np.mean(half.astype(float) ** 2))


# --- a whole number in a small type: 16 squared is 0 in a byte --------------------------------------------------------

image16 = np.random.default_rng(1).random((1, 64, 64, 1))
SMALL = {
    "box": lambda t: filters.box(t(20)),
    "gaussian1d": lambda t: filters.gaussian1d(t(20)),
    "gaussian": lambda t: filters.gaussian(t(17), t(3)),
    "laplacian_of_gaussian": lambda t: filters.laplacian_of_gaussian(t(16)),
    "gabor": lambda t: filters.gabor(t(20), 0.3, t(16), aspect=t(1)),
    "sharpen": lambda t: filters.sharpen(t(100)),
    "mean_filter": lambda t: restoration.mean_filter(image16[0, :, :, 0], t(17)),
    "psnr": lambda t: restoration.psnr([10], [30], t(100)),
    "quantize": lambda t: histogram.quantize([0.3], t(12)),
    "max_pool2d_input_grad": lambda t: pooling.max_pool2d_input_grad(image16, np.ones((1, 4, 4, 1)), t(16)),
    "average_pool2d": lambda t: pooling.average_pool2d(image16, t(16)),
    "average_pool2d_input_grad": lambda t: pooling.average_pool2d_input_grad(image16, np.ones((1, 4, 4, 1)), t(16)),
    "overlap_counts": lambda t: arithmetic.overlap_counts(t(100), t(20), t(10)),
    "conv_output_size": lambda t: arithmetic.conv_output_size(t(200), t(20), t(2), t(100), t(5)),
    "conv_transpose_output_size": lambda t: arithmetic.conv_transpose_output_size(t(100), t(20), t(10)),
    "conv_parameters": lambda t: arithmetic.conv_parameters(t(16), t(20), t(30), groups=t(2)),
    "conv_flops": lambda t: arithmetic.conv_flops(t(100), t(16), t(20), t(30)),
    "receptive_field": lambda t: arithmetic.receptive_field([(t(7), t(2), t(100))] * 4),
    "conv2d": lambda t: conv2d.conv2d(image16, np.ones((3, 3, 1, 1)), stride=t(10), padding=t(100), dilation=t(100)),
    "transfer_function": lambda t: restoration.transfer_function(KERNEL, (t(64), t(32))),
    "warp": lambda t: warp.warp(image16[0], warp.translation(t(100), t(200)), (t(200), t(100))),
    "translation and scaling": lambda t: warp.scaling(t(200), t(100), center=(t(200), t(100))),
    "dct_matrix": lambda t: compression.dct_matrix(t(16)),
    "zigzag": lambda t: compression.zigzag(t(20)),
    "toeplitz_matrix": lambda t: convolution.toeplitz_matrix([1, 2], t(200)),
}


@pytest.mark.parametrize("small", [np.uint8, np.uint16, np.int64])
@pytest.mark.parametrize("name", SMALL)
def test_a_number_in_a_small_type_is_worth_the_same(name, small):
    np.testing.assert_allclose(SMALL[name](small), SMALL[name](int), rtol=1e-12)


def test_the_ends_of_a_stretch_may_be_signed_bytes():
    ends = np.array([-100, 100], np.int8)
    assert histogram.stretch([-100, 0, 100], *ends).tolist() == [0, 0.5, 1]


@pytest.mark.parametrize("text", ["2", b"2"])
def test_a_text_is_no_number(text):
    with pytest.raises(TypeError, match="exponent must be a number, got b?'2'"):
        histogram.gamma([0.5], text)


@pytest.mark.parametrize("wrong", ["2", None, [1, 2], 2j])
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("fill", lambda v: warp.sample(np.ones((3, 3)), [9.0], [1.0], fill=v)),
        ("fill", lambda v: warp.warp(np.ones((3, 3, 2)), TURN, fill=v)),
        ("rtol", lambda v: convolution.separable_rank(KERNEL, v)),
        ("size", lambda v: compression.block_dct(np.ones((16, 16)), v)),
    ],
)
def test_an_argument_that_is_no_number_is_named(name, call, wrong):
    """What Python says of None < 1 names no argument; and a fill of None was NaN."""
    with pytest.raises(TypeError, match=f"^{name} must be a (whole )?number, got "):
        call(wrong)


# --- values off a range by rounding -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "off"), [(np.float64, 1e-12), (np.float32, 4e-6), (np.float16, 4e-3)])
def test_what_leaves_a_range_by_rounding_is_clipped(dtype, off):
    image = np.array([0.5, 1 + off, -off], dtype)
    assert image[1] > 1 and image[2] < 0
    assert histogram.quantize(image, 1).tolist() == [0.75, 0.75, 0.25]
    assert histogram.gamma(image, 0.5)[1:].tolist() == [1, 0]  # no root of a negative number
    assert color.to_float(image)[1:].tolist() == [1, 0]
    assert compositing.unpremultiply(np.array([0.5 + off / 2, 0, 0, 0.5], dtype))[0] == 1


@pytest.mark.parametrize(("dtype", "off"), [(np.float64, 1e-4), (np.float32, 1e-4), (np.float16, 2e-2)])
def test_what_leaves_it_by_more_is_refused(dtype, off):
    for image in ([0.5, 1 + off], [0.5, -off]):
        with pytest.raises(ValueError, match=r"image must lie in \[0, 1\]"):
            histogram.gamma(np.array(image, dtype), 2.2)
    with pytest.raises(ValueError, match=r"rgba must be premultiplied"):
        compositing.unpremultiply(np.array([0.5 + off, 0, 0, 0.5], dtype))


def test_whole_numbers_are_never_off_by_rounding():
    for image in ([2], [-1], np.array([256], np.uint16)):
        with pytest.raises(ValueError, match=r"must lie in \[0, 1\].*divide 8-bit values by 255"):
            histogram.gamma(image, 2.2)


def chains(x):
    """What people do with an image before they use a function that wants [0, 1]."""
    rgb = np.stack([x, x**2, 1 - x], axis=-1)
    yield restoration.mean_filter(x, 5)
    yield filters.median(x, 3)
    yield convolution.convolve(x, filters.gaussian(1.0), mode="same")
    yield restoration.blur_circular(x, filters.gaussian(1.0))
    yield convolution.convolve_fft(x, filters.box(5), mode="same")
    yield warp.warp(x, TURN, border="edge")
    yield warp.resize(x, (30, 41))
    yield color.ycbcr_to_rgb(color.rgb_to_ycbcr(rgb))
    yield color.hsv_to_rgb(color.rgb_to_hsv(rgb))
    yield color.linear_to_srgb(color.srgb_to_linear(x))
    yield color.luminance(rgb)
    yield compression.block_idct(compression.block_dct(x))
    yield restoration.wiener_deconvolve(restoration.blur_circular(x, filters.gaussian(0.5)), filters.gaussian(0.5), 0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_one_function_after_the_other(dtype):
    rng = np.random.default_rng(2)
    for x in (rng.random((64, 64)), np.ones((64, 64)), np.zeros((64, 64)), (rng.random((64, 64)) > 0.5) * 1.0):
        for number, y in enumerate(chains(x.astype(dtype))):
            back = histogram.gamma(y.astype(dtype), 2.2)  # refused until values were allowed to be rounded
            np.testing.assert_allclose(back, np.clip(y, 0, 1) ** 2.2, atol=0.02, err_msg=str(number))


def test_a_noise_map_may_be_off_zero_by_rounding_only():
    x = pixels
    noise_map = np.full((8, 8), 0.04)
    noise_map[0, 0] = -1e-9
    np.testing.assert_array_equal(
        restoration.adaptive_wiener(x, 3, noise_map), restoration.adaptive_wiener(x, 3, np.maximum(noise_map, 0))
    )
    for call in (restoration.adaptive_wiener, restoration.wiener_deconvolve):
        with pytest.raises(ValueError, match="noise_.* must be at least 0, got -0.01"):
            call(x, *((3,) if call is restoration.adaptive_wiener else (KERNEL,)), noise_map - 0.05 * (noise_map > 0))
