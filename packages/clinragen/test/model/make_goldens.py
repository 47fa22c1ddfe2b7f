"""Makes test/goldens: small random networks and what independent implementations compute with them.

T5 is Hugging Face's, PatchTST and the reprogramming attention are written here in plain PyTorch, from the papers and the
official layout of names. Everything is float32 on one CPU thread; searches whose ids differ in float64 are refused,
because rounding would decide them.

    pip install "transformers>=4.57,<5" torch safetensors     # transformers 5 ties T5's output to its embedding, always
    python packages/clinragen/test/model/make_goldens.py
"""

import copy
import json
import math
import pathlib

import torch
import transformers
from safetensors.torch import save_file
from torch import nn
from transformers import T5Config, T5ForConditionalGeneration

HERE = pathlib.Path(__file__).parent.parent / "goldens"
MAX_TOKENS = 14

# Named as the options of src/model/generate.ts; the second is what `generate` of transformers takes.
SEARCHES = {
    "greedy": ({}, {"num_beams": 1}),
    "beam2": ({"beams": 2}, {"num_beams": 2}),
    "beam3_short": (
        {"beams": 3, "lengthPenalty": -0.5},
        {"num_beams": 3, "length_penalty": -0.5},
    ),
    "beam3_early": (
        {"beams": 3, "lengthPenalty": 0.6, "earlyStopping": True},
        {"num_beams": 3, "length_penalty": 0.6, "early_stopping": True},
    ),
    "beam3_long": (
        {"beams": 3, "lengthPenalty": 2},
        {"num_beams": 3, "length_penalty": 2.0},
    ),
    "beam3_never": (
        {"beams": 3, "lengthPenalty": 1.4, "earlyStopping": "never"},
        {"num_beams": 3, "length_penalty": 1.4, "early_stopping": "never"},
    ),
    "greedy_no_repeat": ({"noRepeatNgram": 2}, {"num_beams": 1, "no_repeat_ngram_size": 2}),
    "beam3_no_repeat": (
        {"beams": 3, "noRepeatNgram": 2},
        {"num_beams": 3, "no_repeat_ngram_size": 2},
    ),
    "beam2_no_repeat_token": (
        {"beams": 2, "noRepeatNgram": 1},
        {"num_beams": 2, "no_repeat_ngram_size": 1},
    ),
}


def norm(tensor):
    return tensor.detach().norm().reshape(1)


def write(folder, name, tensors):
    path = HERE / folder
    path.mkdir(parents=True, exist_ok=True)
    save_file({key: value.detach().clone().contiguous() for key, value in tensors.items()}, path / name)
    (path / name).chmod(0o644)


def write_json(folder, name, value):
    (HERE / folder / name).write_text(json.dumps(value, indent=1) + "\n")


def t5(folder, seed, **settings):
    torch.manual_seed(seed)
    config = T5Config(dropout_rate=0.0, decoder_start_token_id=0, pad_token_id=0, eos_token_id=1, **settings)
    model = T5ForConditionalGeneration(config).eval()
    with torch.no_grad():
        # Sharper than at the start of training, so that searches have something to choose, and end now and then.
        for name, weight in model.named_parameters():
            if name.endswith("lm_head.weight"):
                weight.mul_(0.35)
            elif "shared" not in name and "layer_norm" not in name:
                weight.mul_(1.4)
        model.get_output_embeddings().weight[1].mul_(1.5)
    batch, length, target = 3, 31, 9
    mask = torch.ones(batch, length, dtype=torch.long)
    mask[1, 22:] = 0
    mask[2, :5] = 0
    mask[2, 28:] = 0
    ids = torch.randint(2, config.vocab_size, (batch, length)) * mask
    embeds = torch.randn(batch, length, config.d_model)
    labels = torch.randint(2, config.vocab_size, (batch, target))
    labels[1, 6:] = -100
    labels[2, 3] = -100
    expected = {"input_ids": ids, "attention_mask": mask, "labels": labels, "inputs_embeds": embeds}

    out = model(input_ids=ids, attention_mask=mask, labels=labels)
    out.loss.backward()
    expected |= {
        "encoder_last_hidden_state": out.encoder_last_hidden_state,
        "logits": out.logits,
        "loss": out.loss.reshape(1),
        **{f"grad_norm/{name}": norm(weight.grad) for name, weight in model.named_parameters()},
    }
    with torch.no_grad():
        out = model(inputs_embeds=embeds, attention_mask=mask, labels=labels)
    expected |= {"inputs_embeds_logits": out.logits, "inputs_embeds_loss": out.loss.reshape(1)}

    double = copy.deepcopy(model).double()
    lengths = set()
    for group, source in (("generate", {"inputs_embeds": embeds}), ("generate_ids", {"input_ids": ids})):
        for search, (_, options) in SEARCHES.items():
            found = []
            for network in (model, double):
                given = {key: value.double() if value.is_floating_point() and network is double else value for key, value in source.items()}
                out = network.generate(
                    **given,
                    attention_mask=mask,
                    max_new_tokens=MAX_TOKENS,
                    do_sample=False,
                    return_dict_in_generate=True,
                    output_scores=True,
                    **options,
                )
                rows = torch.zeros(batch, MAX_TOKENS + 1, dtype=torch.long)
                rows[:, : out.sequences.size(1)] = out.sequences
                # Some versions pad beams with the end token, since their check of the padding token takes 0 for none.
                ends = (rows == config.eos_token_id).long()
                rows[ends.cumsum(1) - ends > 0] = config.pad_token_id
                found.append(rows)
                if network is model and "sequences_scores" in out:
                    expected[f"{group}/{search}_scores"] = out.sequences_scores
            if not torch.equal(*found):
                raise SystemExit(f"{folder}: {group}/{search} hangs on rounding: take another seed")
            expected[f"{group}/{search}"] = found[0]
            lengths |= {int((row == 1).nonzero()[0]) if (row == 1).any() else MAX_TOKENS + 1 for row in found[0]}
    print(folder, "sequences end at", sorted(lengths))
    state = model.state_dict()
    for alias in ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight"):
        state.pop(alias)
    if config.tie_word_embeddings:
        state.pop("lm_head.weight")
    write(folder, "model.safetensors", state)
    write(folder, "expected.safetensors", expected)
    kept = {key: value for key, value in config.to_diff_dict().items() if key not in ("transformers_version", "n_positions")}
    kept |= {"model_type": "t5", "tie_word_embeddings": config.tie_word_embeddings, "dropout_rate": 0.0}
    write_json(folder, "config.json", kept)


class Transposed(nn.Module):
    def forward(self, x):
        return x.transpose(1, 2)


class Attention(nn.Module):
    """PatchTST's: the scores of a layer are added to those of the next."""

    def __init__(self, width, heads):
        super().__init__()
        self.W_Q, self.W_K, self.W_V = (nn.Linear(width, width) for _ in range(3))
        self.to_out = nn.Sequential(nn.Linear(width, width))
        self.sdp_attn = nn.Module()
        self.sdp_attn.scale = nn.Parameter(torch.tensor((width // heads) ** -0.5), requires_grad=False)
        self.heads = heads

    def forward(self, x, missing, before):
        n, p, d = x.shape
        q, k, v = (w(x).reshape(n, p, self.heads, d // self.heads) for w in (self.W_Q, self.W_K, self.W_V))
        scores = torch.einsum("nphe,nqhe->nhpq", q, k) * self.sdp_attn.scale
        if before is not None:
            scores = scores + before
        shown = scores if missing is None else scores.masked_fill(missing[:, None, None, :], -math.inf)
        states = torch.einsum("nhpq,nqhe->nphe", shown.softmax(-1), v).reshape(n, p, d)
        return self.to_out(states), scores


class Layer(nn.Module):
    def __init__(self, width, heads, feed_forward, kind):
        super().__init__()
        def make_norm():
            if kind == "LayerNorm":
                return nn.LayerNorm(width)
            return nn.Sequential(Transposed(), nn.BatchNorm1d(width), Transposed())

        self.self_attn = Attention(width, heads)
        self.norm_attn = make_norm()
        self.ff = nn.Sequential(nn.Linear(width, feed_forward), nn.GELU(), nn.Dropout(0), nn.Linear(feed_forward, width))
        self.norm_ffn = make_norm()

    def forward(self, x, missing, before):
        states, scores = self.self_attn(x, missing, before)
        x = self.norm_attn(x + states)
        return self.norm_ffn(x + self.ff(x)), scores


class PatchTST(nn.Module):
    def __init__(self, patch, patches, width, heads, feed_forward, layers, kind):
        super().__init__()
        self.W_pos = nn.Parameter(torch.randn(patches, width) * 0.3)
        self.W_P = nn.Linear(patch, width)
        self.encoder = nn.Module()
        self.encoder.layers = nn.ModuleList(Layer(width, heads, feed_forward, kind) for _ in range(layers))

    def forward(self, x, missing=None):
        b, p, v, w = x.shape
        x = torch.stack([self.W_P(x[:, :, i]) + self.W_pos[:p] for i in range(v)], 1).reshape(b * v, p, -1)
        shown = None if missing is None else missing.repeat_interleave(v, 0)
        scores = None
        for layer in self.encoder.layers:
            x, scores = layer(x, shown, scores)
        return x.reshape(b, v, p, -1).permute(0, 1, 3, 2)  # [B, V, d, P]


def disturb(module):
    """Moves what starts at 0 or 1, so that leaving it out shows."""
    with torch.no_grad():
        for name, tensor in list(module.named_parameters()) + list(module.named_buffers()):
            if "norm" in name and tensor.is_floating_point():
                tensor.add_(torch.rand_like(tensor) * 0.4)
            if name.endswith("scale"):
                tensor.mul_(1.3)


def series(folder, seed):
    torch.manual_seed(seed)
    heads = {"encoder": 2, "reprogramming": 3}
    expected = {}
    for kind in ("BatchNorm", "LayerNorm"):
        model = PatchTST(patch=3, patches=8, width=12, heads=heads["encoder"], feed_forward=20, layers=3, kind=kind)
        disturb(model)
        x = torch.randn(2, 6, 4, 3)  # [B, P, V, w], fewer patches than positions
        mask = torch.ones(2, 6, dtype=torch.long)
        mask[1, 4:] = 0
        with torch.no_grad():
            expected[f"{kind}/output_eval"] = model.eval()(x)
            expected[f"{kind}/output_masked"] = model(x, mask == 0)
        out = model.train()(x)
        out.square().mean().backward()
        expected |= {f"{kind}/input": x, f"{kind}/mask": mask, f"{kind}/output_train": out}
        for name, weight in model.named_parameters():
            if weight.requires_grad:
                expected[f"{kind}/grad_norm/{name}"] = norm(weight.grad)
        # After the training pass, as in the reference folders: output_eval came before it.
        for name, weight in model.state_dict().items():
            if not name.endswith("num_batches_tracked"):
                expected[f"{kind}/weights/{name}"] = weight

    width, inner, h = 10, 12, heads["reprogramming"]
    q, k, v, o = nn.Linear(width, inner), nn.Linear(width, inner), nn.Linear(width, inner), nn.Linear(inner, width)
    query, prototypes = torch.randn(2, 5, width), torch.randn(7, width)
    split = lambda x: x.reshape(*x.shape[:-1], h, inner // h)
    scores = torch.einsum("bphe,khe->bhpk", split(q(query)), split(k(prototypes))) / math.sqrt(inner // h)
    weights = scores.softmax(-1)
    output = o(torch.einsum("bhpk,khe->bphe", weights, split(v(prototypes))).reshape(2, 5, inner))
    expected |= {
        "reprogramming/query": query,
        "reprogramming/prototypes": prototypes,
        "reprogramming/output": output,
        "reprogramming/weights_of_terms": weights,
    }
    for name, layer in (("query", q), ("key", k), ("value", v), ("out", o)):
        expected[f"reprogramming/weights/{name}_projection.weight"] = layer.weight
        expected[f"reprogramming/weights/{name}_projection.bias"] = layer.bias
    write(folder, "expected.safetensors", expected)
    write_json(folder, "config.json", {"heads": heads})


if __name__ == "__main__":
    if transformers.__version__.startswith("5"):
        raise SystemExit("transformers 5 ties T5's output layer to its embedding: pip install 'transformers>=4.57,<5'")
    torch.set_num_threads(1)
    gated = {"vocab_size": 120, "d_model": 32, "d_kv": 10, "num_heads": 3, "d_ff": 40, "num_layers": 2, "num_decoder_layers": 2}
    t5("t5-untied-gated-gelu", 11, **gated, feed_forward_proj="gated-gelu", tie_word_embeddings=False,
       relative_attention_num_buckets=8, relative_attention_max_distance=16)
    tied = {"vocab_size": 90, "d_model": 24, "d_kv": 6, "num_heads": 4, "d_ff": 56, "num_layers": 3, "num_decoder_layers": 2}
    t5("t5-tied-relu", 12, **tied, feed_forward_proj="relu", tie_word_embeddings=True,
       relative_attention_num_buckets=12, relative_attention_max_distance=24)
    write_json(".", "t5-searches.json", {search: ours for search, (ours, _) in SEARCHES.items()})
    series("patchtst", 13)
    total = sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file())
    print(f"{total / 1024:.0f} KiB in {HERE}")
