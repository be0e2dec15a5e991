"""Golden values and gradients of every operation, from PyTorch.

    python3 tests/golden/ops.py

writes src/test/resources/golden/*.safetensors (see fixtures.py for the format), which are committed:
the tests need no Python. Written with Python 3.11, PyTorch 2.13.0 (CPU) and NumPy 2.4.6; the files
depend on the versions in the last digit at most. Attributes have the names of ONNX.
"""

import numpy as np
import torch
import torch.nn.functional as F

from fixtures import Draw, Family
from losses import distillation, losses, optimizers
from recurrent import recurrent
from training import training

SAME_UPPER, SAME_LOWER, VALID, NOTSET = "SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"


def resolved(size, window, axis):
    """Pads before and behind along one axis, after the text of ONNX."""
    kernel, stride, dilation = (window[k][axis] for k in ("kernel", "strides", "dilations"))
    if window["auto_pad"] == VALID:
        return 0, 0
    if window["auto_pad"] == NOTSET:
        return window["pads"][axis], window["pads"][axis + len(window["kernel"])]
    out = -(-size // stride)
    total = max(0, (out - 1) * stride + dilation * (kernel - 1) + 1 - size)
    small = total // 2
    return (small, total - small) if window["auto_pad"] == SAME_UPPER else (total - small, small)


def padded(x, window, value):
    pads = []
    for axis in reversed(range(len(window["kernel"]))):
        pads += resolved(x.shape[2 + axis], window, axis)
    return F.pad(x, pads, value=value)


def window(kernel, strides=None, pads=None, dilations=None, auto_pad=NOTSET, ceil=False):
    axes = len(kernel)
    return {
        "kernel": kernel,
        "strides": strides or [1] * axes,
        "pads": pads or [0] * 2 * axes,
        "dilations": dilations or [1] * axes,
        "auto_pad": auto_pad,
        "ceil": ceil,
    }


def convolutions():
    family = Family("convolution")

    def case(name, x, w, groups=1, bias=True, **attributes):
        d = Draw(name)
        win = window(list(w[2:]), **attributes)
        inputs = [d.normal(*x), d.normal(*w)] + ([d.normal(w[0])] if bias else [])

        def run(x, w, b=None):
            f = F.conv1d if w.dim() == 3 else F.conv2d
            x = padded(x, win, 0)
            return f(x, w, b, stride=win["strides"], dilation=win["dilations"], groups=groups)

        positions = int(np.prod(run(*inputs).shape)) // w[0]
        terms = max(int(np.prod(w[1:])), positions, int(np.prod(w)) // groups // w[1])
        family.case(name, "Conv", inputs, run, terms, group=groups, **win)

    case("3x3", (2, 3, 9, 7), (5, 3, 3, 3), pads=[1, 1, 1, 1])
    case("many channels", (1, 17, 5, 9), (19, 17, 3, 3), pads=[1, 1, 1, 1])
    case("1x1", (3, 13, 5, 7), (11, 13, 1, 1))
    case("1x1 stride 2", (1, 5, 7, 6), (3, 5, 1, 1), strides=[2, 2], bias=False)
    case("stride 2", (2, 4, 11, 13), (6, 4, 3, 3), strides=[2, 2], pads=[1, 1, 1, 1])
    case("7x7 stride 2", (1, 3, 17, 19), (4, 3, 7, 7), strides=[2, 2], pads=[3, 3, 3, 3])
    case("uneven", (2, 3, 9, 8), (4, 3, 3, 2), strides=[2, 1], pads=[1, 0, 2, 3], dilations=[1, 2])
    case("dilation", (1, 2, 11, 12), (3, 2, 3, 3), dilations=[2, 3])
    case("groups", (2, 6, 7, 5), (9, 2, 3, 3), groups=3, pads=[1, 1, 1, 1])
    case("depthwise", (2, 7, 9, 11), (7, 1, 3, 3), groups=7, pads=[1, 1, 1, 1], bias=False)
    case("depthwise stride 2", (1, 5, 10, 9), (5, 1, 3, 3), groups=5, strides=[2, 2],
         pads=[0, 0, 1, 1])
    case("depthwise 5x5", (1, 3, 9, 8), (3, 1, 5, 5), groups=3, pads=[2, 2, 2, 2])
    case("depthwise multiplier", (1, 3, 6, 7), (6, 1, 3, 3), groups=3, pads=[1, 1, 1, 1])
    case("same upper", (1, 2, 7, 10), (3, 2, 2, 3), strides=[2, 2], auto_pad=SAME_UPPER)
    case("same lower", (1, 2, 7, 10), (3, 2, 2, 3), strides=[2, 2], auto_pad=SAME_LOWER)
    case("valid", (1, 2, 7, 10), (3, 2, 2, 3), auto_pad=VALID)
    case("one axis", (2, 3, 23), (5, 3, 4), strides=[2], pads=[1, 2])
    case("kernel as large as the input", (3, 4, 5, 3), (7, 4, 5, 3))
    spread(family)
    return family


def spread(family):
    def case(name, x, w, padding=(0, 0), groups=1, bias=True, **attributes):
        d = Draw(name)
        win = window(list(w[2:]), **attributes)
        axes = len(win["kernel"])
        outputs = w[1] * groups
        inputs = [d.normal(*x), d.normal(*w)] + ([d.normal(outputs)] if bias else [])

        def run(x, w, b=None):
            f = F.conv_transpose1d if axes == 1 else F.conv_transpose2d
            return f(x, w, b, win["strides"], win["pads"][:axes], padding[:axes], groups,
                     win["dilations"])

        terms = max(int(np.prod(w)), int(np.prod(run(*inputs).shape)) // outputs)
        family.case(name, "ConvTranspose", inputs, run, terms, group=groups,
                    output_padding=list(padding[:axes]), **win)

    case("transposed stride 2", (2, 5, 4, 5), (5, 3, 3, 3), (1, 1), strides=[2, 2],
         pads=[1, 1, 1, 1])
    case("transposed groups", (1, 4, 5, 3), (4, 3, 4, 2), groups=2, strides=[2, 1],
         pads=[1, 0, 1, 0], bias=False)
    case("transposed dilation", (1, 2, 5, 4), (2, 3, 3, 2), dilations=[2, 3])
    case("transposed one axis", (2, 3, 7), (3, 2, 4), (1,), strides=[3], pads=[1, 1])


def resizings(family):
    """F.interpolate, in ONNX's words."""

    def case(name, x, mode, coordinates, scales=None, sizes=None, nearest="floor", **options):
        d = Draw(name)
        about = {"align_corners": coordinates == "align_corners"} if mode != "nearest" else {}
        about |= {"antialias": True} if options.get("antialias") else {}
        torch_mode = {"nearest": "nearest", "linear": "bilinear", "cubic": "bicubic"}[mode]

        def run(x):
            f = tuple(scales[2:]) if scales else None
            return F.interpolate(x, size=sizes[2:] if sizes else None, scale_factor=f,
                                 mode=torch_mode, **about)

        family.case(name, "Resize", [d.normal(*x)], run, 64, mode=mode,
                    coordinates=coordinates, scales=scales or [], sizes=sizes or [],
                    nearest=nearest, antialias=bool(options.get("antialias")))

    case("nearest twice", (2, 3, 4, 5), "nearest", "asymmetric", scales=[1.0, 1.0, 2.0, 3.0])
    case("nearest fewer", (1, 2, 7, 5), "nearest", "asymmetric", sizes=[0, 0, 4, 3])
    case("linear twice", (2, 3, 4, 5), "linear", "half_pixel", scales=[1.0, 1.0, 2.0, 2.0])
    case("linear corners", (1, 2, 4, 5), "linear", "align_corners", sizes=[0, 0, 7, 3])
    case("cubic", (1, 2, 4, 5), "cubic", "half_pixel", sizes=[0, 0, 7, 9])
    case("linear antialias", (1, 2, 9, 8), "linear", "half_pixel", sizes=[0, 0, 4, 3],
         antialias=True)


def poolings():
    family = Family("pooling")

    def maximum(name, x, kernel, **attributes):
        win = window(kernel, **attributes)

        def run(x):
            f = F.max_pool1d if x.dim() == 3 else F.max_pool2d
            return f(padded(x, win, -np.inf), kernel, win["strides"], 0, win["dilations"],
                     ceil_mode=win["ceil"])

        family.case(name, "MaxPool", [Draw(name).distinct(*x)], run, int(np.prod(kernel)), **win)

    def average(name, x, kernel, include, **attributes):
        win = window(kernel, **attributes)
        symmetric = win["auto_pad"] == NOTSET

        def run(x):
            f = F.avg_pool1d if x.dim() == 3 else F.avg_pool2d
            if symmetric:
                pads = win["pads"][: len(kernel)]
                return f(x, kernel, win["strides"], pads, win["ceil"], include)
            sums = f(padded(x, win, 0), kernel, win["strides"])
            return sums if include else sums / f(padded(torch.ones_like(x), win, 0), kernel,
                                                 win["strides"])

        family.case(name, "AveragePool", [Draw(name).normal(*x)], run, int(np.prod(kernel)),
                    count_include_pad=include, **win)

    maximum("max 2x2", (2, 3, 6, 8), [2, 2], strides=[2, 2])
    maximum("max 3x3", (1, 5, 9, 11), [3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    maximum("max ceil", (1, 3, 8, 10), [3, 3], strides=[2, 2], ceil=True)
    maximum("max dilation", (1, 2, 7, 8), [2, 3], dilations=[3, 2])
    maximum("max uneven", (1, 2, 7, 8), [3, 2], strides=[2, 1], pads=[1, 0, 2, 1])
    maximum("max same upper", (1, 2, 7, 8), [2, 3], strides=[2, 2], auto_pad=SAME_UPPER)
    maximum("max same lower", (1, 2, 7, 8), [2, 3], strides=[2, 2], auto_pad=SAME_LOWER)
    maximum("max one axis", (2, 2, 13), [3], strides=[2], pads=[1, 1])
    average("average 2x2", (2, 3, 6, 8), [2, 2], False, strides=[2, 2])
    for include in (False, True):
        tail = "counting pads" if include else "without pads"
        pads = {"strides": [2, 2], "pads": [1, 1, 1, 1]}
        average(f"average {tail}", (1, 3, 9, 7), [3, 3], include, **pads)
        average(f"average ceil {tail}", (1, 2, 8, 10), [3, 3], include, ceil=True, **pads)
        average(f"average same upper {tail}", (1, 2, 7, 8), [2, 3], include, strides=[2, 2],
                auto_pad=SAME_UPPER)
        average(f"average same lower {tail}", (1, 2, 7, 8), [2, 3], include, strides=[2, 2],
                auto_pad=SAME_LOWER)
        average(f"average one axis {tail}", (2, 2, 13), [3], include, strides=[2], pads=[1, 1])
    d = Draw("global")
    family.case("global average", "GlobalAveragePool", [d.normal(2, 5, 7, 9)],
                lambda x: x.mean((2, 3), keepdim=True), 63)
    family.case("global average one axis", "GlobalAveragePool", [d.normal(2, 5, 7)],
                lambda x: x.mean(2, keepdim=True), 7)
    family.case("global max", "GlobalMaxPool", [d.distinct(2, 5, 7, 9)],
                lambda x: x.amax((2, 3), keepdim=True))
    return family


def products():
    family = Family("product")

    def matmul(name, a, b):
        d = Draw(name)
        family.case(name, "MatMul", [d.normal(*a), d.normal(*b)], torch.matmul,
                    max(a + b) * max(a[:-2] + b[:-2] + (1,)))

    matmul("matrices", (13, 17), (17, 19))
    matmul("batch", (3, 5, 7), (3, 7, 4))
    matmul("shared right operand", (3, 5, 7), (7, 9))
    matmul("shared left operand", (5, 7), (3, 7, 9))
    matmul("crossed batches", (3, 1, 2, 5), (2, 5, 4))
    matmul("vectors", (23,), (23,))
    matmul("row by batch", (7,), (3, 7, 5))
    matmul("batch by column", (3, 5, 7), (7,))

    def gemm(name, bias, alpha=1.0, beta=1.0, a_t=False, b_t=False):
        d = Draw(name)
        m, k, n = 9, 21, 11
        a, b = d.normal(*((k, m) if a_t else (m, k))), d.normal(*((n, k) if b_t else (k, n)))
        inputs = [a, b] + ([] if bias is None else [d.normal(*bias)])

        def run(a, b, c=None):
            y = alpha * (a.T if a_t else a) @ (b.T if b_t else b)
            return y if c is None else y + beta * c

        family.case(name, "Gemm", inputs, run, max(k, m * n), alpha=alpha, beta=beta,
                    transA=int(a_t), transB=int(b_t))

    for a_t in (False, True):
        for b_t in (False, True):
            gemm(f"gemm transposes {int(a_t)}{int(b_t)}", (11,), 0.5, 2.0, a_t, b_t)
    gemm("gemm without bias", None, b_t=True)
    gemm("gemm column bias", (9, 1), beta=1.5)
    gemm("gemm full bias", (9, 11))
    gemm("gemm scalar bias", ())
    return family


def normalisations():
    family = Family("normalisation")

    def norm(name, x, training, epsilon=1e-5, momentum=0.9):
        d = Draw(name)
        c = x[1]
        inputs = [d.normal(*x) * 2 + 1, d.normal(c), d.normal(c), d.normal(c), d.positive(c)]
        inputs = [i.float().double() for i in inputs]
        m = int(np.prod(x)) // c

        def run(x, scale, bias, mean, variance):
            means, variances = mean.clone(), variance.clone()
            # PyTorch's momentum is the weight of the new; ONNX's that of the old.
            y = F.batch_norm(x, means, variances, scale, bias, training, 1 - momentum, epsilon)
            if not training:
                return y
            # PyTorch updates with the unbiased variance, ONNX with the biased one.
            unbiased = (variances - momentum * variance) / (1 - momentum)
            biased = unbiased * (m - 1) / m
            return y, means, momentum * variance + (1 - momentum) * biased

        family.case(name, "BatchNormalization", inputs, run, m, [0, 1, 2], epsilon=epsilon,
                    momentum=momentum, training_mode=int(training))

    for training in (False, True):
        tail = "training" if training else "inference"
        norm(f"norm {tail}", (3, 5, 7, 9), training)
        norm(f"norm vectors {tail}", (17, 3), training, epsilon=1e-3)
        norm(f"norm sequences {tail}", (4, 3, 11), training, momentum=0.99)
        norm(f"norm one channel {tail}", (2, 1, 5, 5), training)

    def within(name, op, x, parameters, function, terms, **attributes):
        d = Draw(name)
        inputs = [d.normal(*x) * 2 + 1] + [d.normal(*p) for p in parameters]
        family.case(name, op, [i.float().double() for i in inputs], function, terms, **attributes)

    within("layer norm", "LayerNormalization", (5, 17), [(17,), (17,)],
           lambda x, s, b: F.layer_norm(x, (17,), s, b, 1e-5), 17, axis=-1, epsilon=1e-5)
    within("layer norm two axes", "LayerNormalization", (2, 3, 5, 7), [(5, 7)],
           lambda x, s: F.layer_norm(x, (5, 7), s, None, 1e-3), 35, axis=2, epsilon=1e-3)
    within("rms norm", "RMSNormalization", (5, 17), [(17,)],
           lambda x, s: F.rms_norm(x, (17,), s, 1e-5), 17, axis=-1, epsilon=1e-5)
    within("rms norm two axes", "RMSNormalization", (2, 3, 5, 7), [(5, 7)],
           lambda x, s: F.rms_norm(x, (5, 7), s, 1e-3), 35, axis=2, epsilon=1e-3)
    within("group norm", "GroupNormalization", (2, 6, 5, 3), [(6,), (6,)],
           lambda x, s, b: F.group_norm(x, 3, s, b, 1e-5), 30, num_groups=3, epsilon=1e-5)
    within("instance norm", "InstanceNormalization", (2, 3, 5, 7), [(3,), (3,)],
           lambda x, s, b: F.instance_norm(x, weight=s, bias=b, eps=1e-5), 70, epsilon=1e-5)
    def attention(name, heads, q, k, v, mask=None):
        d = Draw(name)
        inputs = [d.normal(*q), d.normal(*k), d.normal(*v)] + ([d.normal(*mask)] if mask else [])
        scale = (q[2] // heads) ** -0.5

        def run(q, k, v, mask=None):
            apart = lambda x: x.reshape(*x.shape[:2], heads, -1).transpose(1, 2)
            y = F.scaled_dot_product_attention(apart(q), apart(k), apart(v), mask, scale=scale)
            return y.transpose(1, 2).flatten(2)

        family.case(name, "Attention", inputs, run, k[1] + q[2] // heads, heads=heads, scale=scale)

    attention("attention", 3, (2, 7, 12), (2, 17, 12), (2, 17, 15))
    attention("attention masked", 2, (2, 33, 64), (2, 33, 64), (2, 33, 64), (2, 1, 1, 33))
    attention("attention biased", 2, (1, 5, 6), (1, 4, 6), (1, 4, 10), (2, 5, 4))
    for op, function in (("Softmax", F.softmax), ("LogSoftmax", F.log_softmax)):
        for axis in (0, 1, 2, -1):
            name = f"{op} axis {axis}"
            x = (Draw(name).normal(3, 17, 5) * 4).float().double()
            family.case(name, op, [x], lambda x, f=function, a=axis: f(x, a), 17, axis=axis)
        name = f"{op} of large logits"
        x = (Draw(name).normal(4, 10) * 60).float().double()
        family.case(name, op, [x], lambda x, f=function: f(x, 1), 10, axis=1)
    return family


def functions():
    family = Family("function")

    def unary(name, op, function, draw=lambda d: d.distinct(7, 11), **attributes):
        family.case(name, op, [draw(Draw(name))], function, **attributes)

    unary("relu", "Relu", torch.relu)
    unary("leaky relu", "LeakyRelu", lambda x: F.leaky_relu(x, 0.1), alpha=0.1)
    unary("relu6", "Clip", F.relu6, min=0.0, max=6.0)
    unary("clip", "Clip", lambda x: x.clamp(-1.2, 0.7), min=-1.2, max=0.7)
    unary("sigmoid", "Sigmoid", torch.sigmoid, lambda d: d.distinct(17, 21))
    unary("tanh", "Tanh", torch.tanh, lambda d: d.distinct(17, 21))
    unary("exp", "Exp", torch.exp, lambda d: d.distinct(9, 13))
    wide = lambda d: d.distinct(9, 13)  # From -5.85 on: both sides of every kink.
    above = lambda d: d.positive(7, 11)
    for op in ("Abs", "Atan", "Cos", "Erf", "Floor", "Neg", "Sin"):
        unary(op.lower(), op, getattr(torch, op.lower()), wide)
    for op in ("Log", "Reciprocal", "Sqrt"):
        unary(op.lower(), op, getattr(torch, op.lower()), above)
    unary("elu", "Elu", lambda x: F.elu(x, 0.7), wide, alpha=0.7)
    unary("gelu", "Gelu", F.gelu, wide, approximate="none")
    unary("gelu tanh", "Gelu", lambda x: F.gelu(x, approximate="tanh"), wide, approximate="tanh")
    unary("hard sigmoid", "HardSigmoid", lambda x: (0.2 * x + 0.5).clamp(0, 1), wide, alpha=0.2,
          beta=0.5)
    unary("hard swish", "HardSwish", F.hardswish, wide)
    unary("mish", "Mish", F.mish, wide)
    unary("selu", "Selu", F.selu, wide, alpha=1.6732632423543772, gamma=1.0507009873554805)
    unary("softplus", "Softplus", F.softplus, wide)
    unary("softsign", "Softsign", F.softsign, wide)
    unary("silu", "Swish", F.silu, wide, alpha=1.0)
    unary("swish", "Swish", lambda x: x * torch.sigmoid(1.7 * x), wide, alpha=1.7)
    unary("identity", "Identity", lambda x: x * 1)
    unary("dropout inactive", "Dropout", lambda x: x * 1, ratio=0.4, active=False, key=0)
    ratio, key = 0.375, 0x123456789ABCDEF
    kept = torch.from_numpy((uniform(key, 77) >= ratio).astype(np.float64).reshape(7, 11))
    unary("dropout", "Dropout", lambda x: x * kept / (1 - ratio), ratio=ratio, active=True, key=key)
    for op, f in (("Add", torch.add), ("Sub", torch.sub), ("Mul", torch.mul), ("Div", torch.div)):
        for name, a, b in (
            ("same", (3, 5, 7), (3, 5, 7)),
            ("vector", (3, 5, 7), (7,)),
            ("channels", (2, 5, 3, 7), (5, 1, 1)),
            ("crossed", (3, 1, 7), (1, 5, 1)),
            ("left broadcast", (7,), (3, 5, 7)),
            ("scalar", (5, 7), ()),
        ):
            name = f"{op} {name}"
            d = Draw(name)
            terms = max(int(np.prod(a)), int(np.prod(b)))
            family.case(name, op, [d.normal(*a), d.positive(*b)], f, terms)
    for op, f in (("Max", torch.maximum), ("Min", torch.minimum)):
        d = Draw(op)
        family.case(op.lower(), op, [d.distinct(3, 5, 7), d.normal(5, 1)], f, 21)
    for op, f in (("Greater", torch.gt), ("Equal", torch.eq)):
        d = Draw(op)
        family.case(op.lower(), op, [d.distinct(3, 5), d.distinct(3, 5)],
                    lambda a, b, f=f: f(a, b).double(), differentiable=[])
    truths = [Draw(f"truths {i}").normal(3, 5).gt(0).double() for i in range(2)]
    for op, f in (("And", torch.logical_and), ("Or", torch.logical_or)):
        family.case(op.lower(), op, [t.clone() for t in truths],
                    lambda a, b, f=f: f(a, b).double(), differentiable=[])
    family.case("not", "Not", [truths[0].clone()], lambda a: 1 - a, differentiable=[])
    d = Draw("Where")
    family.case("where", "Where", [truths[0].clone(), d.normal(5), d.normal(2, 1, 1)],
                lambda c, a, b: torch.where(c.bool(), a, b), 15, differentiable=[1, 2])
    d = Draw("Pow")
    family.case("pow", "Pow", [d.positive(3, 1, 7), d.normal(5, 1)], torch.pow, 21)
    d = Draw("PRelu")
    family.case("prelu", "PRelu", [d.distinct(2, 5, 3, 2), d.normal(5, 1, 1)],
                lambda x, s: F.prelu(x, s.flatten()), 12)
    return family


def uniform(key, n):
    """The counter-based generator: SplitMix64 of key + (i + 1) * golden gamma, upper 24 bits."""
    with np.errstate(over="ignore"):
        z = np.uint64(key) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) * 2.0**-24


def layouts():
    family = Family("layout")

    def case(name, op, shapes, function, terms=1, **attributes):
        d = Draw(name)
        family.case(name, op, [d.normal(*s) for s in shapes], function, terms, **attributes)

    case("concat", "Concat", [(2, 3, 5), (2, 1, 5), (2, 4, 5)], lambda *x: torch.cat(x, 1), axis=1)
    case("concat last", "Concat", [(2, 3), (2, 7)], lambda *x: torch.cat(x, -1), axis=-1)

    def sliced(name, shape, starts, ends, axes, steps):
        def run(x):
            for start, end, axis, step in zip(starts, ends, axes, steps):
                taken = np.arange(x.shape[axis])[start:end:step].copy()
                x = x.index_select(axis, torch.from_numpy(taken))
            return x

        case(name, "Slice", [shape], run, starts=starts, ends=ends, axes=axes, steps=steps)

    d = Draw("slice like")
    family.case("slice like", "SliceLike", [d.normal(3, 9, 5), d.normal(2, 4)],
                lambda x, like: x[:, : like.shape[1]], 1, [0], axis=1, like_axis=-1)

    last = 2**63 - 1
    sliced("slice", (3, 9, 5), [1, 2], [3, last], [0, 1], [1, 3])
    sliced("slice backwards", (3, 9, 5), [-1, 7], [-last - 1, 1], [2, 1], [-1, -2])
    sliced("slice negative", (7, 3), [-5], [-1], [0], [2])
    case("mean spatial", "ReduceMean", [(2, 3, 5, 7)], lambda x: x.mean((2, 3), keepdim=True), 35,
         axes=[2, 3], keepdims=1)
    case("mean dropped", "ReduceMean", [(2, 3, 5)], lambda x: x.mean((0, -1)), 10, axes=[0, -1],
         keepdims=0)
    case("mean all", "ReduceMean", [(2, 3, 5)], lambda x: x.mean(), 30, axes=[], keepdims=0)
    case("sum", "ReduceSum", [(2, 3, 5, 7)], lambda x: x.sum((1, 3)), 21, axes=[1, -1], keepdims=0)
    case("largest", "ReduceMax", [(2, 3, 5, 7)], lambda x: x.amax((1, 3), keepdim=True), axes=[1, -1],
         keepdims=1)
    case("expand", "Expand", [(3, 1)], lambda x: x.expand(2, 3, 5), 10, shape=[2, 1, 5])
    case("flatten", "Flatten", [(2, 3, 5, 7)], lambda x: x.reshape(6, 35), axis=2)
    case("reshape", "Reshape", [(2, 3, 4, 5)], lambda x: x.reshape(2, -1, 10), shape=[0, -1, 10])
    case("transpose", "Transpose", [(2, 3, 4, 5)], lambda x: x.permute(0, 2, 3, 1),
         perm=[0, 2, 3, 1])
    case("transpose cycle", "Transpose", [(3, 5, 7)], lambda x: x.permute(2, 0, 1), perm=[2, 0, 1])
    case("transpose reversed", "Transpose", [(3, 5, 7)], lambda x: x.permute(2, 1, 0), perm=[])
    case("squeeze", "Squeeze", [(3, 1, 5, 1)], lambda x: x.squeeze(-1).squeeze(1), axes=[1, -1])
    case("unsqueeze", "Unsqueeze", [(3, 5)], lambda x: x[None, :, :, None], axes=[0, -1])
    case("pad", "Pad", [(3, 5)], lambda x: F.pad(x, (2, 3, 1, 0), value=0.5), pads=[1, 2, 0, 3],
         mode="constant", value=0.5)
    case("pad negative", "Pad", [(5, 7)], lambda x: F.pad(x, (-2, 3, 1, -1), value=-1),
         pads=[1, -2, -1, 3], mode="constant", value=-1.0)

    def repeated(mode, shape, pads):
        def run(x):
            for axis, size in enumerate(shape):
                around = (pads[axis], pads[axis + len(shape)])
                taken = np.pad(np.arange(size), around, mode=mode)
                x = x.index_select(axis, torch.from_numpy(taken))
            return x

        case(f"pad {mode}", "Pad", [shape], run, 9, pads=pads, mode=mode, value=0.0)

    repeated("reflect", (2, 3, 5), [0, 1, 2, 0, 2, 4])
    repeated("edge", (3, 5), [1, 2, 0, 3])
    repeated("wrap", (3, 5), [1, 2, 0, 7])
    case("split", "Split", [(2, 7, 3)], lambda x: torch.split(x, [2, 1, 4], 1), axis=1,
         split=[2, 1, 4])

    numbers = torch.tensor([[0, 1, -7], [16777216, 3, 2]], dtype=torch.float64)
    family.case("cast", "Cast", [numbers], lambda x: x.clone(), differentiable=[])

    def gathered(name, shape, indices, axis, function):
        inputs = [Draw(name).normal(*shape), torch.tensor(indices, dtype=torch.float64)]
        family.case(name, "Gather", inputs, function, 4, differentiable=[0], axis=axis)

    gathered("gather", (5, 3), [[1, -1, 0], [1, 1, 3]], 0, lambda x, i: x[i.long()])
    gathered("gather along", (2, 4, 3), [3, 0, 3], 1, lambda x, i: x[:, i.long()])
    resizings(family)
    return family


if __name__ == "__main__":
    for make in (convolutions, poolings, products, normalisations, functions, layouts, recurrent,
                 losses, distillation, optimizers, training):
        make().write()
