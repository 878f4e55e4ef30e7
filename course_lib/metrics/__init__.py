"""What training is judged by: `segmentation`, `generation` and `modes` measure in NumPy, `streaming` is for `fit`."""
