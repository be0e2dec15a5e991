"""What dev.graft.bench.gpu measures, in PyTorch: eager mode, float32 without TF32 but where
a product asks for it.

Arguments: gpu or cpu, the threads of a cpu, the OpenCL device's name. Reads one JSON object a line
and answers with one: {"seconds": median of a call}, or {"error": why}.
"""

import json
import statistics
import sys
import time


def say(**fields):
    print(json.dumps(fields), flush=True)


try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError as e:
    say(absent="python3 has no PyTorch (%s)" % e)
    sys.exit(0)


def choose(kind, threads, name):
    """The device, and its name."""
    if kind == "cpu":
        torch.set_num_threads(threads)
        return torch.device("cpu"), "processor, %d threads" % threads
    if not torch.cuda.is_available():
        say(absent="PyTorch %s finds no GPU" % torch.__version__)
        sys.exit(0)
    names = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    same = [i for i, n in enumerate(names) if n in name or name in n]
    # AMD's OpenCL names the architecture (gfx1100) where PyTorch names the card.
    if not same and not (torch.version.hip and name.startswith("gfx")):
        say(absent="PyTorch has %s, not %s" % (", ".join(names), name))
        sys.exit(0)
    index = same[0] if same else 0
    torch.cuda.set_device(index)
    return torch.device("cuda", index), names[index]


kind, threads, opencl_name = sys.argv[1], int(sys.argv[2]), sys.argv[3]
device, device_name = choose(kind, threads, opencl_name)
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
torch.manual_seed(1)


# ---- time: as Stopwatch.java takes it ------------------------------------------------------------


def run(call, calls):
    """Seconds of so many calls, to the end of the last."""
    if device.type == "cpu":
        start = time.perf_counter()
        for _ in range(calls):
            call()
        return time.perf_counter() - start
    first = torch.cuda.Event(enable_timing=True)
    last = torch.cuda.Event(enable_timing=True)
    torch.cuda.synchronize()
    first.record()
    for _ in range(calls):
        call()
    last.record()
    torch.cuda.synchronize()
    return first.elapsed_time(last) / 1e3


def median(call):
    total = run(call, 1)
    while True:
        once = run(call, 1)
        total += once
        if total >= 0.3:
            break
    calls = max(1, min(200, int(0.05 / max(once, 1e-9)) + 1))
    samples = []
    total = 0
    while len(samples) < 5 or (total < 1 and len(samples) < 25):
        sample = run(call, calls)
        total += sample
        samples.append(sample / calls)
    return statistics.median(samples)


# ---- networks: those of dev.graft.bench.networks, which are torchvision's ------------------------


def norm(inputs, outputs, kernel, stride=1, groups=1):
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(outputs)]


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(
            *norm(inputs, outputs, 3, stride), nn.ReLU(True), *norm(outputs, outputs, 3)
        )
        same = stride == 1 and inputs == outputs
        self.skip = nn.Identity() if same else nn.Sequential(*norm(inputs, outputs, 1, stride))

    def forward(self, x):
        return F.relu(self.body(x) + self.skip(x), True)


def resnet18(classes):
    layers = [*norm(3, 64, 7, 2), nn.ReLU(True), nn.MaxPool2d(3, 2, 1)]
    inputs = 64
    for stage, outputs in enumerate((64, 128, 256, 512)):
        layers += [Block(inputs, outputs, 1 if stage == 0 else 2), Block(outputs, outputs, 1)]
        inputs = outputs
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes)]
    return nn.Sequential(*layers)


class Inverted(nn.Module):
    def __init__(self, inputs, outputs, expansion, stride):
        super().__init__()
        hidden = inputs * expansion
        layers = [] if expansion == 1 else [*norm(inputs, hidden, 1), nn.ReLU6(True)]
        layers += [*norm(hidden, hidden, 3, stride, hidden), nn.ReLU6(True)]
        layers += norm(hidden, outputs, 1)
        self.body = nn.Sequential(*layers)
        self.add = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.body(x) if self.add else self.body(x)


def mobilenetv2(classes):
    layers = [*norm(3, 32, 3, 2), nn.ReLU6(True)]
    inputs = 32
    for expansion, outputs, times, stride in (
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
        (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ):
        for i in range(times):
            layers.append(Inverted(inputs, outputs, expansion, stride if i == 0 else 1))
            inputs = outputs
    layers += [*norm(320, 1280, 1), nn.ReLU6(True)]
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, classes)]
    return nn.Sequential(*layers)


# ---- work ----------------------------------------------------------------------------------------


def random(*shape):
    return torch.rand(*shape, device=device) - 0.5


def sgemm(task):
    n = task["size"]
    a, b, c = random(n, n), random(n, n), torch.empty(n, n, device=device)
    return lambda: torch.mm(a, b, out=c)


def gemm_tf32(task):
    call = sgemm(task)

    def allowed():
        torch.backends.cuda.matmul.allow_tf32 = True
        try:
            call()
        finally:
            torch.backends.cuda.matmul.allow_tf32 = False

    return allowed


def gemm_bf16(task):
    n = task["size"]
    a, b = random(n, n).bfloat16(), random(n, n).bfloat16()
    c = torch.empty(n, n, device=device, dtype=torch.bfloat16)
    return lambda: torch.mm(a, b, out=c)


def convolution(task):
    x, w = random(*task["x"]), random(*task["w"])
    stride, pad = task["stride"], task["pad"]
    if task["work"] == "conv-forward":
        return lambda: F.conv2d(x, w, None, stride, pad)
    dy = torch.rand_like(F.conv2d(x, w, None, stride, pad))
    wanted = [task["work"] == "conv-grad-input", task["work"] == "conv-grad-weight", False]
    return lambda: torch.ops.aten.convolution_backward(
        dy, x, w, None, [stride] * 2, [pad] * 2, [1, 1], False, [0, 0], 1, wanted
    )


def network(task):
    model = {"resnet18": resnet18, "mobilenetv2": mobilenetv2}[task["network"]](task["classes"])
    model = model.to(device)
    # In the host's memory, as Graft gets them.
    pictures = torch.randn(task["batch"], 3, task["size"], task["size"])
    if task["work"] == "inference":
        model.eval()
        return lambda: model(pictures.to(device)).cpu()
    labels = torch.arange(task["batch"]) * 7 % task["classes"]
    sgd = torch.optim.SGD(model.parameters(), 1e-4, 0.9)

    def step():
        sgd.zero_grad(set_to_none=True)
        with torch.enable_grad():
            loss = F.cross_entropy(model(pictures.to(device)), labels.to(device))
            loss.backward()
        sgd.step()
        return loss.item()

    return step


WORKS = {
    "sgemm": sgemm,
    "gemm-tf32": gemm_tf32,
    "gemm-bf16": gemm_bf16,
    "train-all": network,
    "inference": network,
}


def measure(task):
    with torch.no_grad():
        return median(WORKS.get(task["work"], convolution)(task))


say(name="PyTorch %s, %s" % (torch.__version__, device_name))
for line in sys.stdin:
    try:
        say(seconds=measure(json.loads(line)))
    except Exception as e:  # such as too little memory: the next row may fit
        say(error="%s: %s" % (type(e).__name__, e))
    if device.type == "cuda":
        # Graft computes on the same device next.
        torch.cuda.empty_cache()
