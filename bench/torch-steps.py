"""Takes the same training steps as bench/torch-steps.ts with PyTorch, from the same weights, batches and masks.

    python torch-steps.py CASE.safetensors RESULT.safetensors

The case file's metadata holds the settings; the result file holds, in float32 and in float64, the loss of each step
and the weights after the last one. Needs torch and safetensors.
"""
import json
import sys

import torch
from safetensors import safe_open
from safetensors.torch import save_file

torch.set_num_threads(1)
case = safe_open(sys.argv[1], "pt")
settings = json.loads(case.metadata()["settings"])
tensors = {name: case.get_tensor(name) for name in case.keys()}
layers, steps, batch = settings["layers"], settings["steps"], settings["batch"]
rate = settings["learningRate"]


def activate(kind, z):
    if kind == "maxout":
        return z.reshape(z.shape[0], -1, settings["maxoutPieces"]).max(dim=2).values
    return {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}[kind](z)


class PlainAdam(torch.optim.Optimizer):
    """m, v from zero, without bias correction: x += -lr m / (sqrt(v) + eps)."""

    def __init__(self, params):
        super().__init__(params, {})

    @torch.no_grad()
    def step(self):
        for p in self.param_groups[0]["params"]:
            state = self.state[p]
            if not state:
                state["m"], state["v"] = torch.zeros_like(p), torch.zeros_like(p)
            state["m"].mul_(0.9).add_(p.grad, alpha=0.1)
            state["v"].mul_(0.999).addcmul_(p.grad, p.grad, value=0.001)
            p.sub_(rate * state["m"] / (state["v"].sqrt() + 1e-8))


def optimizer(name, params):
    return {
        "sgd": lambda: torch.optim.SGD(params, lr=rate),
        "momentum": lambda: torch.optim.SGD(params, lr=rate, momentum=0.9),
        "nesterov": lambda: torch.optim.SGD(params, lr=rate, momentum=0.9, nesterov=True),
        "adam": lambda: torch.optim.Adam(params, lr=rate, betas=(0.9, 0.999), eps=1e-8),
        "adam plain": lambda: PlainAdam(params),
    }[name]()


def train(dtype):
    learned = {
        name: t.to(dtype).clone().requires_grad_(True)
        for name, t in tensors.items()
        if name[0] in "Wb" and name[1:].isdigit() or name.startswith(("gamma", "beta"))
    }
    running = {name: t.to(dtype).clone() for name, t in tensors.items() if name.startswith("running")}
    images = (tensors["values"].to(dtype) - tensors["shift"].to(dtype)) * tensors["scale"].to(dtype)
    labels = tensors["labels"].to(torch.int64)
    order = tensors["order"].to(torch.int64)
    opt = optimizer(settings["optimizer"], list(learned.values()))
    losses = []
    for step in range(steps):
        rows = order[step * batch : (step + 1) * batch]
        h, penalty = images[rows], 0.0
        for i in range(1, layers + 1):
            z = h @ learned[f"W{i}"] + learned[f"b{i}"]
            if settings["batchNorm"]:
                mean, variance = z.mean(0), z.var(0, unbiased=False)
                with torch.no_grad():
                    running[f"runningMean{i}"].mul_(0.9).add_(0.1 * mean)
                    running[f"runningVariance{i}"].mul_(0.9).add_(0.1 * variance)
                z = (z - mean) / torch.sqrt(variance + 1e-5) * learned[f"gamma{i}"] + learned[f"beta{i}"]
            h = activate(settings["activation"], z)
            if settings["dropout"] > 0:
                h = h * tensors[f"mask{i}"][step].to(dtype)
        scores = h @ learned[f"W{layers + 1}"] + learned[f"b{layers + 1}"]
        for i in range(1, layers + 2):
            penalty = penalty + (learned[f"W{i}"] ** 2).sum()
        data_loss = torch.nn.functional.cross_entropy(scores, labels[rows])
        opt.zero_grad()
        (data_loss + 0.5 * settings["reg"] * penalty).backward()
        opt.step()
        losses.append(data_loss.item())
    state = {name: t.detach() for name, t in {**learned, **running}.items()}
    return {"losses": torch.tensor(losses, dtype=torch.float64), **state}


results = {}
for label, dtype in (("float32", torch.float32), ("float64", torch.float64)):
    for name, t in train(dtype).items():
        results[f"{label}.{name}"] = t.contiguous()
save_file(results, sys.argv[2])
