"""Small models of every layer and its options, saved by Keras, with an input and what Keras computes of it.

    KERAS_BACKEND=jax python tests/golden/keras_models.py

A family is one model: its input feeds many layers side by side, each an output. `NAME.keras` (or `.h5`) holds
the model, `NAME.input.npy` what is fed, `NAME.output.npy` all outputs, flattened one behind the other.
"""

import itertools
import json
import os
import sys
import zipfile
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


def pack(path):
    """The same archive, compressed, and without the time at which it was made."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["metadata.json"] = json.dumps({"keras_version": keras.__version__}).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in members.items():
            archive.writestr(zipfile.ZipInfo(name), contents, zipfile.ZIP_DEFLATED)


def save(name, model, kinds=("keras",), x=None):
    randomised(model)
    rng = np.random.default_rng(1)
    if x is None:
        x = rng.standard_normal((2,) + tuple(s or 5 for s in model.inputs[0].shape[1:])).astype(np.float32)
    outputs = model.predict(x, verbose=0)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    for kind in kinds:
        model.save(FOLDER / f"{name}.{kind}")
    if "keras" in kinds:
        pack(FOLDER / f"{name}.keras")
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
        L.LeakyReLU(), L.LeakyReLU(negative_slope=0.1), L.ELU(alpha=0.5), L.Softmax(), L.Softmax(axis=1),
        L.ReLU(threshold=0.3), L.PReLU(), L.PReLU(shared_axes=[1])])


def normalization():
    norm = L.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 1.0, 0.25])
    family("normalization", (4, 5, 3), [
        L.BatchNormalization(), L.BatchNormalization(epsilon=0.1, scale=False), L.BatchNormalization(center=False),
        L.BatchNormalization(scale=False, center=False), L.LayerNormalization(), L.LayerNormalization(axis=[2, 3], epsilon=0.1),
        L.LayerNormalization(center=False, scale=False), L.GroupNormalization(groups=3), L.GroupNormalization(groups=1, scale=False),
        L.GroupNormalization(groups=-1, axis=-1), norm, L.Normalization(axis=-1), L.Normalization(axis=None, mean=0.5, variance=2.0),
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
             L.Concatenate()([a, b, c]), L.Concatenate(axis=1)([a, b]), L.Maximum()([a, b, c]), L.Minimum()([a, b]),
             L.Dot(axes=2)([a, b]), L.Dot(axes=1)([a, b]), L.Dot(axes=(2, 2))([b, c])]
    pooled = [L.GlobalMaxPooling1D()(v) for v in (a, b)]
    joins.append(L.Dot(axes=1)(pooled))
    save("merge", keras.Model(x, joins))


def transposed():
    family("transposed", (4, 5, 3), [
        L.Conv2DTranspose(2, k, strides=s, padding=p, **more)
        for k, s, p, more in [
            (3, 1, "valid", {}), (3, 1, "same", {}), (3, 2, "valid", {}), (3, 2, "same", {"activation": "relu"}),
            (2, 2, "same", {}), (2, 3, "valid", {}), (2, 3, "same", {}), ((4, 2), (2, 1), "same", {"use_bias": False}),
            (3, 2, "same", {"output_padding": 1}), (3, 2, "valid", {"output_padding": 1})]])
    family("resizing", (4, 5, 3), [
        L.UpSampling2D(), L.UpSampling2D((3, 2)), L.UpSampling2D(2, interpolation="bilinear"), L.Resizing(6, 7), L.Resizing(3, 2),
        L.Resizing(7, 3, interpolation="nearest"), L.Resizing(8, 9, interpolation="bicubic")])


def volume():
    family("volume", (4, 5, 6, 2), [
        L.Conv3D(3, 2), L.Conv3D(2, 3, padding="same", activation="relu"), L.Conv3D(2, (2, 3, 1), strides=2, padding="same"),
        L.Conv3D(2, 2, dilation_rate=2, use_bias=False), L.MaxPooling3D(), L.MaxPooling3D((2, 3, 2), strides=1, padding="same"),
        L.AveragePooling3D(2), L.AveragePooling3D(3, strides=2, padding="same"), L.GlobalAveragePooling3D(), L.GlobalMaxPooling3D(),
        L.ZeroPadding3D(1), L.Cropping3D(((1, 0), (0, 1), (1, 1))), L.UpSampling3D((1, 2, 3))])


def recurrent():
    def both(kind, **how):
        return [
            kind(3, **how), kind(3, return_sequences=True, **how), kind(3, go_backwards=True, **how),
            kind(3, return_sequences=True, go_backwards=True, **how), kind(2, use_bias=False, activation="relu", **how),
            L.Bidirectional(kind(3, **how)), L.Bidirectional(kind(3, return_sequences=True, **how)),
            L.Bidirectional(kind(3, return_sequences=True, **how), merge_mode="sum"), L.Bidirectional(kind(2, **how), merge_mode="ave"),
            L.Bidirectional(kind(2, **how), merge_mode="mul")]
    family("lstm", (5, 4), both(L.LSTM) + [L.LSTM(3, recurrent_activation="hard_sigmoid")])
    family("gru", (5, 4), both(L.GRU) + [
        L.GRU(3, reset_after=False), L.GRU(3, reset_after=False, use_bias=False), L.GRU(2, recurrent_activation="relu")])
    family("simple", (5, 4), both(L.SimpleRNN))
    family("convlstm", (3, 5, 6, 2), [
        L.ConvLSTM2D(2, 3), L.ConvLSTM2D(2, (2, 3), padding="same", return_sequences=True, recurrent_activation="sigmoid"),
        L.ConvLSTM2D(2, 2, strides=2, go_backwards=True, return_sequences=True, use_bias=False),
        L.Bidirectional(L.ConvLSTM2D(2, 3, return_sequences=True))])
    x = keras.Input((5, 4), name="x")
    y, h, c = L.LSTM(3, return_sequences=True, return_state=True)(x)
    decoded = L.LSTM(3)(y, initial_state=[h, c])
    wrapped = [L.TimeDistributed(L.Dense(2))(y), L.TimeDistributed(L.BatchNormalization())(y)]
    save("states", keras.Model(x, [h, c, decoded] + wrapped))
    family("distributed", (3, 5, 6, 2), [
        L.TimeDistributed(L.Conv2D(2, 3)), L.TimeDistributed(L.Flatten()), L.TimeDistributed(L.MaxPooling2D())])


def attention():
    x = keras.Input((5, 6), name="x")
    y = L.Dense(6)(x)
    heads = [
        L.MultiHeadAttention(2, 3)(x, x), L.MultiHeadAttention(3, 2, use_bias=False)(x, y),
        L.MultiHeadAttention(2, 3, output_shape=4)(x, y, key=x), L.Attention()([x, y]), L.Attention(use_scale=True)([x, y, x])]
    save("attention", keras.Model(x, heads), kinds=("keras", "h5"))


def operations():
    """Functions where layers could stand."""
    from keras import ops
    x = keras.Input((4, 6), name="x")
    y = L.Dense(6)(x)
    save("operations", keras.Model(x, [
        x * 2.0 + y, x - y, 1.0 / (x + 9.0), x[:, 1:3], x[..., 0], x[:, -1], x[:, ::2, None], x**2.0, ops.mean(x, axis=1),
        ops.sum(x, axis=-1, keepdims=True), ops.transpose(x, (0, 2, 1)), ops.reshape(x, (-1, 24)), ops.relu(x),
        ops.concatenate([x, y], axis=1), ops.matmul(x, ops.transpose(y, (0, 2, 1))), ops.expand_dims(x, 1),
        ops.softmax(x, axis=-1), ops.clip(x, 0, 1), ops.maximum(x, y), ops.sqrt(ops.square(x) + 1.0), -x, ops.abs(x),
        ops.squeeze(ops.expand_dims(x, -1), -1), ops.stack([x, y], axis=1), ops.swapaxes(x, 1, 2), ops.gelu(x),
        ops.cast(x, "float32") * 3.0]), kinds=("keras", "h5"))


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
    for make in (convolution, pooling, function, normalization, shape, merge, transposed, volume, recurrent, attention, operations, forms):
        if not wanted or make.__name__ in wanted:
            make()
