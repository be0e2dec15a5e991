"""Small models of every layer and its options, saved by Keras, with an input and what Keras computes of it.

    KERAS_BACKEND=jax python tests/golden/keras_models.py

A family is one model: its input feeds many layers side by side, each an output. `NAME.keras` (or `.h5`) holds
the model, `NAME.input.npy` what is fed, `NAME.output.npy` all outputs, flattened one behind the other.
"""

import itertools
import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers as L

FOLDER = Path(__file__).resolve().parent.parent / "src" / "test" / "resources" / "golden" / "keras"


def randomised(model):
    """Weights that are no zeros and ones, so that one in the place of another shows."""
    rng = np.random.default_rng(7)
    for weight in model.weights:
        values = rng.uniform(0.2, 1.2, weight.shape)
        if "variance" not in weight.name:
            values *= rng.choice([-0.5, 0.5], weight.shape)
        weight.assign(values.astype(np.float32))
    for layer in model.layers:
        if isinstance(layer, L.Normalization):
            layer.finalize_state()


def save(name, model, kinds=("keras",), x=None):
    randomised(model)
    rng = np.random.default_rng(1)
    if x is None:
        x = rng.standard_normal((2,) + tuple(s or 5 for s in model.inputs[0].shape[1:])).astype(np.float32)
    outputs = model.predict(x, verbose=0)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    for kind in kinds:
        model.save(FOLDER / f"{name}.{kind}")
    np.save(FOLDER / f"{name}.input.npy", x.astype(np.float32))
    np.save(FOLDER / f"{name}.output.npy", np.concatenate([np.asarray(o, np.float32).ravel() for o in outputs]))
    print(name, len(outputs), "outputs", sum((FOLDER / f"{name}.{k}").stat().st_size for k in kinds) // 1000, "kB")


def family(name, shape, layers, **how):
    x = keras.Input(shape, name="x")
    save(name, keras.Model(x, [layer(x) for layer in layers]), **how)


def convolution():
    plain = [
        L.Conv2D(2, k, strides=s, padding=p, dilation_rate=d, activation=a)
        for k, s, p, d, a in [
            (3, 1, "valid", 1, None), (3, 1, "same", 1, "relu"), (3, 2, "same", 1, None), (2, 2, "same", 1, "elu"),
            ((1, 3), (2, 1), "same", 1, None), ((4, 2), 1, "same", 1, None), (3, 1, "same", 2, "tanh"),
            ((2, 3), 1, "valid", (1, 2), None), (5, 3, "same", 1, None)]
    ]
    family("convolution2d", (7, 8, 3), plain + [
        L.Conv2D(4, 3, use_bias=False), L.Conv2D(6, 3, groups=3), L.DepthwiseConv2D(3),
        L.DepthwiseConv2D((2, 3), strides=2, padding="same", depth_multiplier=2, activation="relu6"),
        L.DepthwiseConv2D(2, dilation_rate=2, use_bias=False), L.SeparableConv2D(4, 3, depth_multiplier=2),
        L.SeparableConv2D(2, 2, strides=2, padding="same", use_bias=False, activation="softplus")])
    family("convolution1d", (9, 3), [
        L.Conv1D(2, k, strides=s, padding=p, dilation_rate=d)
        for k, s, p, d in [(3, 1, "valid", 1), (2, 2, "same", 1), (3, 1, "causal", 2), (4, 3, "causal", 1), (2, 1, "same", 3)]
    ] + [L.Conv1D(6, 3, groups=3), L.DepthwiseConv1D(3, padding="same"), L.SeparableConv1D(2, 3, depth_multiplier=2)])


def pooling():
    kinds2 = [L.MaxPooling2D, L.AveragePooling2D]
    family("pooling2d", (7, 8, 3), [
        kind(size, strides=stride, padding=p)
        for kind, size, stride, p in itertools.product(kinds2, [2, (3, 2)], [None, 1, (2, 3)], ["valid", "same"])
    ] + [kind(keepdims=k) for kind in (L.GlobalMaxPooling2D, L.GlobalAveragePooling2D) for k in (False, True)])
    family("pooling1d", (9, 3), [
        kind(size, strides=stride, padding=p)
        for kind, size, stride, p in itertools.product([L.MaxPooling1D, L.AveragePooling1D], [2, 3], [None, 2], ["valid", "same"])
    ] + [kind(keepdims=k) for kind in (L.GlobalMaxPooling1D, L.GlobalAveragePooling1D) for k in (False, True)])


def function():
    names = ["linear", "relu", "relu6", "sigmoid", "tanh", "softmax", "log_softmax", "elu", "selu", "softplus", "softsign",
             "exponential", "silu", "gelu", "mish", "leaky_relu", "hard_silu", "hard_sigmoid", "hard_tanh"]
    family("function", (4, 5), [L.Activation(n) for n in names] + [
        L.ReLU(), L.ReLU(max_value=1.0), L.ReLU(negative_slope=0.2), L.ReLU(max_value=0.5, negative_slope=0.1),
        L.LeakyReLU(), L.LeakyReLU(negative_slope=0.1), L.ELU(alpha=0.5), L.Softmax(), L.Softmax(axis=1)])


def normalization():
    norm = L.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 1.0, 0.25])
    family("normalization", (4, 5, 3), [
        L.BatchNormalization(), L.BatchNormalization(epsilon=0.1, scale=False), L.BatchNormalization(center=False),
        L.BatchNormalization(scale=False, center=False), norm, L.Normalization(axis=-1), L.Normalization(axis=None, mean=0.5, variance=2.0),
        L.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 1.0, 0.25], invert=True),
        L.Rescaling(1 / 127.5, offset=-1), L.Rescaling([1.0, 2.0, 3.0], offset=[0.1, 0.2, 0.3])])


def shape():
    family("shape", (4, 6, 3), [
        L.Flatten(), L.Reshape((6, 12)), L.Reshape((-1,)), L.Reshape((2, -1, 9)), L.Permute((2, 1, 3)), L.Permute((3, 1, 2)),
        L.ZeroPadding2D(1), L.ZeroPadding2D((1, 2)), L.ZeroPadding2D(((0, 1), (2, 3))), L.Cropping2D(1), L.Cropping2D((0, 2)),
        L.Cropping2D(((1, 0), (2, 1))), L.Dropout(0.5), L.SpatialDropout2D(0.5), L.GaussianNoise(1.0), L.GaussianDropout(0.3),
        L.AlphaDropout(0.3), L.RandomFlip(), L.Dense(4, activation="relu"), L.Dense(2, use_bias=False)])
    family("steps", (6, 3), [L.ZeroPadding1D(2), L.ZeroPadding1D((0, 1)), L.Cropping1D(1), L.Cropping1D((2, 0)), L.Dense(4)])
    family("vector", (6,), [L.RepeatVector(3), L.Dense(4), L.Dense(3, use_bias=False, activation="softmax"), L.BatchNormalization()])


def merge():
    x = keras.Input((4, 6), name="x")
    a, b, c = (L.Dense(6, name=n)(x) for n in "abc")
    joins = [L.Add()([a, b, c]), L.Multiply()([a, b]), L.Subtract()([a, b]), L.Average()([a, b, c]),
             L.Concatenate()([a, b, c]), L.Concatenate(axis=1)([a, b])]
    save("merge", keras.Model(x, joins))


def forms():
    """Nested to two levels, a shared layer, a shared model, in all three containers."""
    x = keras.Input((8, 8, 3), name="picture")
    trunk = keras.Sequential([keras.Input((8, 8, 3)), L.Conv2D(4, 3, name="stem"), L.BatchNormalization(name="norm"), L.ReLU()], name="trunk")
    inner = keras.Input((8, 8, 3))
    outer = keras.Model(inner, L.GlobalAveragePooling2D()(trunk(inner)), name="outer")
    shared = L.Dense(4, name="shared", activation="tanh")
    y = outer(x)
    z = L.Concatenate(name="both")([shared(shared(y)), outer(L.Rescaling(0.5)(x))])
    outputs = [L.Dense(3, activation="softmax", name="classes")(z), L.Dense(1, name="score")(y)]
    save("forms", keras.Model(x, outputs), kinds=("keras", "h5"))
    frozen = keras.Sequential([keras.Input((5,)), L.Dense(4, name="first", trainable=False), L.Dense(2, name="last")])
    save("frozen", frozen, kinds=("keras", "h5"))
    ids = keras.Sequential([keras.Input((5,), dtype="int32"), L.Embedding(10, 3), L.Flatten(), L.Dense(2)])
    save("embedding", ids, x=np.random.default_rng(3).integers(0, 10, (2, 5)))


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[1:]
    for make in (convolution, pooling, function, normalization, shape, merge, forms):
        if not wanted or make.__name__ in wanted:
            make()
