"""Reference implementations for the course on image segmentation and image generation.

Importing this package is cheap: it loads neither TensorFlow nor Keras. It only sees to it that TensorFlow, if it is
imported later, starts without writing to the notebook, that Keras keeps channels last as the course does, and that
every terminal can show what the course prints.
"""

from course_lib import backend, quiet, terminal

quiet.install()
backend.install()
terminal.install()
