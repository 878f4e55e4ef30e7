"""From a map of foreground probabilities to numbered objects: thresholds, distances, and water that rises."""

import numpy as np


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
