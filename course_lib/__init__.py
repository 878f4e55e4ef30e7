"""Reference implementations for the course on image segmentation and image generation.

Importing this package is cheap: it loads neither TensorFlow nor Keras. It only keeps TensorFlow's native log
quiet, which works only when the variable is set before TensorFlow's first import.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
