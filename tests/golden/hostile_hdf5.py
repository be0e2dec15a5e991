"""HDF5 files of strangers: each is a small Keras model with one thing in it that no model has.

    python3 tests/golden/hostile_hdf5.py

`HostileHdf5Test` says what each must lead to. Needs h5py alone.
"""

import json
import struct
from pathlib import Path

import h5py
import numpy as np

FOLDER = Path(__file__).resolve().parent.parent / "src" / "test" / "resources" / "golden" / "hostile"
LETTERS = 12345


def config(size):
    return json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Dense", "config": {
        "units": size or 2, "name": "d", "batch_input_shape": [None, size or 3], "use_bias": not size}}]}})


def model(name, kernel=None, bias=True, size=None, **more):
    """A whole model; `kernel` puts what it likes in the kernel's place, of the sizes that the config wants."""
    file = h5py.File(FOLDER / f"{name}.h5", "w", **more)
    file.attrs["keras_version"] = "2.4.0"
    file.attrs["backend"] = "tensorflow"
    file.attrs["model_config"] = config(size)
    group = file.create_group("model_weights/d")
    group.attrs["weight_names"] = [b"d/kernel:0"] if size else [b"d/kernel:0", b"d/bias:0"]
    inner = group.create_group("d")
    if kernel is None:
        inner["kernel:0"] = np.ones((3, 2), np.float32)
    else:
        kernel(inner)
    if bias:
        inner["bias:0"] = np.ones(2, np.float32)
    return file


def link(to):
    def put(group):
        group["kernel:0"] = to
    return put


def virtual(group):
    layout = h5py.VirtualLayout(shape=(3, 2), dtype="f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", shape=(3, 2))
    group.create_virtual_dataset("kernel:0", layout)


def external(group):
    group.create_dataset("kernel:0", (3, 2), "f4", external=[("/etc/passwd", 0, 24)])


def beyond(group):
    """A terabyte that was never written."""
    space = h5py.h5s.create_simple((1 << 20, 1 << 18))
    h5py.h5d.create(group.id, b"kernel:0", h5py.h5t.IEEE_F32LE, space)


def sparse(group):
    """As large as the heap, in chunks that were never written."""
    group.create_dataset("kernel:0", (1 << 14, 1 << 14), "f4", chunks=(64, 64))


def hollow(group):
    """The same in one piece."""
    group.create_dataset("kernel:0", (1 << 14, 1 << 14), "f4")


def bomb(group):
    """64 MB of zeros in as many bytes as a picture."""
    group.create_dataset("kernel:0", (1 << 12, 1 << 12), "f4", chunks=(1 << 12, 1 << 12), compression="gzip",
                         compression_opts=9, data=np.zeros((1 << 12, 1 << 12), np.float32))


def small_bomb(group):
    group.create_dataset("kernel:0", (3, 2), "f4", chunks=(3, 2), compression="gzip", data=np.zeros((3, 2), np.float32))


def named(group):
    kind = np.dtype([("a", "f4"), ("b", "i4")])
    group.create_dataset("kernel:0", (3, 2), kind)


def text(group):
    group.create_dataset("kernel:0", (3, 2), h5py.string_dtype())


def complete(name, **how):
    model(name, **how).close()


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    complete("good")
    complete("external_link", kernel=link(h5py.ExternalLink("/etc/passwd", "/x")))
    complete("soft_link", kernel=link(h5py.SoftLink("/model_weights/d/d/bias:0")))
    complete("soft_cycle", kernel=link(h5py.SoftLink("/model_weights/d/d/kernel:0")))
    complete("virtual", kernel=virtual)
    complete("external_data", kernel=external)
    complete("beyond", kernel=beyond)
    complete("sparse", kernel=sparse, size=1 << 14)
    complete("hollow", kernel=hollow, size=1 << 14)
    complete("bomb", kernel=bomb, size=1 << 12)
    complete("small_bomb", kernel=small_bomb)
    complete("compound", kernel=named)
    complete("text", kernel=text)
    with model("hard_cycle") as file:
        # A group that holds itself: names of any length lead somewhere.
        file["model_weights/d/d/again"] = file["model_weights/d"]
        file["model_weights/d"].attrs["weight_names"] = [b"d/" + b"again/d/" * 40 + b"kernel:0", b"d/bias:0"]
    with model("external_group", bias=False) as file:
        del file["model_weights/d"]
        file["model_weights/d"] = h5py.ExternalLink("/etc/passwd", "/x")
    with model("giant_attribute") as file:
        file.attrs.create("model_config", np.full(LETTERS, b"x"), dtype="S1")
    whole = (FOLDER / "giant_attribute.h5").read_bytes()
    assert struct.pack("<Q", LETTERS) in whole
    (FOLDER / "giant_attribute.h5").write_bytes(whole.replace(struct.pack("<Q", LETTERS), struct.pack("<Q", 1 << 40)))
    with model("many_names", libver="latest") as file:
        file["model_weights/d"].attrs.create("weight_names", np.full(1 << 12, b"d/kernel:0"), dtype="S10")
    with h5py.File(FOLDER / "cycle.weights.h5", "w") as file:
        vars = file.create_group("layers/dense/vars")
        vars["0"] = np.ones((3, 2), np.float32)
        vars["1"] = np.ones(2, np.float32)
        file["layers/dense/again"] = file["layers"]
    for path in sorted(FOLDER.iterdir()):
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
