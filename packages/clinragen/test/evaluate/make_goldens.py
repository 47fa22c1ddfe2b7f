"""Writes goldens/: what scikit-learn and sacreBLEU say of random cases.

    pip install scikit-learn sacrebleu
    python packages/clinragen/test/evaluate/make_goldens.py

Seeded, so a second run writes the same files (with the same versions, which are written into them).
"""

import json
import random
import warnings
from pathlib import Path

import numpy as np
import sacrebleu
import sklearn
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    precision_recall_fscore_support,
    roc_auc_score,
)

OUT = Path(__file__).parent / "goldens"
LABELS = 25


def score_case(rng, stays, rate, decimals):
    """Random labels; `decimals` of the probabilities makes ties; label 3 is never recorded, label 4 always,
    label 5 never diagnosed."""
    prior = rng.beta(1, 1 / rate - 1, LABELS)
    recorded = (rng.random((stays, LABELS)) < prior).astype(int)
    if stays > 3:
        recorded[:, 3] = 0
        recorded[:, 4] = 1
    probabilities = np.clip(0.5 * prior + 0.3 * recorded + rng.normal(0, 0.2, (stays, LABELS)), 0, 1)
    probabilities = np.round(probabilities, decimals)
    diagnosed = (probabilities > 0.35).astype(int)
    diagnosed[:, 5] = 0

    def prf(average):
        return [float(x) for x in precision_recall_fscore_support(recorded, diagnosed, average=average, zero_division=0)[:3]]

    precision, recall, f1, support = precision_recall_fscore_support(recorded, diagnosed, average=None, zero_division=0)
    two_classes = [k for k in range(LABELS) if 0 < recorded[:, k].sum() < stays]
    positives = [k for k in range(LABELS) if recorded[:, k].sum() > 0]
    auroc = [float(roc_auc_score(recorded[:, k], probabilities[:, k])) if k in two_classes else None for k in range(LABELS)]
    ap = [
        float(average_precision_score(recorded[:, k], probabilities[:, k])) if k in positives else None
        for k in range(LABELS)
    ]
    observed, mean = calibration_curve(recorded.ravel(), probabilities.ravel(), n_bins=10, strategy="uniform")
    return {
        "recorded": ["".join(map(str, row)) for row in recorded],
        "diagnosed": ["".join(map(str, row)) for row in diagnosed],
        "probabilities": probabilities.tolist(),
        "micro": prf("micro"),
        "macro": prf("macro"),
        "exactMatch": float(accuracy_score(recorded, diagnosed)),
        "perLabel": [
            [float(p), float(r), float(f), int(s)] for p, r, f, s in zip(precision, recall, f1, support)
        ],
        "auroc": auroc,
        "averagePrecision": ap,
        "macroAuroc": float(roc_auc_score(recorded[:, two_classes], probabilities[:, two_classes], average="macro")) if two_classes else None,
        "microAuroc": float(roc_auc_score(recorded, probabilities, average="micro")),
        "macroAveragePrecision": float(average_precision_score(recorded[:, positives], probabilities[:, positives], average="macro")),
        "microAveragePrecision": float(average_precision_score(recorded, probabilities, average="micro")),
        "brier": float(np.mean((probabilities - recorded) ** 2)),
        "calibration": [[float(m), float(o)] for m, o in zip(mean, observed)],
    }


WORDS = (
    "patient with acute chronic renal failure heart rate is higher than normal three times 3.5 mg/dL 1,200 ml "
    "pH 7.31, 60-80 mmHg (ICD-9: 428.0) no fever; &quot;stable&quot; &amp; afebrile U.S. <skipped> it's b.i.d. 5-day "
    "course... O2 sat. 92% Na+ temp=38.5 \u00b0C na\u00efve caf\u00e9 \u5fc3\u4e0d\u5168 \U0001fac0 a\u00a0b x\u2003y SpO2<90 c\ufeffd e\u0085f g\x1ch Well-being - -end/start #1 $5 100- .5 ,".split(" ")
)


def sentence(rng, low, high):
    words = [rng.choice(WORDS) for _ in range(rng.randint(low, high))]
    return "".join(word + rng.choice([" ", " ", " ", "  ", "\n", ". ", ", ", "-\n"]) for word in words)


def perturb(rng, text):
    words = text.split(" ")
    out = []
    for word in words:
        draw = rng.random()
        if draw < 0.15:
            continue
        out.append(rng.choice(WORDS) if draw < 0.3 else word)
    return " ".join(out)


def bleu_case(rng, pairs, low, high, similar, empty):
    references = [sentence(rng, low, high) for _ in range(pairs)]
    hypotheses = [
        "" if rng.random() < empty else (perturb(rng, r) if similar else sentence(rng, low, high)) for r in references
    ]
    metric = sacrebleu.metrics.BLEU()
    score = metric.corpus_score(hypotheses, [references])
    return {
        "hypotheses": hypotheses,
        "references": references,
        "score": score.score,
        "precisions": score.precisions,
        "brevityPenalty": score.bp,
        "hypothesisTokens": score.sys_len,
        "referenceTokens": score.ref_len,
    }


def main():
    warnings.simplefilter("ignore")
    OUT.mkdir(exist_ok=True)
    rng = np.random.default_rng(7)
    cases = [
        score_case(rng, stays, rate, decimals)
        for stays, rate, decimals in [(60, 0.3, 4), (40, 0.1, 2), (25, 0.5, 1), (8, 0.2, 2), (1, 0.3, 3)]
    ]
    text = {"madeBy": f"scikit-learn {sklearn.__version__}, seed 7", "cases": cases}
    (OUT / "scores.json").write_text(json.dumps(text) + "\n")

    rng = random.Random(7)
    shapes = [(20, 5, 40, True, 0), (10, 5, 40, True, 0.3), (6, 1, 4, True, 0), (5, 8, 20, False, 0), (1, 1, 3, False, 0),
              (4, 1, 2, False, 0.5), (3, 5, 9, True, 1), (30, 1, 12, True, 0.1)]
    cases = [bleu_case(rng, *shape) for shape in shapes]
    tokenizer = sacrebleu.metrics.BLEU().tokenizer
    lines = [sentence(rng, 1, 25) for _ in range(60)]
    tokens = [[line, tokenizer(line.rstrip())] for line in lines]
    metric = sacrebleu.metrics.BLEU()
    metric.corpus_score(["a"], [["a"]])
    text = {"madeBy": f"sacreBLEU {sacrebleu.__version__}, seed 7", "signature": str(metric.get_signature()), "cases": cases, "tokens": tokens}
    (OUT / "bleu.json").write_text(json.dumps(text, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
