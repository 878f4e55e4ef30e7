"""From a microscope image to numbered objects: even brightness before the network, cuts at the waist after it."""

import numpy as np


def even_brightness(images):
    """Put images of any exposure on one scale: logarithms, the background at 0, the brightest objects at 1.

    x = (log(1 + c) - median) / (99.5th percentile - median), each image by itself. The logarithm turns the
    factor by which one nucleus is brighter than another into a difference; median and percentile take away
    background light and exposure. Meant for bright objects that cover from 0.5 to 50 % of the image.

    Parameters
    ----------
    images : (H, W) or (n, H, W)
        Counts, at least 0.

    Returns
    -------
    float32, the shape of ``images``

    Raises
    ------
    ValueError
        Another number of axes, or a count below 0.
    """
    images = np.asarray(images)
    if images.ndim not in (2, 3) or images.min() < 0:
        raise ValueError(f"images must be counts, at least 0, (H, W) or (n, H, W), got the shape {images.shape}")
    logs = np.log1p(images.astype(np.float32))
    low, high = (np.percentile(logs, q, axis=(-2, -1), keepdims=True).astype(np.float32) for q in (50, 99.5))
    return (logs - low) / np.maximum(high - low, np.float32(1e-6))


def split_touching(probability, threshold=0.5, min_distance=5, min_area=30, smooth=1.0):
    """Number the objects in a foreground map; objects that touch are cut at their waist.

    The distance of every foreground pixel to the background has one peak in each convex object. Its peaks, at least
    ``min_distance`` pixels apart, are the sources of a watershed on the distance, upside down.

    Parameters
    ----------
    probability : (H, W)
        Of foreground, in [0, 1].
    threshold : float
    min_distance : int
        Pixels; about half the radius of the smallest object.
    min_area : int
        Objects of fewer pixels are left out.
    smooth : float
        Standard deviation, in pixels, by which distances are blurred, so that a ragged outline makes no peaks.

    Returns
    -------
    (H, W), int32
        0 is background, 1, 2, ... are objects.
    """
    from scipy import ndimage
    from skimage.feature import peak_local_max
    from skimage.segmentation import relabel_sequential, watershed

    probability = np.asarray(probability)
    if probability.ndim != 2 or not 0 <= probability.min() <= probability.max() <= 1:
        raise ValueError(f"probability must be (H, W) with numbers in [0, 1], got the shape {probability.shape}")
    foreground = probability > threshold
    distance = ndimage.gaussian_filter(ndimage.distance_transform_edt(np.pad(foreground, 1))[1:-1, 1:-1], smooth)
    pieces, _ = ndimage.label(foreground)
    peaks = peak_local_max(distance, min_distance=min_distance, labels=pieces, exclude_border=False)
    markers = np.zeros(foreground.shape, np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    labels = watershed(-distance, markers, mask=foreground)
    small = np.bincount(labels.ravel()) < min_area
    labels[small[labels]] = 0
    return relabel_sequential(labels)[0].astype(np.int32)
