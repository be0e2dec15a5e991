"""How golden data is stored: one safetensors file a family, written without its library.

A case NAME has tensors `NAME/input0…`, `NAME/weights`, `NAME/output0…` and `NAME/gradient0…` (only
where there is a gradient), all float32, and its attributes as JSON in the metadata under NAME.
Inputs are rounded to float32 before anything is computed, in float64: what is stored is the exact
answer to the stored question, to the last digit of a float.
"""

import json
import struct
import zlib
from pathlib import Path

import numpy as np
import torch

FOLDER = Path(__file__).resolve().parent.parent / "src" / "test" / "resources" / "golden"


class Draw:
    """Random inputs that depend on the case's name alone, so that a new case changes no other."""

    def __init__(self, name):
        self.rng = np.random.default_rng(zlib.crc32(name.encode()))

    def normal(self, *shape):
        return self._tensor(self.rng.standard_normal(shape))

    def positive(self, *shape):
        return self._tensor(self.rng.uniform(0.5, 2, shape))

    def distinct(self, *shape):
        """No two elements, and no element and a multiple of 0.1, closer than 0.05: no kinks."""
        n = int(np.prod(shape))
        return self._tensor((0.1 * (self.rng.permutation(n) - n // 2 + 0.5)).reshape(shape))

    def distributions(self, *shape):
        values = self.rng.uniform(0.1, 1, shape)
        return self._tensor(values / values.sum(-1, keepdims=True))

    def one_hot(self, n, classes):
        return self._tensor(np.eye(classes)[self.rng.integers(0, classes, n)])

    @staticmethod
    def _tensor(values):
        return torch.from_numpy(np.asarray(values, np.float32).astype(np.float64))


class Family:
    """The cases of one file."""

    def __init__(self, name):
        self.name = name
        self.tensors = {}
        self.attributes = {}

    def put(self, case, part, tensor):
        array = np.ascontiguousarray(tensor.detach().numpy(), np.float32)
        self.tensors[f"{case}/{part}"] = array.reshape(tuple(tensor.shape))

    def describe(self, case, **attributes):
        if case in self.attributes:
            raise ValueError(f"two cases are named {case}")
        self.attributes[case] = json.dumps(attributes, sort_keys=True)

    def case(self, name, op, inputs, function, terms=1, differentiable=None, **attributes):
        """Runs `function(*inputs)` and its gradient; the loss is the sum of weights * output.

        terms: the length of the longest sum in the forward or backward pass, for the tolerance.
        inputs: None for an optional one that is absent.
        differentiable: positions of the inputs with a gradient; None means all.
        """
        there = [i for i, tensor in enumerate(inputs) if tensor is not None]
        absent = [i for i, tensor in enumerate(inputs) if tensor is None]
        self.describe(name, op=op, terms=terms, **attributes, **({"absent": absent} if absent else {}))
        wanted = there if differentiable is None else differentiable
        for i in wanted:
            inputs[i].requires_grad_()
        outputs = function(*inputs)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        weights = Draw(name + "/weights").normal(*outputs[0].shape)
        if wanted:
            (weights * outputs[0]).sum().backward()
        for i in there:
            self.put(name, f"input{i}", inputs[i])
            if i in wanted:
                self.put(name, f"gradient{i}", inputs[i].grad)
        for i, tensor in enumerate(outputs):
            self.put(name, f"output{i}", tensor)
        self.put(name, "weights", weights)

    def write(self):
        header, data = {"__metadata__": self.attributes}, b""
        for name, array in self.tensors.items():
            raw = array.astype("<f4").tobytes()
            offsets = [len(data), len(data) + len(raw)]
            header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": offsets}
            data += raw
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        FOLDER.mkdir(parents=True, exist_ok=True)
        path = FOLDER / f"{self.name}.safetensors"
        path.write_bytes(struct.pack("<Q", len(text)) + text + data)
        print(f"{path.name}: {len(self.attributes)} cases, {path.stat().st_size} bytes")
