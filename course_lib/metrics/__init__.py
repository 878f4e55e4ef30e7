"""What training is judged by: `segmentation` and `generation` measure in NumPy, `streaming` is for `fit`."""
