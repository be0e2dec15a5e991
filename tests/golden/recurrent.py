"""Recurrent layers: PyTorch's own where it has them, else after the text of ONNX.

Both are asked for the same inputs, in ONNX's order of gates; where both can answer they are compared
here, so that the text is held to PyTorch too.
"""

import torch
import torch.nn.functional as F

from fixtures import Draw, Family

FUNCTIONS = {
    "Sigmoid": lambda x, a, b: torch.sigmoid(x),
    "Tanh": lambda x, a, b: torch.tanh(x),
    "Relu": lambda x, a, b: torch.relu(x),
    "HardSigmoid": lambda x, a, b: (a * x + b).clamp(0, 1),
    "Softsign": lambda x, a, b: F.softsign(x),
    "Affine": lambda x, a, b: a * x + b,
    "Elu": lambda x, a, b: F.elu(x, a),
}
DEFAULTS = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
# Where PyTorch has each of ONNX's gates: it orders them i, f, c, o and r, z, h.
ORDER = {"LSTM": [0, 2, 3, 1], "GRU": [1, 0, 2], "RNN": [0]}
X, W, R, B, LENGTHS, H, C = range(7)


def lstm_cell(x, h, c, w, r, wb, rb, f, clip, attributes):
    sums = x @ w.T + h @ r.T + wb + rb
    i, o, e, k = clip(sums).chunk(4, 1)
    c = f[0](e) * c + f[0](i) * f[1](k)
    return f[0](o) * f[2](c), c


def gru_cell(x, h, c, w, r, wb, rb, f, clip, attributes):
    n = 2 * h.shape[1]
    z, q = f[0](clip(x @ w[:n].T + h @ r[:n].T + wb[:n] + rb[:n])).chunk(2, 1)
    if attributes["linear_before_reset"]:
        k = f[1](clip(x @ w[n:].T + q * (h @ r[n:].T + rb[n:]) + wb[n:]))
    else:
        k = f[1](clip(x @ w[n:].T + (q * h) @ r[n:].T + rb[n:] + wb[n:]))
    return (1 - z) * k + z * h, c


def rnn_cell(x, h, c, w, r, wb, rb, f, clip, attributes):
    return f[0](clip(x @ w.T + h @ r.T + wb + rb)), c


CELLS = {"LSTM": lstm_cell, "GRU": gru_cell, "RNN": rnn_cell}


def by_the_text(op, inputs, direction, activations, coefficients, clip, **attributes):
    """ONNX's equations, step by step."""
    x = inputs[X]
    steps, samples = x.shape[:2]
    ways = 2 if direction == "bidirectional" else 1
    hidden = inputs[R].shape[2]
    each = len(activations) // ways
    bound = (lambda s: s) if clip is None else (lambda s: s.clamp(-clip, clip))
    outputs, hs, cs = [[None] * ways for _ in range(steps)], [], []
    for way in range(ways):
        functions = [
            lambda s, n=n, ab=ab: FUNCTIONS[n](s, *ab)
            for n, ab in list(zip(activations, coefficients))[way * each : (way + 1) * each]
        ]
        zero = x.new_zeros(samples, hidden)
        given = inputs + [None] * (7 - len(inputs))
        h = zero if given[H] is None else given[H][way]
        c = zero if given[C] is None else given[C][way]
        none = x.new_zeros(2 * GATES[op] * hidden)
        wb, rb = (none if given[B] is None else given[B][way]).chunk(2)
        backwards = direction == "reverse" or way == 1
        for t in reversed(range(steps)) if backwards else range(steps):
            h, c = CELLS[op](x[t], h, c, given[W][way], given[R][way], wb, rb, functions, bound,
                             attributes)
            outputs[t][way] = h
        hs.append(h)
        cs.append(c)
    y = torch.stack([torch.stack(o) for o in outputs])
    return (y, torch.stack(hs)) + ((torch.stack(cs),) if op == "LSTM" else ())


def by_pytorch(op, inputs, direction, **attributes):
    """PyTorch's layer with default functions; it counts the gates in another order."""
    given = inputs + [None] * (7 - len(inputs))
    x = given[X].flip(0) if direction == "reverse" else given[X]
    ways, _, hidden = given[R].shape

    def turned(rows):
        parts = rows.chunk(GATES[op])
        return torch.cat([parts[i] for i in ORDER[op]])

    parameters = []
    for way in range(ways):
        parameters += [turned(given[W][way]), turned(given[R][way])]
        if given[B] is not None:
            parameters += [turned(b) for b in given[B][way].chunk(2)]
    zero = x.new_zeros(ways, x.shape[1], hidden)
    h = zero if given[H] is None else given[H]
    c = zero if given[C] is None else given[C]
    run = {"LSTM": torch._VF.lstm, "GRU": torch._VF.gru, "RNN": torch._VF.rnn_tanh}[op]
    y, *states = run(x, (h, c) if op == "LSTM" else h, parameters, given[B] is not None, 1, 0.0,
                     False, ways == 2, False)
    y = y.unflatten(2, (ways, hidden)).transpose(1, 2)
    return (y.flip(0) if direction == "reverse" else y, *states)


def recurrent():
    family = Family("recurrent")

    def case(name, op, steps, samples, features, hidden, direction="forward", given=(B,),
             activations=None, clip=None, **attributes):
        name = f"{op} {name}"
        d = Draw(name)
        ways = 2 if direction == "bidirectional" else 1
        units = GATES[op] * hidden
        shapes = [(steps, samples, features), (ways, units, features), (ways, units, hidden),
                  (ways, 2 * units), None, (ways, samples, hidden), (ways, samples, hidden)]
        inputs = [None if i not in (X, W, R, *given) else d.normal(*shapes[i])
                  for i in range(1 + max((R, *given)))]
        named = activations or DEFAULTS[op] * ways
        coefficients = [{"HardSigmoid": (0.2, 0.5), "Affine": (0.7, 0.1), "Elu": (0.6, 0.0)}.get(
            n, (0.0, 0.0)) for n in named]
        text = lambda *i: by_the_text(op, list(i), direction, named, coefficients, clip,
                                      **attributes)
        plain = activations is None and clip is None and attributes.get("linear_before_reset", 1)
        torchs = lambda *i: by_pytorch(op, list(i), direction)
        if plain:
            for one, other in zip(text(*inputs), torchs(*inputs), strict=True):
                torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)
        family.case(name, op, inputs, torchs if plain else text, steps * max(samples, units),
                    hidden_size=hidden, direction=direction, activations=named,
                    alpha=[a for a, _ in coefficients], beta=[b for _, b in coefficients],
                    clip=clip or 0, **attributes)

    case("forward", "LSTM", 5, 3, 4, 6)
    case("reverse without biases", "LSTM", 4, 2, 3, 5, "reverse", given=())
    case("both ways with states", "LSTM", 6, 2, 3, 4, "bidirectional", given=(B, H, C))
    case("state without biases", "LSTM", 3, 2, 7, 4, given=(H,))
    case("cell alone, reverse", "LSTM", 3, 2, 4, 4, "reverse", given=(B, C))
    case("one long sequence", "LSTM", 19, 1, 2, 17)
    hard = ["HardSigmoid", "Tanh", "Tanh"]
    case("hard gates", "LSTM", 5, 2, 3, 4, activations=hard)
    case("clipped", "LSTM", 5, 2, 3, 4, given=(B, H, C), clip=0.9)
    case("other functions", "LSTM", 4, 2, 3, 4, "bidirectional",
         activations=["Sigmoid", "Softsign", "Elu", "HardSigmoid", "Affine", "Softsign"])
    for first in (0, 1):
        tail = "product reset" if first else "state reset"
        reset = {"linear_before_reset": first}
        case(tail, "GRU", 5, 3, 4, 6, **reset)
        case(f"{tail}, without biases", "GRU", 4, 2, 3, 5, "reverse", given=(), **reset)
        case(f"{tail}, both ways", "GRU", 6, 2, 3, 4, "bidirectional", given=(B, H), **reset)
        case(f"{tail}, hard gates", "GRU", 4, 2, 3, 4, activations=["HardSigmoid", "Softsign"],
             **reset)
        case(f"{tail}, clipped", "GRU", 4, 2, 3, 4, given=(B, H), clip=0.9, **reset)
    case("forward", "RNN", 5, 3, 4, 6)
    case("both ways", "RNN", 6, 2, 3, 4, "bidirectional", given=(B, H))
    case("reverse without biases", "RNN", 4, 2, 3, 5, "reverse", given=(), activations=["Softsign"])
    case("clipped", "RNN", 4, 2, 3, 5, clip=0.9)
    return family
