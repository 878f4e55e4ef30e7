"""What training is judged by: `segmentation` counts and measures in NumPy, `streaming` is for `fit`."""
