"""Makes test/goldens/*.json: what PyTorch and Hugging Face compute, for the tests to compare with.

    python3 test/make_goldens.py        (torch 2.13.0, transformers 5; any recent ones give the same numbers)

Everything is float64, so that the tests can ask for nearly all digits; JSON keeps doubles exactly.
"""

import json
import pathlib

import torch
from torch import nn
from transformers import (
    get_constant_schedule_with_warmup,
    get_cosine_schedule_with_warmup,
    get_linear_schedule_with_warmup,
)

HERE = pathlib.Path(__file__).parent / "goldens"
torch.set_default_dtype(torch.float64)
torch.manual_seed(20240607)


def plain(value):
    if isinstance(value, torch.Tensor):
        return value.detach().tolist()
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


def write(name, value):
    (HERE / f"{name}.json").write_text(json.dumps(plain(value)) + "\n")


def adamw():
    """Two groups with settings of their own; one parameter misses gradients now and then, one is frozen."""
    parameters = [torch.randn(3, 4), torch.randn(5), torch.randn(2, 3)]
    frozen = torch.randn(2)
    start = [p.clone() for p in parameters] + [frozen.clone()]
    for p in parameters:
        p.requires_grad_()
    optimizer = torch.optim.AdamW(
        [
            {"params": [parameters[0], parameters[1]]},
            {"params": [parameters[2]], "lr": 5e-2, "weight_decay": 0.0},
        ],
        lr=1e-2,
        betas=(0.9, 0.98),
        eps=1e-6,
        weight_decay=0.1,
    )
    steps = []
    for i in range(8):
        optimizer.zero_grad(set_to_none=True)
        gradients = []
        for k, p in enumerate(parameters):
            if k == 1 and i % 3 == 1:
                gradients.append(None)
                continue
            p.grad = torch.randn_like(p)
            gradients.append(p.grad.clone())
        if i == 5:
            for group in optimizer.param_groups:
                group["lr"] *= 0.5
        optimizer.step()
        steps.append({"gradients": gradients, "after": [p.clone() for p in parameters]})
    write("adamw", {"start": start, "steps": steps, "halvedAt": 5})


def schedules():
    def factors(make, count):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        scheduler = make(optimizer)
        found = []
        for _ in range(count):
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        return found

    write(
        "schedules",
        {
            "warmup": 7,
            "total": 40,
            "cosine": factors(lambda o: get_cosine_schedule_with_warmup(o, 7, 40), 41),
            "linear": factors(lambda o: get_linear_schedule_with_warmup(o, 7, 40), 41),
            "constant": factors(lambda o: get_constant_schedule_with_warmup(o, 7), 41),
        },
    )


def clipping():
    gradients = [torch.randn(4, 3), torch.randn(7), torch.randn(2, 2, 2)]
    cases = []
    for limit in (0.5, 2.0, 100.0):
        parameters = [torch.zeros_like(g).requires_grad_() for g in gradients]
        for p, g in zip(parameters, gradients):
            p.grad = g.clone()
        norm = torch.nn.utils.clip_grad_norm_(parameters, limit)
        cases.append({"limit": limit, "norm": norm, "after": [p.grad for p in parameters]})
    write("clipping", {"gradients": gradients, "cases": cases})


def layer(module, x, *, train=True, differentiable=True):
    """Values and gradients of one forward pass, weighted so that every output counts differently."""
    module.train(train)
    state = {name: t.clone() for name, t in module.state_dict().items()}
    x = x.clone().requires_grad_(differentiable)
    module.zero_grad()
    y = module(x)
    weight = torch.randn_like(y)
    (y * weight).sum().backward()
    return {
        "state": state,
        "x": x,
        "weight": weight,
        "y": y,
        "xGrad": x.grad,
        "gradients": {name: p.grad for name, p in module.named_parameters()},
        "after": dict(module.state_dict()),
    }


def layers():
    def noisy(module):
        for p in module.parameters():
            p.data.add_(torch.randn_like(p) * 0.3)
        return module

    norm = noisy(nn.BatchNorm1d(3))
    write(
        "layers",
        {
            "linear": layer(nn.Linear(4, 3), torch.randn(2, 5, 4)),
            "linearNoBias": layer(nn.Linear(4, 3, bias=False), torch.randn(2, 4)),
            "embedding": layer(nn.Embedding(6, 3), torch.tensor([[1, 5], [1, 0]]), differentiable=False),
            "layerNorm": layer(noisy(nn.LayerNorm(6)), torch.randn(3, 6)),
            "rmsNorm": layer(noisy(nn.RMSNorm(6, eps=1e-6)), torch.randn(3, 6)),
            "batchNormTrain": layer(norm, torch.randn(4, 3, 5) * 2 + 1),
            "batchNormEval": layer(norm, torch.randn(4, 3, 5), train=False),
            "batchNormFlat": layer(noisy(nn.BatchNorm1d(3)), torch.randn(6, 3)),
        },
    )


def attention():
    q, k, v = (torch.randn(2, 3, n, 4).requires_grad_() for n in (5, 6, 6))
    mask = torch.zeros(2, 1, 5, 6).masked_fill(torch.rand(2, 1, 5, 6) < 0.3, -1e9)
    mask[..., 0] = 0  # in a row that is masked whole, only rounding is left to compare
    cases = []
    for name, scale, use in (("plain", None, False), ("masked", None, True), ("t5", 1.0, True)):
        for t in (q, k, v):
            t.grad = None
        y = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask if use else None, scale=scale)
        weight = torch.randn_like(y)
        (y * weight).sum().backward()
        cases.append(
            {"name": name, "scale": scale, "masked": use, "y": y, "weight": weight,
             "qGrad": q.grad.clone(), "kGrad": k.grad.clone(), "vGrad": v.grad.clone()}
        )
    write("attention", {"q": q, "k": k, "v": v, "mask": mask, "cases": cases})


def random_numbers():
    """Seeds give PyTorch's own numbers, so that a run can be compared with one in Python."""
    torch.manual_seed(7)
    first = torch.randn(20, dtype=torch.float32)
    order = torch.randperm(10)
    generator = torch.Generator().manual_seed(11)
    own = torch.rand(5, generator=generator, dtype=torch.float32)
    torch.manual_seed(3)
    dropped = nn.functional.dropout(torch.ones(40, dtype=torch.float32), 0.5)
    write("random", {"first": first, "order": order, "own": own, "dropped": dropped})


HERE.mkdir(exist_ok=True)
adamw()
schedules()
clipping()
layers()
attention()
random_numbers()
