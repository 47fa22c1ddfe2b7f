"""PyTorch from Python on the calls of bench/calls.ts.

    python bench/peers/torch_calls.py calls - THREADS
"""

import json
import sys
import time

import torch

torch.set_num_threads(int(sys.argv[3]))
torch.manual_seed(1)
ROUNDS = 5000
x, y = torch.randn(4, 4), torch.randn(4, 4)
weight = torch.randn(4, 4, requires_grad=True)


def calls():
    for _ in range(ROUNDS):
        x.add(y)
        x.mul(2)
        x.add_(y, alpha=0)
        x.transpose(0, 1)
        x.view([2, 8])
        x.softmax(-1)
        torch.cat([x, y], 0)
        x.matmul(weight)
    return ROUNDS * 8


print(json.dumps({"what": f"torch {torch.__version__} from Python"}), flush=True)
for _ in sys.stdin:
    begun = time.perf_counter()
    amount = calls()
    print(json.dumps({"seconds": time.perf_counter() - begun, "amount": amount}), flush=True)
