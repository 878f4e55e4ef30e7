"""Image processing written out in NumPy: float64 in and out, each function one formula, no framework."""
