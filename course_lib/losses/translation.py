"""Losses of translating an image into another: with pairs, with two sets and no pairs, and with nothing but a style.

All are to be **minimized**. L1, cycle and identity losses are means over every number of the images, so that a weight
in front of one means the same for images of any size.
"""

import keras
from keras import ops

from course_lib._docs import filled
from course_lib._validate import real_number, refuse_masked, same_shape
from course_lib.losses.adversarial import non_saturating_generator

filled_in = filled(
    two_translators="""
        forward, back : callables
            Networks or functions: ``forward`` takes images of the first kind and gives images of the second, ``back``
            takes the second kind and gives the first.
        x, y : (N, ...), (M, ...)
            Images of the first and of the second kind. Nothing pairs them.""",
    one_number_or_an_error="""
        ()
            In float32; float64 where an argument is that.

        Raises
        ------
        TypeError
            Numbers that are not floating-point.
        ValueError
            Images that are compared have two shapes.""",
)

# --- with pairs -------------------------------------------------------------------------------------------------------


@filled_in
def l1_loss(image, generated):
    """How far a generated image is from the true one: mean |x − G|, over all images, pixels and channels.

    The best single answer to several truths is their median; squared errors have their mean, which for truths of −1
    and 1 is a gray that is neither.

    Parameters
    ----------
    image, generated : floating-point, of one shape

    Returns
    -------
    %(one_number_or_an_error)s

    References
    ----------
    P. Isola, J.-Y. Zhu, T. Zhou, A. Efros: Image-to-image translation with conditional adversarial networks, CVPR 2017,
    arXiv:1611.07004, eq. (3).
    """
    image, generated = _alike(image=image, generated=generated)
    return ops.mean(ops.abs(image - generated))


@filled_in
def pix2pix_generator_loss(fake_logits, image, generated, l1=20.0):
    """What a generator minimizes that has pairs to learn from: −mean log D(c, G) + λ mean |x − G|.

    The second term says which image is wanted, the first that it must look like one. The discriminator's own loss is
    `course_lib.losses.adversarial.minimax_discriminator`.

    Parameters
    ----------
    fake_logits : floating-point, any shape
        The discriminator's logits of generated images, one for each patch: their *mean* is taken. With their sum λ
        would have to be larger by the number of patches.
    image, generated : floating-point, of one shape
    l1 : float, at least 0
        λ. The paper has 100, for images in [−1, 1].

    Returns
    -------
    %(one_number_or_an_error)s

    References
    ----------
    P. Isola, J.-Y. Zhu, T. Zhou, A. Efros: Image-to-image translation with conditional adversarial networks, CVPR 2017,
    arXiv:1611.07004, eq. (4).
    """
    l1 = real_number("l1", l1, 0)
    return ops.add(non_saturating_generator(fake_logits), l1 * l1_loss(image, generated))


# --- two sets, no pairs -----------------------------------------------------------------------------------------------


@filled_in
def cycle_loss(forward, back, x, y):
    """Who goes over and comes back must be home: mean |back(forward(x)) − x| + mean |forward(back(y)) − y|.

    It is 0 for every pair of maps that undo each other, whichever image they give to whom: that says nothing about
    which of them is the right one.

    Parameters
    ----------
    %(two_translators)s

    Returns
    -------
    %(one_number_or_an_error)s

    References
    ----------
    J.-Y. Zhu, T. Park, P. Isola, A. Efros: Unpaired image-to-image translation using cycle-consistent adversarial
    networks, ICCV 2017, arXiv:1703.10593, eq. (2).
    """
    return ops.add(l1_loss(x, back(forward(x))), l1_loss(y, forward(back(y))))


@filled_in
def identity_loss(forward, back, x, y):
    """An image that is of the wanted kind already shall stay as it is: mean |forward(y) − y| + mean |back(x) − x|.

    Both kinds must have one shape. It prefers maps that change little, which may or may not be what is wanted.

    Parameters
    ----------
    %(two_translators)s

    Returns
    -------
    %(one_number_or_an_error)s

    References
    ----------
    J.-Y. Zhu, T. Park, P. Isola, A. Efros: Unpaired image-to-image translation using cycle-consistent adversarial
    networks, ICCV 2017, arXiv:1703.10593, section 5.2. Y. Taigman, A. Polyak, L. Wolf: Unsupervised cross-domain image
    generation, ICLR 2017, arXiv:1611.02200, eq. (6).
    """
    return ops.add(l1_loss(y, forward(y)), l1_loss(x, back(x)))


# --- style ------------------------------------------------------------------------------------------------------------


def gram_matrix(features):
    """Which features occur together: G = 1/(HW) Σ f fᵀ over the H · W places of each image.

    The places are added up, so G does not know where anything is: shuffling them changes nothing.

    Parameters
    ----------
    features : (N, H, W, C), floating-point
        Such as the output of a layer of a network.

    Returns
    -------
    (N, C, C)
        Symmetric, in float32; float64 where the features are that. Not divided by C.

    Raises
    ------
    TypeError
        Features that are not floating-point.
    ValueError
        Another number of axes.

    References
    ----------
    L. Gatys, A. Ecker, M. Bethge: Image style transfer using convolutional neural networks, CVPR 2016,
    doi:10.1109/CVPR.2016.265, eq. (3), where the sum is not divided.
    """
    (features,) = _alike(features=features)
    if len(features.shape) != 4:
        raise ValueError(f"features must be (N, H, W, C), got the shape {tuple(features.shape)}")
    n, height, width, channels = ops.shape(features)
    flat = ops.reshape(features, (n, height * width, channels))
    return ops.matmul(ops.transpose(flat, (0, 2, 1)), flat) / ops.cast(height * width, flat.dtype)


def style_loss(features, style):
    """How different two textures are: ‖G − G'‖², the squared distance of Gram matrices, averaged over the batch.

    It is the squared maximum mean discrepancy of the two sets of feature vectors under the kernel (a · b)²: the two
    images are compared as sets of features, without places.

    Parameters
    ----------
    features, style : (N, H, W, C), (N, h, w, C), floating-point
        Features of the images that are changed and of those whose style is wanted; heights and widths may differ.

    Returns
    -------
    ()
        In float32; float64 where an argument is that.

    Raises
    ------
    TypeError
        Features that are not floating-point.
    ValueError
        Another number of axes, or numbers of images or channels that differ.

    References
    ----------
    L. Gatys, A. Ecker, M. Bethge: Image style transfer using convolutional neural networks, CVPR 2016,
    doi:10.1109/CVPR.2016.265, eq. (4) without its factor. Y. Li, N. Wang, J. Liu, X. Hou: Demystifying neural style
    transfer, IJCAI 2017, arXiv:1701.01036, eq. (9).
    """
    ours, theirs = _alike(same=False, features=gram_matrix(features), style=gram_matrix(style))
    same_shape(features=ours, style=theirs)
    return ops.mean(ops.sum(ops.square(ours - theirs), axis=(1, 2)))


def total_variation(images):
    """How much an image goes up and down: Σ |x[i+1, j] − x[i, j]| + |x[i, j+1] − x[i, j]|, averaged over the images.

    Parameters
    ----------
    images : (N, H, W, C), floating-point

    Returns
    -------
    ()
        A sum over the pixels and channels of an image: a step of height 1 along an edge costs the edge's length in
        pixels. In float32; float64 where the images are that.

    Raises
    ------
    TypeError
        Images that are not floating-point.
    ValueError
        Another number of axes.

    References
    ----------
    L. Rudin, S. Osher, E. Fatemi: Nonlinear total variation based noise removal algorithms, Physica D 60, 1992,
    doi:10.1016/0167-2789(92)90242-F; here with absolute differences along each axis (anisotropic).
    """
    (images,) = _alike(images=images)
    if len(images.shape) != 4:
        raise ValueError(f"images must be (N, H, W, C), got the shape {tuple(images.shape)}")
    down = ops.abs(images[:, 1:] - images[:, :-1])
    right = ops.abs(images[:, :, 1:] - images[:, :, :-1])
    return ops.mean(ops.sum(down, axis=(1, 2, 3)) + ops.sum(right, axis=(1, 2, 3)))


# --- what they share --------------------------------------------------------------------------------------------------


def _alike(same=True, **arrays):
    """One or two arguments as tensors of one floating type; of one shape, since broadcasting gives wrong numbers."""
    for name, value in arrays.items():
        refuse_masked(name, value)
    tensors = {name: ops.convert_to_tensor(value) for name, value in arrays.items()}
    dtypes = {name: keras.backend.standardize_dtype(tensor.dtype) for name, tensor in tensors.items()}
    for name, dtype in dtypes.items():
        if not keras.backend.is_float_dtype(dtype):
            raise TypeError(f"{name} must hold floating-point numbers, got dtype {dtype}")
    if same and len(tensors) == 2:
        same_shape(**tensors)
    wide = "float64" if "float64" in dtypes.values() else "float32"
    return [ops.cast(tensor, wide) for tensor in tensors.values()]
