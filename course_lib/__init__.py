"""Reference implementations for the course on image segmentation and image generation.

Importing this package is cheap: it loads neither TensorFlow nor Keras. It only sees to it that TensorFlow, if it is
imported later, starts without writing to the notebook.
"""

from course_lib import quiet

quiet.install()
