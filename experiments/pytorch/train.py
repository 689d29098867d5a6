"""Trains a small network on two spirals, continuing from a checkpoint if there is one."""
import json
import os

import torch

params = json.loads(os.environ["FINESWEEP_PARAMS"])
epochs = int(os.environ["FINESWEEP_EPOCHS"])
folder = os.environ["FINESWEEP_DIR"]
continued = os.environ.get("FINESWEEP_CONTINUED")
torch.manual_seed(int(os.environ["FINESWEEP_SEED"]))

generator = torch.Generator().manual_seed(0)
angle = 3 * torch.pi * torch.rand(1200, generator=generator).sqrt()
label = torch.arange(1200) % 2
turn = angle + torch.pi * label
x = torch.stack([angle * turn.cos(), angle * turn.sin()], 1) / 5 + 0.05 * torch.randn(1200, 2, generator=generator)
(train_x, valid_x), (train_y, valid_y) = x.split([1000, 200]), label.split([1000, 200])

width = params["width"]
model = torch.nn.Sequential(
    torch.nn.Linear(2, width), torch.nn.ReLU(), torch.nn.Linear(width, width), torch.nn.ReLU(), torch.nn.Linear(width, 2)
)
if params["optimizer"] == "adam":
    optimizer = torch.optim.Adam(model.parameters(), params["lr"])
else:
    optimizer = torch.optim.SGD(model.parameters(), params["lr"], momentum=params["momentum"])
if continued:
    checkpoint = torch.load(os.path.join(continued, "model.pt"))
    model.load_state_dict(checkpoint["model"])
    optimizer.load_state_dict(checkpoint["optimizer"])

for epoch in range(1, epochs + 1):
    for rows in torch.randperm(1000).split(50):
        loss = torch.nn.functional.cross_entropy(model(train_x[rows]), train_y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        accuracy = (model(valid_x).argmax(1) == valid_y).float().mean().item()
    print(json.dumps({"step": epoch, "value": accuracy, "metrics": {"loss": loss.item()}}))

torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, os.path.join(folder, "model.pt"))
