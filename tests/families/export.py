"""Exports small networks of many families by both exporters of PyTorch, with what PyTorch computes of them.

    pip install torch torchvision onnx onnxscript
    python tests/families/export.py FOLDER [NAME…]

Of each network four files: by the TorchScript exporter and by that of torch.export (dynamo), with the batch fixed to 1
and open. Beside NAME.onnx stands NAME.safetensors: the inputs of two samples, the output, a target, and the gradient
of the mean squared error for every stored tensor, in evaluation mode, computed in float64. `FamiliesTest` compares.

    python tests/families/export.py --fixtures

writes those that the repository holds, one form of each, into tests/src/test/resources/families.
"""

import argparse
import copy
import json
import pathlib
import struct
import sys
import warnings

import numpy as np
import onnx
import onnx.numpy_helper
import torch
from torch import nn

from networks import FAMILIES

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "src" / "test" / "resources" / "families"
FORMS = [(exporter, batch) for exporter in ("torchscript", "dynamo") for batch in ("fixed", "open")]
SEED = 1

# Not among the fixtures: larger, or with parameters that the exporter computes with before it writes.
LARGE = ("inception", "mnasnet", "swin_v2")
OTHER_FORM = {"swin": ("torchscript", "open"), "rnn": ("torchscript", "fixed"), "convnext": ("torchscript", "fixed")}


def shaken(network):
    """Every number its own: a stored tensor is recognised by its numbers, and no gradient is hidden by a zero."""
    with torch.no_grad():
        for name, tensor in list(network.named_parameters()) + list(network.named_buffers()):
            if not tensor.is_floating_point():
                continue
            if name.endswith("running_var"):
                tensor.copy_(0.5 + torch.rand_like(tensor))
            else:
                tensor.add_(0.1 * torch.randn_like(tensor))
    return network


def copies(network):
    """The network, and where it has BatchNorm also with that folded into the convolutions, as exporters do it."""
    yield network
    if any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in network.modules()):
        from torch.fx.experimental.optimization import fuse

        try:
            yield fuse(copy.deepcopy(network))
        except Exception as e:  # Not every network can be traced.
            print(f"  not fused: {e}", file=sys.stderr)


def loss(network, inputs, target):
    return ((network(*inputs) - target) ** 2).mean()


def stacked(module, part):
    """The tensors of a recurrent layer as ONNX stores them: gates i o f c or z r h, both ways stacked."""
    order = {"LSTM": [0, 3, 1, 2], "GRU": [1, 0, 2], "RNN": [0]}[type(module).__name__]
    for layer in range(module.num_layers):
        ways = ["", "_reverse"] if module.bidirectional else [""]

        def gates(kind, way):
            tensor = part(getattr(module, f"{kind}_l{layer}{way}"))
            blocks = np.split(tensor, len(order))
            return np.concatenate([blocks[i] for i in order])

        yield np.stack([gates("weight_ih", way) for way in ways])
        yield np.stack([gates("weight_hh", way) for way in ways])
        yield np.stack([np.concatenate([gates("bias_ih", way), gates("bias_hh", way)]) for way in ways])


def references(network, inputs, target):
    """Values and gradients of all that the network learns, in the forms in which exporters store them."""
    found = []
    for each in copies(network):
        # What is folded has no gradient of its own unless it is asked for.
        exact = copy.deepcopy(each).double().requires_grad_(True)
        fed = [x.double() if x.is_floating_point() else x for x in inputs]
        loss(exact, fed, target.double()).backward()

        def value(tensor):
            return tensor.detach().numpy()

        def gradient(tensor):
            return tensor.grad.numpy() if tensor.grad is not None else np.zeros(tensor.shape)

        for _, tensor in exact.named_parameters():
            found.append((value(tensor), gradient(tensor)))
            if tensor.ndim == 2:
                found.append((value(tensor).T, gradient(tensor).T))
        for module in exact.modules():
            if isinstance(module, nn.RNNBase):
                found += zip(stacked(module, value), stacked(module, gradient))
            if isinstance(module, nn.MultiheadAttention) or hasattr(module, "in_proj_weight"):
                weight, slope = value(module.in_proj_weight), gradient(module.in_proj_weight)
                bias, lean = value(module.in_proj_bias), gradient(module.in_proj_bias)
                for part in zip(np.split(weight, 3), np.split(slope, 3)):
                    found += [part, (part[0].T, part[1].T)]
                found += zip(np.split(bias, 3), np.split(lean, 3))
    return found


def matched(file, found):
    """The gradient of every stored tensor of a file that is one of those, by its name."""
    gradients, strangers = {}, []
    for tensor in onnx.load(file).graph.initializer:
        array = onnx.numpy_helper.to_array(tensor)
        if array.dtype != np.float32:
            continue
        for value, gradient in found:
            if value.size == array.size and np.squeeze(value).shape == np.squeeze(array).shape:
                if np.allclose(value.reshape(array.shape), array, rtol=1e-4, atol=1e-6):
                    gradients[tensor.name] = gradient.reshape(array.shape)
                    break
        else:
            strangers.append(f"{tensor.name}{list(array.shape)}")
    return gradients, strangers


def export(network, inputs, file, exporter, batch):
    names = list(inputs)
    one = {name: x[:1] if batch == "fixed" else x for name, x in inputs.items()}
    arguments = tuple(one.values())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if exporter == "torchscript":
            axes = {name: {0: "batch"} for name in names + ["output"]} if batch == "open" else None
            torch.onnx.export(network, arguments, str(file), input_names=names, output_names=["output"],
                              dynamic_axes=axes, dynamo=False)
        else:
            shapes = tuple({0: torch.export.Dim("batch")} for _ in names) if batch == "open" else None
            torch.onnx.export(network, arguments, str(file), input_names=names, output_names=["output"],
                              dynamic_shapes=shapes, dynamo=True, external_data=False, verbose=False)


def save(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, array in tensors.items():
        raw = np.ascontiguousarray(array, "<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def make(folder, name, exporter, batch):
    torch.manual_seed(SEED)
    network, inputs = FAMILIES[name]()
    network = shaken(network).eval()
    values = tuple(inputs.values())
    output = copy.deepcopy(network).double()(*[x.double() if x.is_floating_point() else x for x in values])
    target = torch.randn(output.shape)
    stem = f"{name}-{exporter}-{batch}"
    file = folder / f"{stem}.onnx"
    export(network, inputs, file, exporter, batch)
    gradients, strangers = matched(file, references(network, values, target))
    tensors = {f"input/{key}": x.numpy() for key, x in inputs.items()}
    tensors |= {"output": output.detach().numpy(), "target": target.numpy()}
    tensors |= {f"gradient/{key}": g for key, g in gradients.items()}
    learnt = sum(1 for _ in network.parameters())
    save(folder / f"{stem}.safetensors", tensors, {"parameters": str(learnt)})
    size = file.stat().st_size + (folder / f"{stem}.safetensors").stat().st_size
    print(f"{stem}: {size // 1024} KiB, {learnt} parameters, {len(gradients)} recognised, "
          f"{len(strangers)} not: {' '.join(strangers)[:300]}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {' '.join(FAMILIES)}")
    parser.add_argument("--fixtures", action="store_true", help="write those of the repository")
    parser.add_argument("--only", nargs="*", metavar="NAME", help="with --fixtures: these alone")
    arguments = parser.parse_args()
    folder = FIXTURES if arguments.fixtures else arguments.folder
    if folder is None:
        parser.error("name a folder, or --fixtures")
    folder.mkdir(parents=True, exist_ok=True)
    failed = []
    fixtures = [name for name in FAMILIES if name not in LARGE]
    for name in arguments.names or arguments.only or (fixtures if arguments.fixtures else FAMILIES):
        # Each form is there a few times among the fixtures.
        form = OTHER_FORM.get(name, FORMS[list(FAMILIES).index(name) % len(FORMS)])
        for exporter, batch in [form] if arguments.fixtures else FORMS:
            try:
                make(folder, name, exporter, batch)
            except Exception as e:
                failed.append(f"{name}-{exporter}-{batch}: {type(e).__name__}: {str(e)[:300]}")
                print(failed[-1], flush=True)
    print(f"{len(failed)} not exported")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
