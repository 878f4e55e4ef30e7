"""Images without their batch axis are named, also by a network that has seen others before."""

import keras
import numpy as np
import pytest

from course_lib.models import saving
from course_lib.models.classifier import classifier, embedder
from course_lib.models.fcn import fcn
from course_lib.models.gan import dcgan_discriminator
from course_lib.models.network import ImageNetwork
from course_lib.models.unet import unet
from course_lib.models.vae import conv_vae, dense_vae

NETWORKS = {
    "unet": (lambda: unet(1, 2, 1), (8, 10, 1), r"\(N, H, W, 1\)"),
    "fcn": (lambda: fcn(1, stride=2, width=2, depth=1, channels=3), (8, 10, 3), r"\(N, H, W, 3\)"),
    "classifier": (lambda: classifier((8, 8, 1), 2, (2,), embedding=3), (8, 8, 1), r"\(N, 8, 8, 1\)"),
    "discriminator": (lambda: dcgan_discriminator((8, 8, 1), 2), (8, 8, 1), r"\(N, 8, 8, 1\)"),
    "conv_vae": (lambda: conv_vae((8, 8, 3), 2, 2), (8, 8, 3), r"\(N, 8, 8, 3\)"),
    "dense_vae": (lambda: dense_vae((8, 8, 1), 2, (3,)), (8, 8, 1), r"\(N, 8, 8, 1\)"),
}


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="JAX is compiled anew for every shape")
@pytest.mark.parametrize("name", NETWORKS)
def test_one_image_after_a_batch_is_named(name):
    """TensorFlow is then compiled for any number of axes, and Keras alone would only speak of a TensorShape."""
    build, shape, words = NETWORKS[name]
    model, images = build(), np.zeros((2, *shape), "float32")
    before = model.predict(images, verbose=0)
    with pytest.raises(ValueError, match=f"images must be {words}, got another number of axes.*image\\[None\\]"):
        model.predict(images[0], verbose=0)
    again = model.predict(images, verbose=0)
    keras.tree.map_structure(np.testing.assert_array_equal, again, before)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="JAX is compiled anew for every shape")
def test_training_and_judging_say_it_too():
    model, x, y = classifier((8, 8, 1), 2, (2,), embedding=3), np.zeros((4, 8, 8, 1), "float32"), np.array([0, 1, 0, 1])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    for call in (model.fit, model.evaluate):
        call(x, y, verbose=0)
        with pytest.raises(ValueError, match="got another number of axes"):
            call(x[..., 0], y, verbose=0)


def test_it_is_a_functional_model_and_stays_one(tmp_path):
    model = unet(2, 2, 1)
    saving.save(model, tmp_path / "a.keras")
    again, copy = saving.load(tmp_path / "a.keras"), keras.models.clone_model(model)
    for network in (model, again, copy):
        assert isinstance(network, ImageNetwork)
        assert isinstance(network, type(keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])._functional))
        assert [layer.name for layer in network.layers] == [layer.name for layer in model.layers]
    assert embedder(classifier()).output_shape == (None, 64)
