"""Masks and labels on disk: read back by other readers than the one that wrote them."""

import functools

import keras
import numpy as np
import pytest
import tifffile
from keras import ops
from PIL import Image
from scipy import ndimage
from scipy.special import expit

from course_lib.datasets.folder import load_folder
from course_lib.datasets.folder.sizes import resize_image
from course_lib.inference.export import predict_folder, save_labels, save_mask
from course_lib.models.instances import split_touching
from course_lib.models.unet import unet, unet_reach


def opened(path):
    with Image.open(path) as picture:
        return np.array(picture)


# --- one file ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [bool, "u1", "u2", "i4", "i8", "u8"])
def test_a_mask_is_eight_bits_of_ids(tmp_path, dtype):
    mask = np.random.default_rng(0).integers(0, 2 if dtype is bool else 256, (5, 7)).astype(dtype)
    path = save_mask(tmp_path / "new" / "m.png", mask)
    assert path == tmp_path / "new" / "m.png" and opened(path).dtype == np.uint8
    np.testing.assert_array_equal(opened(path), mask)
    assert [file.name for file in path.parent.iterdir()] == ["m.png"]


def test_a_mask_with_values(tmp_path):
    mask = np.random.default_rng(0).integers(0, 3, (5, 7))
    for k, values in enumerate(((0, 128, 255), [(0, 0, 0), (255, 0, 0), (9, 8, 7)], range(3, 6))):
        path = save_mask(tmp_path / f"{k}.png", mask, values)
        np.testing.assert_array_equal(opened(path), np.array(list(values), np.uint8)[mask])
    for values in ((0, 255), [(0, 0, 0), (255, 0, 0)]):
        with pytest.raises(ValueError, match="values says how 2 classes are stored, but mask holds the id 2"):
            save_mask(tmp_path / "x.png", mask, values)
    for values in ((0, 1, 256), (0, 0.5, 1), (-1, 0, 1), [(0, 0), (1, 1), (2, 2)], [0, (1, 2, 3)], 7, [], ["a", "b"]):
        with pytest.raises(ValueError, match="values must list whole numbers from 0 to 255"):
            save_mask(tmp_path / "x.png", mask, values)
    for values in ((7, 7, 8), [(1, 2, 3), (0, 0, 0), (1, 2, 3)]):
        with pytest.raises(ValueError, match="values must differ, or two classes would be stored as one, got"):
            save_mask(tmp_path / "x.png", mask, values)


@pytest.mark.parametrize(("most", "suffix"), [(300, ".png"), (65535, ".png"), (65535, ".tif"), (2**32 - 1, ".tiff")])
def test_labels_lose_nothing(tmp_path, most, suffix):
    labels = np.array([[0, 1, 2], [most - 1, most, 77]])
    path = save_labels(tmp_path / f"x{suffix}", labels)
    found = tifffile.imread(path) if suffix != ".png" else opened(path)
    np.testing.assert_array_equal(found, labels)
    assert found.dtype == (np.uint16 if suffix == ".png" else np.uint32)


def test_what_cannot_be_saved_is_named(tmp_path):
    for wrong in (np.zeros((2, 2, 2), int), np.zeros((2, 2)), np.zeros((0, 2), int)):
        for function, name in ((save_mask, "mask"), (save_labels, "labels")):
            with pytest.raises(ValueError, match=f"{name} must be whole numbers of the shape"):
                function(tmp_path / "x.png", wrong)
    for numbers in ([[256]], [[-1]]):
        with pytest.raises(ValueError, match="mask must hold class ids from 0 to 255"):
            save_mask(tmp_path / "x.png", np.array(numbers))
    with pytest.raises(ValueError, match=r"labels must be from 0 to 65535 in x.png, got 0 to 65536; a name with .tif"):
        save_labels(tmp_path / "x.png", np.array([[0, 65536]]))
    with pytest.raises(ValueError, match="labels must be from 0 to 4294967295 in x.tif, got -1 to 0$"):
        save_labels(tmp_path / "x.tif", np.array([[0, -1]]))
    with pytest.raises(ValueError, match="path must end with .png, got 'x.jpg'"):
        save_mask(tmp_path / "x.jpg", np.zeros((2, 2), int))
    with pytest.raises(ValueError, match="path must end with .png or .tif or .tiff, got 'x'"):
        save_labels(tmp_path / "x", np.zeros((2, 2), int))
    assert not list(tmp_path.iterdir())


def test_files_are_replaced_only_when_asked(tmp_path):
    for function, name in ((save_mask, "m.png"), (save_labels, "l.tif")):
        function(tmp_path / name, np.zeros((2, 2), int))
        before = (tmp_path / name).read_bytes()
        with pytest.raises(FileExistsError, match=f"{name} exists: give overwrite=True"):
            function(tmp_path / name, np.ones((2, 2), int))
        assert (tmp_path / name).read_bytes() == before
        function(tmp_path / name, np.ones((2, 2), int), overwrite=True)
        assert (tmp_path / name).read_bytes() != before


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    save_mask(tmp_path / "m.png", np.zeros((2, 2), int))
    monkeypatch.setattr(Image.Image, "save", lambda *args, **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save_mask(tmp_path / "m.png", np.ones((2, 2), int), overwrite=True)
    assert opened(tmp_path / "m.png").max() == 0 and len(list(tmp_path.iterdir())) == 1


# --- a folder ---------------------------------------------------------------------------------------------------------


def bright(images):
    """A network by hand: a logit that is the gray level, in units of 1/10, above the middle."""
    return 10 * (np.asarray(images)[..., :1] - 0.5)


def halves(image):
    return image.astype("float32") / 255


@pytest.fixture
def folder(tmp_path):
    """Gray images of different sizes and formats; names that the alphabet puts in another order."""
    rng = np.random.default_rng(0)
    (tmp_path / "images").mkdir()
    for name, shape in (("2.png", (30, 41)), ("10.tif", (17, 64)), ("1.bmp", (8, 9))):
        Image.fromarray(rng.integers(0, 256, shape, dtype=np.uint8)).save(tmp_path / "images" / name)
    (tmp_path / "images" / ".DS_Store").write_bytes(b"x")
    return tmp_path


def predict(folder, model=bright, **options):
    return predict_folder(model, folder / "images", folder / "out", **{"prepare": halves} | options)


def test_every_image_gets_a_mask_of_its_size_and_name(folder):
    written = predict(folder, values=(0, 255))
    assert written == [folder / "out" / f"{name}.png" for name in (1, 2, 10)]
    for path, name in zip(written, ("1.bmp", "2.png", "10.tif"), strict=True):
        np.testing.assert_array_equal(opened(path), np.where(opened(folder / "images" / name) >= 128, 255, 0))
    images, masks, names = load_folder(folder / "images", folder / "out", values=(0, 255))
    assert names == ["1", "2", "10"]
    for image, mask in zip(images, masks, strict=True):
        np.testing.assert_array_equal(mask, image >= 128)


def test_threshold_and_probabilities(folder):
    image = opened(folder / "images" / "2.png") / 255
    for options, model in (({}, bright), ({"from_logits": False}, lambda x: expit(bright(x)))):
        path = predict(folder, model, threshold=0.9, overwrite=True, **options)[1]
        np.testing.assert_array_equal(opened(path), expit(10 * (image - 0.5)) > 0.9)
    with pytest.raises(ValueError, match="1.bmp: probabilities must lie in .0, 1., but the model gives"):
        predict(folder, from_logits=False, overwrite=True)


def test_several_classes_are_the_largest_number(folder):
    model = lambda images: np.concatenate([0 * images + 0.3, images, 1.5 * images - 0.305], axis=-1)  # noqa: E731
    image = opened(folder / "images" / "10.tif") / 255
    wanted = np.select([image < 0.3, image < 0.61], [0, 1], 2)
    np.testing.assert_array_equal(opened(predict(folder, model)[2]), wanted)
    path = predict(folder, model, values=[(0, 0, 0), (0, 200, 0), (0, 0, 9)], overwrite=True)[2]
    np.testing.assert_array_equal(opened(path), np.array([(0, 0, 0), (0, 200, 0), (0, 0, 9)])[wanted])


def test_objects_are_written_without_loss(folder):
    rows, columns = np.mgrid[:60, :60]
    discs = [np.hypot(rows - 20, columns - 20) < 12, np.hypot(rows - 38, columns - 30) < 10]
    Image.fromarray((255 * np.any(discs, axis=0)).astype(np.uint8)).save(folder / "images" / "2.png")
    labels = opened(predict(folder, instances=True)[1])
    assert labels.dtype == np.uint16
    np.testing.assert_array_equal(labels, split_touching(np.any(discs, axis=0).astype(float)))
    assert labels.max() == 2
    few = functools.partial(split_touching, min_area=10**6)
    assert opened(predict(folder, instances=few, overwrite=True)[1]).max() == 0


def test_more_objects_than_sixteen_bits(folder):
    def many(probability):
        return np.arange(probability.size).reshape(probability.shape) + (70000 if probability.shape == (8, 9) else 0)

    written = predict(folder, instances=many)
    assert [path.name for path in written] == ["1.tif", "2.png", "10.png"]
    np.testing.assert_array_equal(tifffile.imread(written[0]), np.arange(72).reshape(8, 9) + 70000)
    with pytest.raises(FileExistsError, match="1.tif, 2.png, 10.png in"):
        predict(folder, instances=many)
    written = predict(folder, instances=lambda p: (p > 0.5).astype(int), overwrite=True)
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["1.png", "10.png", "2.png"]


def test_functions_for_objects_see_probabilities(folder):
    seen = []

    def function(probabilities):
        seen.append(probabilities)
        return np.zeros(probabilities.shape[:2], int)

    predict(folder, instances=function)
    image = opened(folder / "images" / "1.bmp") / 255
    np.testing.assert_allclose(seen[0], expit(10 * (image - 0.5)), atol=1e-5)
    predict(folder, lambda images: np.concatenate([images, 2 * images, 0 * images], axis=-1), instances=function, overwrite=True)  # noqa: E501 # fmt: skip
    assert seen[3].shape == (8, 9, 3)
    np.testing.assert_allclose(seen[3].sum(axis=-1), 1, atol=1e-5)


def test_a_network_predicts_as_it_does_by_hand(folder):
    keras.utils.set_random_seed(0)
    model = unet(3, width=2, depth=2)
    wanted = {}
    for name in ("1.bmp", "2.png", "10.tif"):
        image = halves(opened(folder / "images" / name))
        wanted[name] = ops.convert_to_numpy(model(image[None, ..., None]))[0].argmax(axis=-1)
    whole = predict(folder, model)
    tiled = predict_folder(model, folder / "images", folder / "tiled", prepare=halves, tile=16, halo=unet_reach(2), multiple=4)  # noqa: E501 # fmt: skip
    for one, two, name in zip(whole, tiled, wanted, strict=True):
        np.testing.assert_array_equal(opened(one), wanted[name])
        assert np.mean(opened(two) != wanted[name]) < 0.005  # ties decided by rounding


def test_a_network_of_one_input_size(folder):
    model = keras.Sequential([keras.Input((16, 16, 1)), keras.layers.Conv2D(1, 1, activation="sigmoid")])
    model.set_weights([np.full((1, 1, 1, 1), 10.0), np.array([-5.0])])
    with pytest.raises(ValueError, match="the model ends in a sigmoid, .* from_logits=False"):
        predict(folder, model)
    for path, name in zip(predict(folder, model, from_logits=False), ("1.bmp", "2.png", "10.tif"), strict=True):
        np.testing.assert_array_equal(opened(path), opened(folder / "images" / name) >= 128)


def one_pixel(shape, *last):
    """A network of one input size that computes `bright`, and what comes after it."""
    model = keras.Sequential([keras.Input(shape), keras.layers.Conv2D(1, 1), *last])
    model.set_weights([np.full((1, 1, 1, 1), 10.0), np.array([-5.0])])
    return model


@pytest.mark.parametrize("sides", [(16, 8), (8, 16), (16, None), (None, 8)])
def test_a_network_of_one_size_that_is_no_square(folder, sides):
    wanted = tuple(side or 12 for side in sides)
    said = ", ".join(str(side or "any") for side in sides)
    with pytest.raises(ValueError, match=rf"the model takes images of .* pixels only: give resize=\({said}\)"):
        predict(folder, one_pixel((*sides, 1)))
    with pytest.raises(ValueError, match=rf"give resize=\({said}\)"):
        predict(folder, one_pixel((*sides, 1)), resize=wanted[::-1])
    for path, name in zip(predict(folder, one_pixel((*sides, 1)), resize=wanted), ("1.bmp", "2.png"), strict=False):
        image = opened(folder / "images" / name)
        small = bright(halves(resize_image(image, wanted))[..., None])[..., 0]
        logits = resize_image(small.astype(np.float32), image.shape)
        clear = np.abs(logits) > 1e-3  # the others are decided by rounding
        np.testing.assert_array_equal(opened(path)[clear], logits[clear] > 0)
        assert clear.mean() > 0.98


def nested(layer):
    inner = keras.Sequential([keras.Input((None, None, 1)), layer])
    return (inner,)


@pytest.mark.parametrize(
    "last",
    [
        lambda: (keras.layers.Lambda(keras.ops.sigmoid),),
        lambda: nested(keras.layers.Activation("sigmoid")),
        lambda: (keras.layers.Activation("sigmoid"), keras.layers.Activation("linear", dtype="float32")),
    ],
)
def test_probabilities_are_not_taken_for_logits(folder, last):
    """Known by the numbers: no look at the last layer finds every sigmoid."""
    model = one_pixel((None, None, 1), *last())
    with pytest.raises(ValueError, match=r"1.bmp: the model gives .* probabilities or logits: say from_logits=False"):
        predict(folder, model)
    paths = predict(folder, model, from_logits=False)
    for path, name in zip(paths, ("1.bmp", "2.png", "10.tif"), strict=True):
        np.testing.assert_array_equal(opened(path), opened(folder / "images" / name) >= 128)
    classes = lambda images: np.concatenate([images, 1 - images], axis=-1)  # noqa: E731
    assert opened(predict(folder, classes, overwrite=True)[1]).max() == 1  # the largest is the largest in any case
    with pytest.raises(ValueError, match="say from_logits=False"):
        predict(folder, classes, instances=lambda p: (p[..., 0] > 0.5).astype(int), overwrite=True)


def test_logits_are_known_from_the_first_image_on(folder):
    """Later images whose logits happen to lie in [0, 1] are no doubt any more; one that says so is believed."""
    Image.fromarray(np.full((5, 6), 140, np.uint8)).save(folder / "images" / "2.png")  # logits of 0.49
    assert opened(predict(folder)[1]).all()
    Image.fromarray(np.full((5, 6), 140, np.uint8)).save(folder / "images" / "1.bmp")
    with pytest.raises(ValueError, match="1.bmp: the model gives 0.49 to 0.49, which may be .* else from_logits=True"):
        predict(folder, overwrite=True)
    assert opened(predict(folder, from_logits=True, overwrite=True)[0]).all()


def test_one_number_a_pixel_is_foreground(folder):
    for path, name in zip(predict(folder, lambda x: bright(x)[..., 0]), ("1.bmp", "2.png", "10.tif"), strict=True):
        np.testing.assert_array_equal(opened(path), opened(folder / "images" / name) >= 128)


def test_every_error_names_the_file(folder):
    def fails(error):
        def function(image):
            raise error("mine")

        return function

    for options in ({"model": fails(ValueError)}, {"prepare": fails(ValueError)}, {"instances": fails(ValueError)}):
        with pytest.raises(ValueError, match="1.bmp: mine"):
            predict(folder, **options)
    for argument in ("model", "prepare", "instances"):
        with pytest.raises(KeyError) as caught:
            predict(folder, **{argument: fails(KeyError)})
        assert caught.value.__notes__ == [f"This was at {folder / 'images' / '1.bmp'}."]


def test_resized_as_in_training_and_back_to_the_original_size(folder):
    """The network sees what load_folder(resize=...) and prepare gave; the mask has the image's own size."""
    seen = []

    def model(images):
        seen.append(images)
        return bright(images)

    smooth = ndimage.gaussian_filter(np.random.default_rng(3).random((64, 90)), 4)
    smooth = (255 * (smooth - smooth.min()) / np.ptp(smooth)).astype(np.uint8)
    Image.fromarray(smooth).save(folder / "images" / "2.png")

    def standard(image):
        return (image - image.mean()) / image.std() + 0.5

    path = predict(folder, model, resize=(32, 48), prepare=standard)[1]
    np.testing.assert_allclose(seen[1][0, ..., 0], standard(resize_image(smooth, (32, 48))), rtol=1e-5)
    found = opened(path)
    assert found.shape == (64, 90)
    assert np.mean(found != (smooth > smooth.mean())) < 0.03


def test_colour_images_and_channels(folder):
    for path in (folder / "images").glob("[12]*"):
        path.unlink()
    Image.fromarray(np.full((9, 8, 3), 200, np.uint8)).save(folder / "images" / "1.jpg")
    assert opened(predict(folder, unet(1, width=1, depth=1, channels=3), from_logits=True)[0]).shape == (9, 8)
    with pytest.raises(ValueError, match="1.jpg has 3 channels, but the model takes 1"):
        predict(folder, unet(1, width=1, depth=1), overwrite=True)
    gray = lambda image: halves(image).mean(axis=-1)  # noqa: E731
    options = {"prepare": gray, "from_logits": True, "overwrite": True}
    assert opened(predict(folder, unet(1, width=1, depth=1), **options)[0]).shape == (9, 8)


def test_patterns_keep_the_files_names(tmp_path):
    for name in ("a/image.png", "b/image.png", "img_7.png", "seg_7.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(np.zeros((4, 5), np.uint8)).save(tmp_path / name)
    written = predict_folder(bright, tmp_path / "{name}/image.png", tmp_path / "one", prepare=halves)
    assert [path.name for path in written] == ["a.png", "b.png"]
    written = predict_folder(bright, tmp_path / "img_*.png", tmp_path / "two", prepare=halves)
    assert [path.name for path in written] == ["img_7.png"]


def test_nothing_is_written_over(folder):
    calls = []

    def model(images):
        calls.append(1)
        return bright(images)

    (folder / "out").mkdir()
    save_mask(folder / "out" / "10.png", np.zeros((2, 2), int))
    with pytest.raises(FileExistsError, match="^10.png in .*out: give overwrite=True"):
        predict(folder, model)
    assert not calls and len(list((folder / "out").iterdir())) == 1
    before = {path.name: path.read_bytes() for path in (folder / "images").iterdir()}
    for overwrite in (False, True):
        with pytest.raises(
            FileExistsError, match="to must not be the folder of the images: 2.png would be written over"
        ):
            predict_folder(model, folder / "images", folder / "images", prepare=halves, overwrite=overwrite)
    with pytest.raises(FileExistsError, match="to must be a folder, but .*10.png is a file"):
        predict_folder(model, folder / "images", folder / "out" / "10.png", prepare=halves, overwrite=True)
    assert before == {path.name: path.read_bytes() for path in (folder / "images").iterdir()}


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"prepare": None}, ValueError, "1.bmp is uint8, but a network takes floating-point numbers: give as prepare"),
        ({"prepare": lambda image: image[:-1] / 255}, ValueError, "prepare must keep the size .8, 9. of .*1.bmp"),
        ({"prepare": lambda image: image / 0.0}, ValueError, "1.bmp holds NaN or inf when it is prepared"),
        ({"model": lambda images: images * np.nan}, ValueError, "1.bmp: the model gives NaN or infinite numbers"),
        ({"model": lambda x: x[..., 0, 0]}, ValueError, "1.bmp: predict must give .N, h, w, K. or"),
        ({"model": lambda x: x > 0.5}, ValueError, "1.bmp: the model gives bool, as if it had decided already"),
        ({"model": lambda x: x[..., 0].astype(int)}, ValueError, "1.bmp: the model gives int64, as if"),
        ({"model": "unet"}, TypeError, "model must be a Keras model or a function, got str"),
        ({"threshold": 1.0}, ValueError, "threshold must be above 0 and below 1, got 1.0"),
        ({"threshold": "half"}, TypeError, "threshold must be a number, got 'half'"),
        ({"instances": "watershed"}, TypeError, "instances must be True or a function, got 'watershed'"),
        ({"instances": lambda p: np.zeros((2, 2), int)}, ValueError, "1.bmp: instances must return labels of the size"),
        ({"instances": lambda p: p}, ValueError, "1.bmp: labels must be whole numbers of the shape"),
        (
            {"instances": True, "model": lambda x: np.repeat(x, 2, -1)},
            ValueError,
            "is for foreground alone, .* 2 classes",
        ),
        ({"tile": 16}, ValueError, "tile needs halo, the network's reach"),
        ({"halo": 16}, ValueError, "halo=16 belongs to tile"),
        ({"resize": "small"}, TypeError, "resize must be a whole number"),
        ({"multiple": 0}, ValueError, "multiple must be at least 1"),
        ({"values": (0, 300)}, ValueError, "1.bmp: values must list whole numbers from 0 to 255"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value", "ignore:overflow")
def test_wrong_arguments_are_named(folder, options, error, words):
    with np.errstate(all="ignore"), pytest.raises(error, match=words):
        predict(folder, **options)


def test_a_damaged_image_is_named(folder):
    (folder / "images" / "2.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(ValueError, match="2.png cannot be read"):
        predict(folder)


def test_photographs_are_written_upright(tmp_path):
    note = Image.Exif()
    note[0x0112] = 6
    (tmp_path / "images").mkdir()
    Image.fromarray(np.zeros((16, 24, 3), np.uint8)).save(tmp_path / "images" / "a.jpg", exif=note)
    assert opened(predict(tmp_path)[0]).shape == (24, 16)


def test_names_are_kept_whatever_they_are(tmp_path):
    (tmp_path / "images").mkdir()
    names = ["Zelle 1.v2", "ä ü", "100%", "a+b(1)[x]"]
    for name in names:
        Image.fromarray(np.zeros((4, 5), np.uint8)).save(tmp_path / "images" / f"{name}.png")
    assert {path.name for path in predict(tmp_path)} == {f"{name}.png" for name in names}


def test_probabilities_above_1_by_rounding_are_probabilities(folder):
    """Taken for logits, 1.0000001 and 0 became .73 and .5: at a threshold of .4 everything was foreground."""

    def model(images):
        return np.where(images > 0.5, np.float32(1 + 2e-7), np.float32(-2e-7))

    with pytest.raises(ValueError, match="may be probabilities or logits"):
        predict(folder, model, threshold=0.4)
    for instances in (None, True, lambda p: (p == 1).astype(int)):
        written = predict(folder, model, threshold=0.4, from_logits=False, instances=instances, overwrite=True)
        if instances is not True:
            for path, name in zip(written, ("1.bmp", "2.png", "10.tif"), strict=True):
                np.testing.assert_array_equal(opened(path), opened(folder / "images" / name) >= 128)


@pytest.mark.parametrize("save", [save_mask, save_labels])
def test_hidden_pixels_are_not_written(tmp_path, save):
    with pytest.raises(TypeError, match="(mask|labels) must not be masked"):
        save(tmp_path / "a.png", np.ma.array(np.ones((4, 4), int), mask=np.eye(4) > 0))
    assert not list(tmp_path.iterdir())
