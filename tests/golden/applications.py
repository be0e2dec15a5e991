"""Every architecture of keras.applications, saved by Keras and read by Graft: outputs and gradients.

    ./mvnw -DskipTests package test-compile
    KERAS_BACKEND=tensorflow python3 tests/golden/applications.py [NAME...]     prints a row of the table for each
    KERAS_BACKEND=tensorflow python3 tests/golden/applications.py --fixtures    writes small ones into the resources

Weights are random, normalisations have the statistics of a random batch, and the output is that before the
softmax. Each model is saved as `.keras` and as `.h5`; gradients come back in the order of either file, by
`.weights.h5` and `.h5`. Compared are the outputs, to 1e-4 of their largest, and the gradient of every parameter in
evaluation mode, to 1e-3 of its largest; gradients below 1e-7 of the largest of all are sums that cancel, and are
compared with that. A row that says FAIL, and exit status 1, if anything is further off.
"""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import h5py
import keras
import numpy as np
import tensorflow as tf
from keras import applications as A

ROOT = Path(__file__).resolve().parent.parent.parent
FIXTURES = ROOT / "tests" / "src" / "test" / "resources" / "golden" / "applications"
JAVA = os.environ.get("GRAFT_JAVA", "java -Xmx6g").split() + [
    "-cp", os.environ.get("GRAFT_CLASSES", f"{ROOT}/tests/target/test-classes:{ROOT}/cli/target/graft/lib/*"),
    "dev.graft.tests.keras.KerasGradients"]

# In the place of a weight that no gradient changes.
UNTRAINED = 12345.0

# The least size that an architecture takes, where it is not 32.
LEAST = {"InceptionV3": 75, "InceptionResNetV2": 75, "Xception": 71, "NASNetLarge": 64, "NASNetMobile": 64}
NAMES = """Xception VGG16 VGG19 ResNet50 ResNet101 ResNet152 ResNet50V2 ResNet101V2 ResNet152V2 InceptionV3
InceptionResNetV2 MobileNet MobileNetV2 MobileNetV3Small MobileNetV3Large DenseNet121 DenseNet169 DenseNet201
NASNetMobile NASNetLarge EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3 EfficientNetB4 EfficientNetB5
EfficientNetB6 EfficientNetB7 EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 EfficientNetV2S
EfficientNetV2M EfficientNetV2L ConvNeXtTiny ConvNeXtSmall ConvNeXtBase ConvNeXtLarge ConvNeXtXLarge""".split()


def coarse(values, steps):
    """Few different numbers, which an archive packs well; None leaves them as they are."""
    if steps is None:
        return values
    step = 2.0 ** np.round(np.log2(max(np.abs(values).max(), 1e-9) / steps))
    return np.round(values / step) * step


def randomise(model, x, steps=None):
    """Signals of the same size through all layers, and no two weights in each other's place."""
    rng = np.random.default_rng(7)
    for weight in model.weights:
        shape = weight.shape
        if "seed" in weight.path:
            continue
        if "kernel" in weight.name:
            depthwise = "depthwise" in weight.path and "pointwise" not in weight.path
            fan = np.prod(shape[:2]) if depthwise else np.prod(shape[:-1])
            values = rng.normal(0, np.sqrt(1.5 / fan), shape)
        elif weight.name == "gamma":
            values = rng.uniform(0.5, 1.2, shape)
        elif "variance" in weight.name:
            values = rng.uniform(0.6, 1.4, shape)
        else:
            values = rng.normal(0, 0.1, shape)
        weight.assign(coarse(values, steps))
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization) and layer.input_mean is None:
            layer.finalize_state()
    norms = [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in norms]
    for layer in norms:
        layer.momentum = 0.0
    if norms:
        model(x, training=True)
    for layer, momentum in zip(norms, momenta):
        layer.momentum = momentum
        variance = np.asarray(layer.moving_variance.value)
        # Over few pixels a channel may be constant.
        variance = np.maximum(variance, 0.3 * variance.mean() + 1e-3) * rng.uniform(0.8, 1.2, variance.shape)
        layer.moving_variance.assign(coarse(variance, steps and 4 * steps))
        layer.moving_mean.assign(coarse(np.asarray(layer.moving_mean.value), steps and 4 * steps))


def computed(model, x, factors):
    """The output in evaluation mode, and a gradient for each trained weight, by the path of its file."""
    with tf.GradientTape() as tape:
        y = model(x, training=False)
        mean = tf.reduce_mean(y * factors)
    variables = [w.value for w in model.trainable_weights]
    gradients = tape.gradient(mean, variables)
    before = [np.asarray(w.value) for w in model.weights]
    for weight in model.weights:
        weight.assign(np.full(weight.shape, UNTRAINED))
    for weight, gradient in zip(model.trainable_weights, gradients):
        weight.assign(np.zeros(weight.shape) if gradient is None else tf.convert_to_tensor(gradient))
    with tempfile.TemporaryDirectory() as folder:
        model.save_weights(f"{folder}/g.weights.h5")
        found = arrays(f"{folder}/g.weights.h5")
    found = {name: values for name, values in found.items() if not np.all(values == UNTRAINED)}
    for weight, values in zip(model.weights, before):
        weight.assign(values)
    return np.array(y), found, len(variables)


def arrays(path):
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, node: found.update({name: np.array(node)})
                        if isinstance(node, h5py.Dataset) and "seed" not in name else None)
    return {name: values for name, values in found.items() if values.size}


def text(name):
    return name.decode() if isinstance(name, bytes) else name


def lists(path):
    """The arrays of each layer, as a whole .h5 has them."""
    found = {}
    with h5py.File(path) as file:
        for layer in map(text, file.attrs["layer_names"]):
            found[layer] = [np.array(file[layer][text(name)]) for name in file[layer].attrs["weight_names"]]
    return found


def reading(folder, name, out):
    run = subprocess.run(JAVA + [f"{folder}/{name}", f"{folder}/x.npy", f"{folder}/c.npy", f"{folder}/y.npy",
                                 f"{folder}/{out}"], capture_output=True, text=True)
    if run.returncode:
        lines = (run.stderr or run.stdout).strip().splitlines() or ["no output"]
        raise RuntimeError(next((line for line in lines if "Exception" in line or "Error" in line), lines[-1])[:300])
    return np.load(f"{folder}/y.npy")


def off(found, expected, least=0.0):
    return float(np.abs(found - expected).max() / max(np.abs(expected).max(), least, 1e-30))


def compared(model, x, factors):
    y, gradients, count = computed(model, x, factors)
    largest = max(np.abs(g).max() for g in gradients.values())
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/x.npy", x)
        np.save(f"{folder}/c.npy", factors)
        model.save(f"{folder}/m.keras")
        output = off(reading(folder, "m.keras", "g.weights.h5"), y)
        found = arrays(f"{folder}/g.weights.h5")
        worst, where = 0.0, ""
        for name, expected in gradients.items():
            if name not in found:
                raise RuntimeError(f"no gradient of {name}")
            error = off(found[name], expected, 1e-7 * largest)
            if error > worst:
                worst, where = error, name
        os.remove(f"{folder}/m.keras")
        model.save(f"{folder}/m.h5")
        output_h5 = off(reading(folder, "m.h5", "g.h5"), y)
        h5 = lists(f"{folder}/g.h5")
        flat = [g for layer in model.layers for g in h5.get(layer.name, [])]
        by_path = sorted(float(np.abs(g).sum()) for g in found.values())
        by_list = sorted(float(np.abs(g).sum()) for g in flat)
        order = off(np.array(by_list), np.array(by_path)) if len(by_list) == len(by_path) else 1.0
    return output, worst, where, output_h5, order, count


def applications(names):
    failed = False
    for name in names:
        size = LEAST.get(name, 32)
        keras.utils.clear_session()
        more = {"include_preprocessing": True} if name.startswith(("MobileNetV3", "EfficientNetV2", "ConvNeXt")) else {}
        model = getattr(A, name)(weights=None, input_shape=(size, size, 3), classes=10, classifier_activation=None, **more)
        rng = np.random.default_rng(1)
        x = rng.uniform(0, 255, (24, size, size, 3)).astype(np.float32)
        scaled = "Rescaling" in [type(layer).__name__ for layer in model.layers[:3]]
        x = x if scaled else x / 127.5 - 1
        factors = rng.standard_normal((2, 10)).astype(np.float32)
        try:
            randomise(model, x)
            output, gradient, where, output_h5, order, count = compared(model, x[:2], factors)
            good = max(output, output_h5) <= 1e-4 and gradient <= 1e-3 and order <= 1e-3
            verdict = "" if good else f" FAIL at {where}, order {order:.1e}"
            print(f"| {name} | {size} | {model.count_params() / 1e6:.1f} | {count} | {output:.1e} | {output_h5:.1e} "
                  f"| {gradient:.1e} |{verdict}", flush=True)
        except RuntimeError as e:
            good = False
            print(f"| {name} | {size} | {model.count_params() / 1e6:.1f} | FAIL {e}", flush=True)
        failed |= not good
    sys.exit(failed)


def part(model, layer):
    """A network up to one of its layers, and a small classifier behind it."""
    y = keras.layers.GlobalAveragePooling2D(name="pool")(model.get_layer(layer).output)
    return keras.Model(model.input, keras.layers.Dense(3, name="predictions")(y), name=model.name)


def small():
    """Narrow or cut off: a fixture is a few tens of kilobytes."""
    from keras.src.applications import convnext, densenet
    shape = {"weights": None, "input_shape": (32, 32, 3)}
    top = {"classes": 3, "classifier_activation": None, **shape}
    yield "mobilenet", part(A.MobileNet(alpha=0.25, **shape), "conv_pw_4_relu")
    yield "mobilenet_v2", part(A.MobileNetV2(alpha=0.35, **shape), "block_4_add")
    yield "mobilenet_v3", part(A.MobileNetV3Small(alpha=0.5, **shape), last(A.MobileNetV3Small(alpha=0.5, **shape), 70))
    yield "efficientnet", part(A.EfficientNetB0(**shape), "block2b_add")
    yield "efficientnet_v2", part(A.EfficientNetV2B0(**shape), "block2b_add")
    yield "convnext", convnext.ConvNeXt(depths=[1, 1, 1, 1], projection_dims=[4, 8, 12, 16], name="convnext", **top)
    yield "densenet", part(densenet.DenseNet([1, 1, 1, 1], **shape), "conv2_block1_concat")
    yield "resnet", part(A.ResNet50(**shape), "conv2_block1_out")


def last(model, limit):
    """The last join within so many layers."""
    return [layer.name for layer in model.layers[:limit] if isinstance(layer, keras.layers.Add)][-1]


def pack(path):
    """The same archive, compressed, and without the time at which it was made."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["metadata.json"] = json.dumps({"keras_version": keras.__version__}).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in members.items():
            archive.writestr(zipfile.ZipInfo(name), contents, zipfile.ZIP_DEFLATED, 9)


def fixtures():
    """`NAME.keras`, `.input.npy`, `.factors.npy`, `.output.npy`, and some elements of each gradient in `.gradients.json`."""
    FIXTURES.mkdir(parents=True, exist_ok=True)
    for name, model in small():
        rng = np.random.default_rng(1)
        scaled = "Rescaling" in [type(layer).__name__ for layer in model.layers[:3]]
        size = model.input_shape[1]
        x = rng.integers(0, 16, (24, size, size, 3)).astype(np.float32)
        x = x * 17 if scaled else x / 8 - 1
        factors = rng.standard_normal((2, 3)).astype(np.float32)
        randomise(model, x, steps=3)
        y, gradients, count = computed(model, x[:2], factors)
        model.save(FIXTURES / f"{name}.keras")
        pack(FIXTURES / f"{name}.keras")
        for kind, values in [("input", x[:2]), ("factors", factors), ("output", y)]:
            np.save(FIXTURES / f"{name}.{kind}.npy", values)
        some = {}
        for path, g in gradients.items():
            flat = g.ravel()
            at = np.unique(np.concatenate([[np.abs(flat).argmax()], rng.integers(0, flat.size, 5)]))
            some[path] = {"at": at.tolist(), "values": [float(f"{v:.6g}") for v in flat[at]]}
        (FIXTURES / f"{name}.gradients.json").write_text(json.dumps(some, separators=(",", ":")))
        print(name, count, "gradients", sum(f.stat().st_size for f in FIXTURES.glob(f"{name}.*")) // 1000, "kB", y[0])


if __name__ == "__main__":
    if sys.argv[1:] == ["--fixtures"]:
        fixtures()
    else:
        applications(sys.argv[1:] or NAMES)
