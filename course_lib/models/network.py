"""The model that the builders for images return: Keras's functional one, with one more word about its input."""

import keras


@keras.saving.register_keras_serializable("course_lib")
class ImageNetwork(keras.Model):
    """A functional model of images (N, H, W, C), which says so when it is given something else.

    On TensorFlow, ``predict``, ``evaluate`` and ``fit`` are compiled again for images with another number of axes than
    those before, and then for any number of axes. Keras cannot compare that with what the network takes, and would say
    "as_list() is not defined on an unknown TensorShape".
    """

    def __call__(self, images, *args, **options):
        """Apply the network to images (N, H, W, C).

        Raises
        ------
        ValueError
            ``images`` has no known number of axes.
        """
        if getattr(getattr(images, "shape", None), "rank", 4) is None:
            wanted = [name if side is None else str(side) for name, side in zip("NHWC", self.input_shape, strict=False)]
            raise ValueError(
                f"images must be ({', '.join(wanted)}), got another number of axes than in a call before: of one image "
                "give image[None]. (Or they come from a data set that does not say their shape.)"
            )
        return super().__call__(images, *args, **options)
