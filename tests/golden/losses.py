"""Golden data of losses and optimizers, written by ops.py."""

import torch
import torch.nn.functional as F

from fixtures import Draw, Family


def soft(student, teacher, temperature):
    """The distillation term as PyTorch's users write it."""
    return temperature**2 * F.kl_div(
        F.log_softmax(student / temperature, 1),
        F.softmax(teacher / temperature, 1),
        reduction="batchmean",
    )


def losses():
    family = Family("loss")
    for smoothing in (0.0, 0.1, 0.5):
        for kind in ("one_hot", "distributions"):
            name = f"cross-entropy {kind} smoothing {smoothing}"
            d = Draw(name)
            inputs = [d.normal(7, 10), getattr(d, kind)(7, 10)]

            def run(z, t, s=smoothing, k=kind):
                # Class indices where there are some: PyTorch has a rule of its own for them.
                target = t.argmax(1) if k == "one_hot" else t
                return F.cross_entropy(z, target, label_smoothing=s)

            family.case(name, "SoftmaxCrossEntropy", inputs, run, 70, [0], smoothing=smoothing)
        name = f"cross-entropy masks smoothing {smoothing}"
        d = Draw(name)
        inputs = [d.normal(2, 5, 3, 4), d.one_hot(24, 5).argmax(1).reshape(2, 3, 4).double()]
        family.case(name, "SoftmaxCrossEntropy", inputs,
                    lambda z, t, s=smoothing: F.cross_entropy(z, t.long(), label_smoothing=s), 120,
                    [0], smoothing=smoothing)
    for temperature in (1.0, 2.0, 4.0, 10.0):
        name = f"soft targets T {temperature}"
        d = Draw(name)
        inputs = [(d.normal(7, 10) * 3).float().double() for _ in range(2)]
        family.case(name, "Distillation", inputs, lambda s, t, T=temperature: soft(s, t, T), 70,
                    [0], temperature=temperature)
    d = Draw("labels")
    inputs = [d.normal(7, 9) * 4, d.one_hot(7, 9)]
    family.case("sigmoid cross-entropy", "SigmoidCrossEntropy", inputs,
                F.binary_cross_entropy_with_logits, 63, [0])
    weights = [1.0, 0.25, 3.0]

    def indicator(numbers):
        # A number below 0 has no class: a row of zeros.
        rows = F.one_hot(numbers.long().clamp(min=0), len(weights))
        return rows * (numbers >= 0)[:, None] * torch.tensor(weights)

    numbers = torch.tensor([2.0, 0.0, -1.0, 1.0, 2.0]).double()
    family.case("class indicator", "ClassIndicator", [numbers], indicator, 1, [], weights=weights)
    d = Draw("squares")
    family.case("squared error", "MeanSquaredError", [d.normal(7, 9), d.normal(7, 9)], F.mse_loss,
                63, [0])
    return family


def distillation():
    """The whole loss, alpha T^2 KL + (1 - alpha) CE, and its gradient to the student's logits."""
    family = Family("distillation")
    for temperature in (1.0, 2.0, 4.0, 10.0):
        for alpha in (0.0, 0.3, 0.9, 1.0):
            for smoothing in (0.0, 0.1):
                name = f"T {temperature} alpha {alpha} smoothing {smoothing}"
                d = Draw(name)
                student = (d.normal(5, 7) * 3).float().double().requires_grad_()
                teacher = (d.normal(5, 7) * 3).float().double()
                target = d.one_hot(5, 7)
                hard = F.cross_entropy(student, target.argmax(1), label_smoothing=smoothing)
                loss = alpha * soft(student, teacher, temperature) + (1 - alpha) * hard
                loss.backward()
                family.describe(name, temperature=temperature, alpha=alpha, smoothing=smoothing)
                parts = {"student": student, "teacher": teacher, "target": target, "loss": loss,
                         "gradient": student.grad}
                for part, tensor in parts.items():
                    family.put(name, part, tensor)
    return family


def optimizers():
    """Five steps each, with the weights after every one."""
    family = Family("optimizer")

    def case(name, make, **attributes):
        d = Draw(name)
        weight = torch.nn.Parameter(d.normal(37))
        stepper = make([weight])
        family.describe(name, **attributes)
        family.put(name, "weight0", weight)
        for step in range(1, 6):
            weight.grad = d.normal(37)
            family.put(name, f"gradient{step}", weight.grad)
            stepper.step()
            family.put(name, f"weight{step}", weight)

    for momentum, nesterov in ((0.0, False), (0.9, False), (0.9, True)):
        for decay in (0.0, 0.05):
            case(f"sgd momentum {momentum} nesterov {int(nesterov)} decay {decay}",
                 lambda p, m=momentum, n=nesterov, w=decay: torch.optim.SGD(
                     p, lr=0.1, momentum=m, nesterov=n, weight_decay=w),
                 optimizer="Sgd", rate=0.1, momentum=momentum, nesterov=nesterov, decay=decay)
    for betas in ((0.9, 0.999), (0.8, 0.95)):
        for decay in (0.0, 0.05):
            case(f"adamw betas {betas} decay {decay}",
                 lambda p, b=betas, w=decay: torch.optim.AdamW(
                     p, lr=0.01, betas=b, eps=1e-8, weight_decay=w),
                 optimizer="AdamW", rate=0.01, beta1=betas[0], beta2=betas[1], decay=decay)
    return family
