"""Hugging Face transformers beside us: reads our checkpoint, and writes folders that we read.

usage: python3 checkpoint.py TIED UNTIED TOKENIZER OUT

Prints one JSON: what transformers made of the language models of our two checkpoints, TIED and UNTIED, and of random T5s
that it wrote to folders of OUT, with the tokenizer's files.
"""
import json
import logging
import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, T5Config, T5ForConditionalGeneration

logging.disable(logging.WARNING)
ours_tied, ours_untied, tokenizer, out = (Path(arg) for arg in sys.argv[1:])

IDS = [[5, 6, 7, 8, 9, 1], [11, 12, 13, 1, 0, 0]]
MASK = [[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]]
LABELS = [[20, 21, 22, 1], [30, 31, 1, 2]]


def logits(model):
    model.eval()
    with torch.no_grad():
        made = model(
            input_ids=torch.tensor(IDS), attention_mask=torch.tensor(MASK), labels=torch.tensor(LABELS)
        )
    return made.logits.float().flatten().tolist()


def loaded(folder):
    model, info = T5ForConditionalGeneration.from_pretrained(folder, output_loading_info=True)
    wrong = {key: sorted(map(str, info[key])) for key in ("missing_keys", "unexpected_keys", "mismatched_keys")}
    return {
        "wrong": wrong,
        "dtype": str(model.dtype),
        "parameters": sum(p.numel() for p in model.parameters()),
        "logits": logits(model),
        "generation": {
            key: getattr(model.generation_config, key)
            for key in ("decoder_start_token_id", "eos_token_id", "pad_token_id")
        },
    }


def written(name, dtype=torch.float32, **changes):
    torch.manual_seed(7)
    config = T5Config(
        vocab_size=len(AutoTokenizer.from_pretrained(tokenizer)) + 4,
        d_model=16, d_kv=8, d_ff=24, num_layers=2, num_decoder_layers=1, num_heads=2, dropout_rate=0.0,
        decoder_start_token_id=0, **changes,
    )
    model = T5ForConditionalGeneration(config).to(dtype)
    folder = out / name
    model.save_pretrained(folder)
    for file in tokenizer.glob("*.json"):
        shutil.copy(file, folder)
    return logits(model.float())


def older():
    """Flan-T5 as it is published: an output layer of its own, in a config of before transformers 5."""
    folder = out / "older"
    shutil.copytree(out / "untied", folder)
    state = load_file(folder / "model.safetensors")
    torch.manual_seed(8)
    state["lm_head.weight"] = torch.randn_like(state["shared.weight"])
    save_file(state, folder / "model.safetensors", {"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    config.pop("scale_decoder_outputs", None)
    config["tie_word_embeddings"] = False
    (folder / "config.json").write_text(json.dumps(config))
    model = T5ForConditionalGeneration.from_pretrained(folder)
    # And as transformers of today saves it again.
    model.save_pretrained(out / "newer")
    for file in tokenizer.glob("*.json"):
        shutil.copy(file, out / "newer")
    return logits(model)


text = "acute renal failure, septicemia. ### Rationale: fever"
print(
    json.dumps(
        {
            "inputs": {"ids": IDS, "mask": MASK, "labels": LABELS},
            "ours": {"tied": loaded(ours_tied), "untied": loaded(ours_untied)},
            "text": text,
            "text_ids": AutoTokenizer.from_pretrained(ours_tied)(text, add_special_tokens=False).input_ids,
            "tied": written("tied", tie_word_embeddings=True, feed_forward_proj="relu"),
            "untied": written("untied", tie_word_embeddings=False, feed_forward_proj="gated-gelu"),
            "older": older(),
            "bfloat16": written("bfloat16", torch.bfloat16, tie_word_embeddings=False, feed_forward_proj="gated-gelu"),
        }
    )
)
