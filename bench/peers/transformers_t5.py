"""Hugging Face transformers on the work that bench/run.mjs measures.

    python bench/peers/transformers_t5.py training|generation CONFIG THREADS

Answers each line of input with one JSON line; the first one says what is measured.
"""

import json
import logging
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import torch
import transformers
from transformers import T5Config, T5ForConditionalGeneration

logging.disable(logging.WARNING)
task, config, threads = sys.argv[1], json.load(open(sys.argv[2])), int(sys.argv[3])
torch.set_num_threads(threads)
torch.manual_seed(1)
BATCH, SOURCE, TARGET, NEW = 4, 512, 128, 64

model = T5ForConditionalGeneration(T5Config(**config))
ids = torch.randint(2, config["vocab_size"], (BATCH, SOURCE))
mask = torch.ones_like(ids)

if task == "training":
    model.train()
    labels = torch.randint(2, config["vocab_size"], (BATCH, TARGET))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)

    def run():
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return BATCH * (SOURCE + TARGET)

else:
    model.eval().to(torch.bfloat16)

    def run():
        with torch.inference_mode():
            out = model.generate(
                input_ids=ids, attention_mask=mask, num_beams=2, do_sample=False, min_new_tokens=NEW, max_new_tokens=NEW
            )
        assert out.shape == (BATCH, NEW + 1), out.shape
        return BATCH * NEW


print(json.dumps({"what": f"transformers {transformers.__version__}, torch {torch.__version__}"}), flush=True)
for _ in sys.stdin:
    begun, worked = time.perf_counter(), time.process_time()
    tokens = run()
    print(
        json.dumps(
            {"seconds": time.perf_counter() - begun, "cpuSeconds": time.process_time() - worked, "amount": tokens}
        ),
        flush=True,
    )
