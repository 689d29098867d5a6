"""Training steps of 3072-200-100-10 in PyTorch on one thread, written as its users write it.

    python torch_network.py --batch 200 --optimizer momentum --seconds 5 [--batch-norm] [--dropout 0.3]

Prints one line of JSON: {"stepsPerSecond": ..., "version": ...}. Needs torch.
"""
import argparse
import json
import time

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--batch", type=int, default=200)
parser.add_argument("--optimizer", default="momentum")
parser.add_argument("--batch-norm", action="store_true")
parser.add_argument("--dropout", type=float, default=0.0)
parser.add_argument("--seconds", type=float, default=5.0)
args = parser.parse_args()

torch.set_num_threads(1)
torch.manual_seed(0)
layers, width = [], 3072
for units in (200, 100):
    layers.append(nn.Linear(width, units))
    if args.batch_norm:
        layers.append(nn.BatchNorm1d(units))
    layers.append(nn.ReLU())
    if args.dropout > 0:
        layers.append(nn.Dropout(args.dropout))
    width = units
model = nn.Sequential(*layers, nn.Linear(width, 10))
optimizer = {
    "sgd": lambda p: torch.optim.SGD(p, lr=1e-5, weight_decay=1e-3),
    "momentum": lambda p: torch.optim.SGD(p, lr=1e-5, momentum=0.9, weight_decay=1e-3),
    "nesterov": lambda p: torch.optim.SGD(p, lr=1e-5, momentum=0.9, nesterov=True, weight_decay=1e-3),
    "adam": lambda p: torch.optim.Adam(p, lr=1e-5, weight_decay=1e-3),
}[args.optimizer](model.parameters())
loss_of = nn.CrossEntropyLoss()

images = torch.randint(0, 256, (10000, 3072), dtype=torch.uint8).float() - 127.3
labels = torch.randint(0, 10, (10000,))
model.train()


def steps_for(seconds):
    steps, start = 0, time.perf_counter()
    while True:
        for rows in torch.randperm(len(images)).split(args.batch):
            optimizer.zero_grad()
            loss_of(model(images[rows]), labels[rows]).backward()
            optimizer.step()
            steps += 1
            if time.perf_counter() - start > seconds:
                return steps / (time.perf_counter() - start)


steps_for(0.5)
print(json.dumps({"stepsPerSecond": steps_for(args.seconds), "version": f"PyTorch {torch.__version__}"}))
