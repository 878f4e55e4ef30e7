"""A trained network with everything that belongs to it, on disk and back: nothing has to be remembered by hand.

Most results that are wrong without an error come from an image that was prepared in another way than those of the
training. So the normalization, the scale, the threshold and the network are saved as one thing.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course_lib._validate import real_number, whole_number
from course_lib.datasets.folder.sizes import resize_image, resize_mask
from course_lib.inference import brightness
from course_lib.inference.export import predict_folder
from course_lib.models import saving
from course_lib.models.instances import split_touching
from course_lib.models.tiling import predict_tiled

MODEL, SETTINGS = "model.keras", "settings.json"


@dataclass
class Segmenter:
    """A network for objects against ground, and how it is to be used.

    Parameters
    ----------
    model : keras.Model
        From (N, H, W, C) to one logit a pixel, (N, H, W, 1).
    normalize : callable
        One of `course_lib.inference.brightness.CHOICES`, applied to every image as its file holds it.
    scale : float, above 0
        By how much every image is enlarged for the network; the answer comes back at the image's own size.
    threshold : float in (0, 1)
        An object is where the probability is above it.
    min_distance, min_area : int
        See `course_lib.models.instances.split_touching`, in pixels of the image.
    tile, halo, multiple : int
        See `course_lib.models.tiling.predict_tiled`, in pixels of the enlarged image. The halo is for a U-Net of three
        halvings.
    """

    model: object
    normalize: object = brightness.standardized
    scale: float = 1.0
    threshold: float = 0.5
    min_distance: int = 5
    min_area: int = 0
    tile: int = 384
    halo: int = 56
    multiple: int = 8

    def prepare(self, image):
        """An image as the network takes it.

        Parameters
        ----------
        image : (H, W) or (H, W, C), as the file holds it

        Returns
        -------
        float32, (h, w, C)
            Normalized, then resized by ``scale``; with an axis for channels.
        """
        return self._resized(self.normalize(image))

    def prepare_mask(self, mask):
        """A mask (H, W) resized as `prepare` resizes its image, by the nearest pixel."""
        return resize_mask(np.asarray(mask), self._size(np.shape(mask)))

    def probability(self, image):
        """How likely it is that there is an object: float32 (H, W), for an image as the file holds it."""
        return self._probability(self.normalize(image))

    def mask(self, image):
        """Where the objects are: bool (H, W)."""
        return self.probability(image) > self.threshold

    def objects(self, image):
        """The objects, numbered: int32 (H, W), 0 for the ground."""
        return self._objects(self.probability(image))

    def write(self, images, to, *, objects=False, page=None, overwrite=False):
        """Segment all images of a folder, and write a mask of the same size and name for each.

        Parameters
        ----------
        images : path
            A folder or a pattern.
        to : path
            The folder to write to, made if it is missing.
        objects : bool
            Write the numbers of the objects, 16-bit PNG, in place of masks of 0 and 255.
        page : int, optional
            Of files with several pages.
        overwrite : bool
            Whether files in ``to`` may be replaced.

        Returns
        -------
        list of Path

        Raises
        ------
        FileExistsError, ValueError
            As `course_lib.inference.export.predict_folder`.
        """
        return predict_folder(
            lambda batch: np.stack([self._probability(image) for image in batch]),
            images,
            to,
            prepare=self.normalize,
            values=None if objects else (0, 255),
            from_logits=False,
            threshold=self.threshold,
            instances=self._objects if objects else None,
            page=page,
            overwrite=overwrite,
        )

    def save(self, folder):
        """Write the network and its settings into a folder, which is made if it is missing.

        Parameters
        ----------
        folder : path

        Raises
        ------
        ValueError
            ``normalize`` is none of the functions that can be found again by their names.
        """
        if self.normalize not in brightness.CHOICES:
            raise ValueError(f"normalize must be one of {_names()} to be saved, got {self.normalize!r}")
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        saving.save(self.model, folder / MODEL)
        settings = {name: value for name, value in vars(self).items() if name not in ("model", "normalize")}
        text = json.dumps({"normalize": self.normalize.__name__, **settings}, indent=1, default=float)
        (folder / SETTINGS).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder):
        """Read back what `save` wrote, in any process.

        Parameters
        ----------
        folder : path

        Returns
        -------
        Segmenter

        Raises
        ------
        FileNotFoundError, ValueError
            The folder or a file in it is missing or is no such file.
        """
        folder = Path(folder)
        path = folder / SETTINGS
        if not path.is_file():
            raise FileNotFoundError(f"folder must hold {MODEL} and {SETTINGS}, but {path} is missing")
        try:
            settings = json.loads(path.read_text("utf-8"))
            name = settings.pop("normalize")
            normalize = next(choice for choice in brightness.CHOICES if choice.__name__ == name)
            made = cls(None, normalize, **settings)
        except (ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
            raise ValueError(f"{path} does not hold the settings of a segmenter: {error!r}") from None
        real_number("scale", made.scale, above=0)
        real_number("threshold", made.threshold, above=0, below=1)
        for name in ("min_distance", "tile", "multiple"):
            whole_number(name, getattr(made, name), 1)
        made.model = saving.load(folder / MODEL)
        return made

    def _size(self, shape):
        return tuple(max(1, round(self.scale * side)) for side in shape[:2])

    def _resized(self, image):
        image = np.asarray(image, np.float32)
        return resize_image(image if image.ndim == 3 else image[..., None], self._size(image.shape))

    def _probability(self, normalized):
        from scipy.special import expit

        ready = self._resized(normalized)
        wanted = self.model.input_shape[-1]
        if ready.shape[2] != wanted:
            raise ValueError(f"the image has {ready.shape[2]} channels, but the network was trained on {wanted}")
        logits = predict_tiled(
            self.model.predict_on_batch, ready, self.tile, self.halo, multiple=self.multiple, batch_size=1
        )
        return resize_image(expit(logits[..., 0]), np.shape(normalized)[:2])

    def _objects(self, probability):
        return split_touching(probability, self.threshold, min_distance=self.min_distance, min_area=self.min_area)


def main(arguments):
    """``python -m course_lib segment MODEL IMAGES TO``: masks of a folder of images, by a network that was saved.

    Parameters
    ----------
    arguments : list of str

    Returns
    -------
    int
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m course_lib segment")
    parser.add_argument("model", metavar="MODEL", help="the folder that Segmenter.save wrote")
    parser.add_argument("images", metavar="IMAGES", help="a folder of images, or a pattern in quotes")
    parser.add_argument("to", metavar="TO", help="the folder to write masks to")
    parser.add_argument("--objects", action="store_true", help="number the objects: 16-bit PNG")
    parser.add_argument("--overwrite", action="store_true", help="replace files in TO")
    given = parser.parse_args(arguments)
    try:
        written = Segmenter.load(given.model).write(
            given.images, given.to, objects=given.objects, overwrite=given.overwrite
        )
    except (OSError, ValueError) as error:
        print(error)
        return 1
    print(f"{len(written)} files in {Path(given.to).name}, {written[0].name} to {written[-1].name}")
    return 0


def _names():
    return ", ".join(choice.__name__ for choice in brightness.CHOICES)
