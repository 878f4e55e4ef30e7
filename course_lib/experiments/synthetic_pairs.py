"""Few labelled images: do pasted or generated pairs help? On scenes of emoji, and on nuclei.

    python -m course_lib.experiments.synthetic_pairs

It takes half a minute of two quiet cores a row, and writes data/results/synthetic_pairs.json after every row: stop it
when you like and call it again. All trainings on one kind of data have the same network, the same number of steps and
the same rate; what differs is where their images come from:

``raw``        k labelled images, as they are
``augmented``  the same, turned a little, reflected, enlarged, brighter or darker in every step
``pasted``     scenes only: the same, and onto every second image objects are pasted that masks cut out of the k images
``fresh``      scenes only: 768 other labelled scenes in the place of k, what labels would have bought
``generated``  nuclei only: a pix2pix translator learns from the same k pairs, and paints every second image of a batch
               from their masks, turned and enlarged anew

The scenes of the test have other emoji and other backgrounds. The nuclei of the test are another time and place of the
film. No mask of a test image is used for anything but the score.

What it cannot say: what a better generator, or a longer training, would do; with other budgets the order of the ways
may be another.
"""

import time

import numpy as np

from course_lib.datasets import emoji, nuclei
from course_lib.experiments import record

WAYS = {"scenes": ("raw", "augmented", "pasted", "fresh"), "nuclei": ("raw", "augmented", "generated")}
COUNTS = {"scenes": (2, 4, 8, 16, 32), "nuclei": (2, 8)}
SEEDS = (0, 1, 2, 3, 4)
SIZE, FRESH, TEST, RATE = 64, 768, 200, 4e-3
STEPS, BATCH = {"scenes": 450, "nuclei": 120}, {"scenes": 12, "nuclei": 8}
CLASSES = len(emoji.CLASSES) + 1
CHANGES = {
    "scenes": {"turns": False, "rotation": 15.0, "scale": (0.8, 1.25), "brightness": 0.1, "contrast": (0.8, 1.25)},
    "nuclei": {"rotation": 15.0, "scale": (0.8, 1.25), "brightness": 0.1, "contrast": (0.8, 1.25)},
}
PASTED = 4  # objects a scene, at most
PAINTER = {"steps": 300, "batch": 8, "width": 16, "rate": 1e-3}

# --- the images -------------------------------------------------------------------------------------------------------


def labelled_scenes(seed, n=FRESH):
    """Compose n training scenes: images (n, 64, 64, 3), class ids and numbers of objects (n, 64, 64).

    The first k of them are the k labelled images of this seed.
    """
    return emoji.scenes(n, SIZE, seed=1000 + seed, split="train", instances=True)


def test_scenes(n=TEST):
    """Compose n test scenes of emoji and backgrounds that no training scene has: images, class ids."""
    return emoji.scenes(n, SIZE, seed=2, split="test")


def labelled_nuclei(seed, n):
    """Cut n crops out of the training frames: images (n, 64, 64, 1), 0 or 1, and numbers of nuclei (n, 64, 64)."""
    from course_lib.models.instances import even_brightness

    (frames, labels), _ = nuclei.load()
    frames, rng = even_brightness(frames), np.random.default_rng((2000, seed))
    images, numbers = np.empty((n, SIZE, SIZE, 1), np.float32), np.empty((n, SIZE, SIZE), np.uint16)
    for i in range(n):
        frame, top, left = rng.integers(len(frames)), *rng.integers(frames.shape[1] - SIZE + 1, size=2)
        window = np.s_[frame, top : top + SIZE, left : left + SIZE]
        images[i, ..., 0], numbers[i] = frames[window], labels[window]
    return images, (numbers > 0).astype(np.uint8), numbers


def paste(images, masks, numbers, sources, rng, most=PASTED):
    """Paste objects of labelled images onto others, cut out by their masks, shifted and sometimes reflected.

    Parameters
    ----------
    images, masks : (N, H, W, C), (N, H, W)
        What is pasted onto; not changed.
    numbers : (k, H, W)
        Which object is seen at each pixel of the k labelled images, 0 for none.
    sources : (images, masks)
        The k labelled images and their class ids.
    rng : numpy.random.Generator
    most : int
        Up to so many objects are pasted onto an image, at least one.

    Returns
    -------
    images, masks
        Pixels of an object bring the class that they have at home.
    """
    images, masks = images.copy(), masks.copy()
    height, width = masks.shape[1:]
    known = [(i, number) for i in range(len(numbers)) for number in np.unique(numbers[i]) if number]
    for image, mask in zip(images, masks, strict=True):
        for _ in range(rng.integers(1, most + 1) if known else 0):
            i, number = known[rng.integers(len(known))]
            rows, columns = np.nonzero(numbers[i] == number)
            picture, classes = sources[0][i][rows, columns], sources[1][i][rows, columns]
            if rng.random() < 0.5:
                columns = columns.max() + columns.min() - columns
            down = rng.integers(height) - int(rows.mean())
            right = rng.integers(width) - int(columns.mean())
            rows, columns = rows + down, columns + right
            inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
            image[rows[inside], columns[inside]] = picture[inside]
            mask[rows[inside], columns[inside]] = classes[inside]
    return images, masks


# --- batches, one function a way --------------------------------------------------------------------------------------


def batches(data, way, k, seed):
    """Make the function that gives the batch (images, masks) of a step, for one way and k labelled images.

    Parameters
    ----------
    data : {"scenes", "nuclei"}
    way : one of ``WAYS[data]``
    k : int
    seed : int

    Returns
    -------
    callable
        ``batch(step)``
    """
    from course_lib.training.augmentation import Crops

    labelled = labelled_scenes if data == "scenes" else labelled_nuclei
    images, masks, numbers = labelled(seed, FRESH if way == "fresh" else k)
    size = BATCH[data]

    def chosen(step):
        rng = np.random.default_rng((3000, seed, step))
        which = rng.integers(len(images), size=size)
        return images[which], masks[which], rng

    if way in ("raw", "fresh"):
        return lambda step: chosen(step)[:2]
    changed = Crops(images, masks, SIZE, size, seed=seed, classes=CLASSES, **CHANGES[data])
    if way == "augmented":
        return lambda step: changed[step]
    if way == "pasted":

        def pasted(step):
            x, y = changed[step]
            x[::2], y[::2] = paste(x[::2], y[::2], numbers, (images, masks), np.random.default_rng((seed, step)))
            return x, y

        return pasted
    painter = paint(images, masks, seed)

    def generated(step):
        x, y = changed[step]
        other = changed[step + 100_000][1]  # masks of another draw: nobody photographed them
        x[::2], y[::2] = painter.translate(other[::2, ..., None].astype(np.float32), (seed, step)), other[::2]
        return x, y

    return generated


def paint(images, masks, seed, steps=PAINTER["steps"]):
    """Train a pix2pix translator on k labelled nuclei, turned and enlarged anew in each step; give its trainer."""
    import keras

    from course_lib import backend
    from course_lib.models.translation import patch_discriminator, pix2pix_generator
    from course_lib.training.augmentation import Crops
    from course_lib.training.translation import PairTrainer

    backend.set_seed(seed)
    falling = keras.optimizers.schedules.PolynomialDecay(PAINTER["rate"], steps, 0.0)
    trainer = PairTrainer(
        pix2pix_generator(width=PAINTER["width"]), patch_discriminator(), seed=seed,
        generator_optimizer=keras.optimizers.Adam(falling, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(falling, beta_1=0.5),
    )  # fmt: skip
    crops = Crops(images, masks, SIZE, PAINTER["batch"], seed=seed, rotation=15.0, scale=(0.8, 1.25))

    def batch(step):
        x, y = crops[step]
        return y[..., None].astype(np.float32), x

    trainer.fit_batches(batch, steps)
    return trainer


# --- training and scores ----------------------------------------------------------------------------------------------


def run(data, k, way, seed, steps=None):
    """Train one network on one kind of batches, and score it.

    Parameters
    ----------
    data : {"scenes", "nuclei"}
    k : int
        Labelled images.
    way : one of ``WAYS[data]``
    seed : int
        Of the labelled images, the first weights and the batches.
    steps : int, optional
        By default ``STEPS[data]``.

    Returns
    -------
    dict
        ``score``: mean IoU of the six classes of scenes, or mean Dice of the film's test frames; for nuclei also
        ``shifted``, Dice on the image of another microscope; ``cpu_seconds``.
    """
    import keras

    from course_lib import backend
    from course_lib.losses import CrossEntropy
    from course_lib.models.unet import unet

    began, steps = time.process_time(), steps or STEPS[data]
    batch = batches(data, way, k, seed)
    backend.set_seed(seed)
    model = unet(CLASSES, channels=3) if data == "scenes" else unet(1)
    schedule = keras.optimizers.schedules.CosineDecay(RATE, steps)
    model.compile(keras.optimizers.Adam(schedule), CrossEntropy(), jit_compile=False)
    for step in range(steps):
        model.train_on_batch(*batch(step))
    row = {"score": miou(model)} if data == "scenes" else dices(model)
    return row | {"cpu_seconds": round(time.process_time() - began, 1)}


def miou(model):
    """Mean IoU of the six classes on the test scenes, from one confusion matrix over all pixels."""
    from course_lib.metrics.confusion import confusion_matrix, mean_iou

    images, truth = test_scenes()
    found = model.predict(images, batch_size=20, verbose=0).argmax(-1)
    return float(mean_iou(confusion_matrix(truth, found, CLASSES)))


def dices(model):
    """Dice of foreground against labels above 0: mean of the test frames, and the image of another microscope."""
    from course_lib.experiments.shipped import nuclei_unet

    found = nuclei_unet.scores(model)
    return {"score": found["test"], "shifted": found["shifted"]}


def plan(seeds=SEEDS):
    """Name all trainings: 4 scenes and 2 nuclei, then 16 and 8, then the other counts, each part seed by seed."""
    parts = [[("scenes", 4), ("nuclei", 2)], [("scenes", 16), ("nuclei", 8)]]
    parts.append([("scenes", k) for k in COUNTS["scenes"] if k not in (4, 16)])
    tasks = []
    for part in parts:
        for seed in seeds:
            for data, k in part:
                for way in WAYS[data]:
                    if way != "fresh" or k == 4:  # 768 fresh scenes are the same whatever k is
                        tasks.append({"data": data, "k": FRESH if way == "fresh" else k, "way": way, "seed": seed})
    return tasks


def table(rows, data, score="score"):
    """Give {(k, way): its scores, one a seed} of the rows on one kind of data."""
    found = {}
    for row in sorted(rows, key=lambda row: (row["k"], WAYS[data].index(row["way"]) if row["data"] == data else 0)):
        if row["data"] == data:
            found.setdefault((row["k"], row["way"]), []).append(row[score])
    return found


def main(argv=None):
    """Run the trainings that are missing, and write the table after each."""
    parser = record.parser("synthetic_pairs", __doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    options = record.parse(parser, argv)
    settings = {
        "budget": {"size": SIZE, "fresh": FRESH, "test": TEST, "rate": RATE, "steps": STEPS, "batch": BATCH},
        "changes": CHANGES, "pasted": PASTED, "painter": PAINTER,
    }  # fmt: skip
    question = "Mean IoU (scenes) or Dice (nuclei) on test images, by where the training images come from"
    stored = record.Record(
        options.out, options.command, question, settings,
        order=lambda row: (row["data"], row["k"], WAYS[row["data"]].index(row["way"]), row["seed"]),
    )  # fmt: skip
    for task in record.missing(plan(options.seeds), stored.rows):
        stored.add(task | run(**task))
    return stored.rows


if __name__ == "__main__":
    main()
