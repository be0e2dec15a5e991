"""Golden data of whole trainings, written by ops.py: the loss before each of ten steps."""

import torch
import torch.nn.functional as F

from fixtures import Draw, Family
from losses import soft

STEPS = 10


def standardised(student, teacher, temperature):
    """Sun et al., CVPR 2024: soft targets of logits with mean 0 and deviation 1."""
    def standard(z):
        return (z - z.mean(-1, keepdim=True)) / (1e-7 + z.std(-1, keepdim=True))
    return soft(standard(student), standard(teacher), temperature)


def decoupled(student, teacher, target, temperature, beta):
    """Zhao et al., CVPR 2022, as the authors' code has it, with alpha 1."""
    truth = F.one_hot(target, student.shape[1]).double()
    q, p = F.softmax(student / temperature, 1), F.softmax(teacher / temperature, 1)
    both_q = torch.stack([(q * truth).sum(1), (q * (1 - truth)).sum(1)], 1)
    both_p = torch.stack([(p * truth).sum(1), (p * (1 - truth)).sum(1)], 1)
    hit = F.kl_div(both_q.log(), both_p, reduction="batchmean")
    others = F.kl_div(
        F.log_softmax(student / temperature - 1000 * truth, 1),
        F.softmax(teacher / temperature - 1000 * truth, 1),
        reduction="batchmean",
    )
    return temperature**2 * (hit + beta * others)


class Network(torch.nn.Module):
    def __init__(self, weights):
        super().__init__()
        self.conv = torch.nn.Conv2d(1, 4, 3, padding=1)
        self.norm = torch.nn.BatchNorm2d(4)
        self.head = torch.nn.Linear(4 * 5 * 5, 3)
        self.double()
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                parameter.copy_(weights[name])

    def forward(self, x):
        return self.head(F.relu(self.norm(self.conv(x))).flatten(1))


def training():
    family = Family("training")
    data = Draw("training data")
    x, teacher = data.normal(12, 1, 5, 5), (data.normal(12, 3) * 3).float().double()
    target = data.one_hot(12, 3).argmax(1)
    start = {"conv.weight": data.normal(4, 1, 3, 3) * 0.5, "conv.bias": data.normal(4) * 0.5,
             "norm.weight": data.positive(4), "norm.bias": data.normal(4) * 0.5,
             "head.weight": data.normal(3, 100) * 0.125, "head.bias": data.normal(3) * 0.5}
    start = {name: value.float().double() for name, value in start.items()}

    def case(name, optimizer, rate, loss, reported=None, frozen=False, **attributes):
        network = Network(start)
        if frozen:
            network.eval()
            for name_, parameter in network.named_parameters():
                parameter.requires_grad = name_.startswith("head.")
        trained = [p for p in network.parameters() if p.requires_grad]
        stepper = {
            "sgd": lambda: torch.optim.SGD(trained, lr=rate, momentum=0.9),
            "adamw": lambda: torch.optim.AdamW(trained, lr=rate, weight_decay=0),
        }[optimizer]()
        values = []
        for _ in range(STEPS):
            logits = network(x)
            stepper.zero_grad()
            loss(logits, network).backward()
            values.append((reported or loss)(logits, network).item())
            stepper.step()
        full = f"{name} {optimizer}"
        family.describe(full, method=name, optimizer=optimizer, rate=rate, **attributes)
        family.put(full, "losses", torch.tensor(values))

    def plain(z, _):
        return F.cross_entropy(z, target)

    def towards_start(z, network):
        penalty = sum((p - start[n]).square().sum() for n, p in network.named_parameters()
                      if not n.startswith("head."))
        return plain(z, network) + 0.5 * 0.1 * penalty

    for optimizer, rate in (("sgd", 0.05), ("adamw", 0.01)):
        case("head", optimizer, rate, plain, frozen=True)
        case("full", optimizer, rate, plain)
        case("l2sp", optimizer, rate, towards_start, reported=plain, alpha=0.1)
        case("smoothing", optimizer, rate,
             lambda z, _: F.cross_entropy(z, target, label_smoothing=0.1), smoothing=0.1)
        for method, likeness, temperature in (
            ("soft", lambda z: soft(z, teacher, 4.0), 4.0),
            ("standardised", lambda z: standardised(z, teacher, 2.0), 2.0),
            ("dkd", lambda z: decoupled(z, teacher, target, 4.0, 8.0), 4.0),
        ):
            case(method, optimizer, rate,
                 lambda z, n, l=likeness: 0.9 * l(z) + 0.1 * plain(z, n),
                 temperature=temperature, weight=0.9)
    family.describe("data")
    family.put("data", "x", x)
    family.put("data", "teacher", teacher)
    family.put("data", "target", target.double())
    for name, value in start.items():
        family.put("data", name, value)
    return family
