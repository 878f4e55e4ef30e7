"""Photographs to look at, filter and segment: seven in colour, ten gray. See data/photographs/README.md."""

import sys

from course_lib._validate import one_of
from course_lib.datasets import files

FILES = {
    "astronaut.png": (791555, "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5"),
    "brick.png": (106634, "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf"),
    "camera.png": (139512, "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a"),
    "cell.png": (74183, "8d23a7fb81f7cc877cd09f330357fc7f595651306e84e17252f6e0a1b3f61515"),
    "chelsea.png": (240512, "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb"),
    "china.jpg": (196653, "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29"),
    "clock_motion.png": (58784, "f029226b28b642e80113d86622e9b215ee067a0966feaf5e60604a1e05733955"),
    "coffee.png": (466706, "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7"),
    "coins.png": (75825, "f8d773fc9cfa6f4d8e5942dc34d0a0788fcaed2a4fefbbed0aef5398d7ef4cba"),
    "flower.jpg": (142987, "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638"),
    "grass.png": (217893, "b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89"),
    "gravel.png": (194247, "c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12"),
    "ihc.png": (477916, "f8dd1aa387ddd1f49d8ad13b50921b237df8e9b262606d258770687b0ef93cef"),
    "moon.png": (50177, "78739619d11f7eb9c165bb5d2efd4772cee557812ec847532dbb1d92ef71f577"),
    "page.png": (47679, "341a6f0a61557662b02734a9b6e56ec33a915b2c41886b97509dedf2a43b47a3"),
    "retina.jpg": (269564, "38a07f36f27f095e818aea7b96d34202c05176d30253c66733f2e00379e9e0e6"),
    "text.png": (42704, "bd84aa3a6e3c9887850d45d606c96b2e59433fbef50338570b63c319e668e6d1"),
}
NAMES = tuple(name.partition(".")[0] for name in FILES)


def load(name):
    """Load one photograph.

    Parameters
    ----------
    name : str
        One of ``NAMES``. Colour: astronaut, chelsea (a cat), china (a temple), coffee, flower, ihc (stained tissue),
        retina. Gray: brick, camera, cell, clock_motion, coins, grass, gravel, moon, page, text.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3) for colour (sRGB) or (H, W) for gray
        Row 0 is the top row; values 0 ... 255.

    Raises
    ------
    ValueError
        If there is no photograph of that name.
    DataFileError
        If its file is missing, cut short or altered.
    """
    one_of("name", name, NAMES)
    (file,) = (file for file in FILES if file.partition(".")[0] == name)
    return files.image(sys.modules[__name__], file)
