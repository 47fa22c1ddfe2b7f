#!/usr/bin/env python3
"""Trains the demo's tokenizer: a small Unigram model with T5's conventions, from synthetic text only.

    pip install tokenizers==0.23.3 duckdb
    npx clinragen synthesize --patients 4000 --seed 11 --out build/tokenizer/hospital
    npx clinragen cohort, then npx clinragen rationales, with a config whose source is that folder
    python3 scripts/make-tokenizer.py RUN/cohort/stays.parquet RUN/rationales.jsonl

(RUN: the run's folder. Neither step needs a tokenizer, so the order is not circular.)

Input: any mix of `.parquet` files with a column `note` (cleaned hospital courses; read with duckdb), `.jsonl` files of
rationales (the fields `note` and `series` of each line), and other files as plain text, one text a line. Output:
tokenizer.json, special_tokens_map.json and tokenizer_config.json in --out (default packages/clinragen/assets/tokenizer),
in Hugging Face layout. Texts are sorted before training, so that the order of files does not matter.

Conventions, as in T5: <pad> 0, </s> 1, <unk> 2; a space is U+2581, put before the first word too; white space of any
kind counts as one space; </s> ends every sequence. Every printable ASCII character has a piece, so that the marks of
the target text (# { } : ; ,) are never unknown.

The 25 names are pieces of their own, once with a space before and once without: the student writes a disease with one
token instead of ten. No learned piece holds a space inside, so adding them changes no other text's pieces. They are
plain entries of the Unigram vocabulary, not added tokens: nothing special is asked of a reader.
"""

import argparse
import json
import math
import re
from collections import Counter
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "packages" / "clinragen"
SPECIAL = ["<pad>", "</s>", "<unk>"]
SPACE = "\u2581"
# The wording of prompt and target, whatever the corpus holds of it.
FRAME = [
    "Diagnose disease from the following medical notes:",
    "and Lab Test:",
    "### Disease Diagnosed:",
    "### Rationale:",
    "Based on the medical notes",
    "Lab test shows",
]
# Words of the frame that are one piece each. None joins a brace to a name: lists are decoded piece by piece.
FRAME_WORDS = ["###", "Disease", "Diagnosed:", "Rationale:", "{", "Diagnose", "Based", "Lab", "Test:"]


def phenotypes() -> list[str]:
    """The 25 names, out of their one home."""
    source = (PACKAGE / "src" / "phenotypes.ts").read_text(encoding="utf-8")
    block = re.search(r"PHENOTYPES = \[(.*?)\] as const", source, re.S)
    names = re.findall(r"^\s*'([^']+)',$", block.group(1), re.M) if block else []
    if len(names) != 25:
        raise SystemExit(f"src/phenotypes.ts: found {len(names)} names, expected 25")
    return names


def texts(files: list[Path]):
    for file in files:
        if file.suffix == ".parquet":
            import duckdb  # only where such a file is given

            yield from (row[0] for row in duckdb.execute("SELECT note FROM read_parquet(?)", [str(file)]).fetchall())
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            if file.suffix != ".jsonl":
                yield line
                continue
            record = json.loads(line)
            for field in ("note", "series"):
                if not isinstance(record.get(field), str):
                    raise SystemExit(f"{file}:{number}: found no text in '{field}', expected a rationale")
                yield record[field]


def variants(corpus: list[str]) -> list[str]:
    """Every word once more with each mark after it.

    The trainer takes its candidates from substrings that several distinct words share. In a small corpus a long word is
    one distinct word, and would never become a piece, however often it comes; with its variants it is several.
    """
    counts = Counter(word.strip(".,;:()") for text in corpus for word in text.split())
    words = sorted(word for word, count in counts.items() if count >= 3 and len(word) > 1)
    return [f"{word} {word}, {word}. {word};" for word in words]


def train(corpus: list[str], names: list[str], size: int) -> Tokenizer:
    white = normalizers.Sequence([normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()])
    learner = Tokenizer(models.Unigram())
    learner.normalizer = white
    learner.pre_tokenizer = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always", split=True)
    learner.train_from_iterator(
        corpus + variants(corpus) + (FRAME + names) * max(1, len(corpus) // 100),
        trainers.UnigramTrainer(
            vocab_size=size - 2 * len(names) - len(FRAME_WORDS),
            special_tokens=SPECIAL,
            unk_token="<unk>",
            initial_alphabet=[SPACE, *(chr(c) for c in range(0x21, 0x7F))],
            max_piece_length=20,
            show_progress=False,
        ),
    )
    pieces = [piece for piece, _ in json.loads(learner.to_str())["model"]["vocab"]]
    assert pieces[:3] == SPECIAL
    # The trainer's scores differ in the third digit from run to run (it sums in the order of a hash table), its pieces
    # do not. Scores from the counts of one pass over the corpus make the file reproducible.
    counts = Counter(piece for encoding in learner.encode_batch(corpus) for piece in encoding.tokens)
    total = sum(counts.values())
    # A likely piece, so that the whole name always beats its parts ("Shock" may have been learned, but as a rare one).
    wholes = [piece for name in names for piece in (SPACE + name.replace(" ", SPACE), name.replace(" ", SPACE))]
    wholes += [SPACE + word for word in FRAME_WORDS]
    learned = [(piece, round(math.log((counts[piece] + 0.5) / total), 5)) for piece in pieces[3:] if piece not in wholes]
    learned.sort(key=lambda entry: (-entry[1], entry[0]))
    vocab = [(piece, 0.0) for piece in SPECIAL] + [(piece, -3.0) for piece in wholes] + learned

    tokenizer = Tokenizer(models.Unigram(vocab, unk_id=2, byte_fallback=False))
    tokenizer.normalizer = white
    # Words are not split apart here, else no piece could span the words of a name.
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always", split=False)
    # Not the Metaspace decoder: it drops every space mark inside the first piece, and a name may be the first.
    tokenizer.decoder = decoders.Sequence([decoders.Replace(SPACE, " "), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=["$A", "</s>"], pair=["$A", "</s>", "$B", "</s>"], special_tokens=[("</s>", 1)]
    )
    tokenizer.add_special_tokens(SPECIAL)
    return tokenizer


def check(tokenizer: Tokenizer, corpus: list[str], names: list[str]) -> None:
    """What must hold before anything is written."""
    for name in names:
        ids = tokenizer.encode(name).ids
        assert len(ids) == 2 and ids[1] == 1, f"{name}: {ids}"
        assert tokenizer.decode(ids) == name
    target = "### Disease Diagnosed: {" + ",".join(names) + "}. ### Rationale:"
    encoded = tokenizer.encode(target)
    assert tokenizer.decode(encoded.ids) == target
    assert len(encoded.ids) < 2 * len(names) + 25, len(encoded.ids)
    unknown = sum(tokenizer.encode(text).ids.count(2) for text in corpus[:500])
    assert unknown == 0, f"{unknown} unknown pieces in the first 500 texts"


def write(path: Path, text: str) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text + "\n", encoding="utf-8")
    temporary.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, help="text files, one text a line, or .jsonl of rationales")
    parser.add_argument("--size", type=int, default=2048, help="pieces in all (default 2048)")
    parser.add_argument("--out", type=Path, default=PACKAGE / "assets" / "tokenizer")
    options = parser.parse_args()
    names = phenotypes()
    corpus = sorted(texts(options.files))
    if not corpus:
        raise SystemExit("no text in the files, expected cleaned notes and rationales")
    tokenizer = train(corpus, names, options.size)
    check(tokenizer, corpus, names)

    options.out.mkdir(parents=True, exist_ok=True)
    special = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    config = {
        "added_tokens_decoder": {
            str(i): {"content": t, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}
            for i, t in enumerate(SPECIAL)
        },
        "clean_up_tokenization_spaces": False,
        "extra_ids": 0,
        "model_max_length": 1024,
        "tokenizer_class": "PreTrainedTokenizerFast",
        **special,
    }
    write(options.out / "tokenizer.json", tokenizer.to_str(pretty=False))
    write(options.out / "special_tokens_map.json", json.dumps(special, indent=2))
    write(options.out / "tokenizer_config.json", json.dumps(config, indent=2))
    lengths = sorted(len(tokenizer.encode(text).ids) for text in corpus)
    words = sum(len(text.split()) for text in corpus)
    print(
        f"{options.out}: {tokenizer.get_vocab_size()} pieces from {len(corpus)} texts, "
        f"{sum(lengths) / words:.2f} tokens a word, median text {lengths[len(lengths) // 2]} tokens"
    )


if __name__ == "__main__":
    main()
