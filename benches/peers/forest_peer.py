"""Our forest beside LightGBM, XGBoost, shap and scikit-learn: the same rows, the same trees.

Builds and runs `crates/targeting/examples/forest_peer.rs`, which learns 300 trees of 7 leaves over
19 features and hands over the trees, rows, scores and reasons. Then, in the same run and on one
thread:
- the trees are given to LightGBM as a text model: its scores must be ours to 1e-9;
- they are given to shap's TreeExplainer: its values must be ours to 1e-6;
- LightGBM and XGBoost learn trees of the same size, and everybody's speed is taken;
- our calibration stands beside scikit-learn's logistic and isotonic regression.

Install `requirements-forest.txt`, then: python forest_peer.py
Ends with an error when anything disagrees. Prints a Markdown table.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import json
import pathlib
import subprocess
import sys
import time

import lightgbm
import numpy as np
import shap
import xgboost
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROUNDS = 5


def ours():
    """What the example says, with missing values as NaN."""
    command = ["cargo", "run", "--release", "--quiet", "-p", "targeting"]
    done = subprocess.run(
        command + ["--example", "forest_peer"], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    said = json.loads(done.stdout)
    matrix = lambda values: np.array(values, dtype=float).reshape(-1, said["width"])
    said["rows"] = matrix(said["rows"])
    said["contributions"] = matrix(said["contributions"])
    said["learned"]["rows"] = matrix(said["learned"]["rows"])
    for values in (said, said["learned"]):
        values["labels"] = np.array(values["labels"], dtype=int)
    said["scores"] = np.array(said["scores"])
    said["chances"] = np.array(said["chances"])
    return said


def below(threshold):
    """The greatest number that is less: `x < t` as the peers' `x <= t`."""
    return np.nextafter(threshold, -np.inf)


def as_lightgbm(said):
    """Our trees as a LightGBM text model; its first tree carries our base."""
    forest = said["forest"]
    text = [
        "tree", "version=v4", "num_class=1", "num_tree_per_iteration=1", "label_index=0",
        f"max_feature_idx={said['width'] - 1}", "objective=binary sigmoid:1",
        "feature_names=" + " ".join(f"c{n}" for n in range(said["width"])),
        "feature_infos=" + " ".join("[0:1]" for _ in range(said["width"])), "",
    ]
    base = forest["base"]
    for number, tree in enumerate(forest["trees"]):
        join = lambda values: " ".join(str(value) for value in values)
        values = [float(np.float32(value)) + (base if number == 0 else 0.0) for value in tree["value"]]
        splits = len(tree["feature"])
        # 8: missing is NaN; 2: missing goes left.
        kinds = [8 + (2 if left else 0) for left in tree["missing_left"]]
        text += [
            f"Tree={number}", f"num_leaves={len(values)}", "num_cat=0",
            "split_feature=" + join(tree["feature"]), "split_gain=" + join([1] * splits),
            "threshold=" + join(repr(float(below(t))) for t in tree["threshold"]),
            "decision_type=" + join(kinds), "left_child=" + join(tree["left"]),
            "right_child=" + join(tree["right"]), "leaf_value=" + join(repr(v) for v in values),
            "leaf_weight=" + join(tree["cover"]), "leaf_count=" + join([1] * len(values)),
            "internal_value=" + join([0] * splits), "internal_weight=" + join([0] * splits),
            "internal_count=" + join([2] * splits), "is_linear=0", "shrinkage=1", "",
        ]
    text += ["end of trees", "", "parameters:", "end of parameters", ""]
    return lightgbm.Booster(model_str="\n".join(text))


def as_shap(said):
    """Our trees as the dictionary that shap's TreeExplainer takes: splits first, then leaves."""
    trees = []
    for tree in said["forest"]["trees"]:
        splits, leaves = len(tree["feature"]), len(tree["value"])
        node = lambda child: child if child >= 0 else splits + (-child - 1)
        left = [node(child) for child in tree["left"]]
        right = [node(child) for child in tree["right"]]
        cover = [0.0] * splits + [float(np.float32(cover)) for cover in tree["cover"]]

        def fill(at):
            if at < splits:
                cover[at] = fill(left[at]) + fill(right[at])
            return cover[at]

        if splits == 0:
            continue
        fill(0)
        ends = [-1] * leaves
        default = [l if to_left else r for l, r, to_left in zip(left, right, tree["missing_left"])]
        values = [0.0] * splits + [float(np.float32(value)) for value in tree["value"]]
        trees.append(
            {
                "children_left": np.array(left + ends),
                "children_right": np.array(right + ends),
                "children_default": np.array(default + ends),
                "features": np.array(list(tree["feature"]) + [-2] * leaves),
                "thresholds": np.array([below(t) for t in tree["threshold"]] + [0.0] * leaves),
                "values": np.array(values).reshape(-1, 1),
                "node_sample_weight": np.array(cover),
            }
        )
    model = {
        "trees": trees,
        "base_offset": said["forest"]["base"],
        "tree_output": "raw_value",
        "objective": "binary_crossentropy",
        "input_dtype": np.float64,
        "internal_dtype": np.float64,
    }
    return shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")


def seconds(work):
    """The shortest of some rounds, in processor time."""
    spent = []
    for _ in range(ROUNDS):
        start = time.process_time()
        result = work()
        spent.append(time.process_time() - start)
    return result, min(spent)


def agree(name, found, expected, within):
    furthest = float(np.max(np.abs(found - expected)))
    print(f"{name}: furthest {furthest:.1e}, allowed {within:.0e}", file=sys.stderr)
    if not furthest <= within:
        sys.exit(f"{name} disagrees by {furthest}")
    return furthest


def log_loss(chances, labels):
    chances = np.clip(chances, 1e-15, 1 - 1e-15)
    return -np.mean(np.where(labels == 1, np.log(chances), np.log1p(-chances)))


def main():
    said = ours()
    rows, explained = said["rows"], len(said["contributions"])
    rate = lambda count, spent: f"{count / spent:,.0f}"
    lines = [("ours", said["scoring_seconds"], said["explaining_seconds"], explained, "–")]

    twin = as_lightgbm(said)
    scores = twin.predict(rows, raw_score=True, num_threads=1)
    off = agree("LightGBM on our trees: scores", scores, said["scores"], 1e-9)
    _, spent = seconds(lambda: twin.predict(rows, raw_score=True, num_threads=1))
    lines.append(("LightGBM, our trees", spent, None, 0, f"scores to {off:.0e}"))

    explainer = as_shap(said)
    values, spent = seconds(lambda: explainer.shap_values(rows[:explained], check_additivity=False))
    values = np.asarray(values).reshape(explained, -1)
    off = agree("shap on our trees: values", values, said["contributions"], 1e-6)
    agree("shap on our trees: expected", np.ravel(explainer.expected_value), said["expected"], 1e-6)
    lines.append(("shap, our trees", None, spent, explained, f"values to {off:.0e}"))

    learned, labels = said["learned"]["rows"], said["learned"]["labels"]
    boosted = lightgbm.train(
        {"objective": "binary", "num_leaves": 7, "learning_rate": 0.05, "bagging_fraction": 0.8,
         "bagging_freq": 1, "feature_fraction": 0.5, "num_threads": 1, "seed": 1, "verbose": -1},
        lightgbm.Dataset(learned, labels), 300,
    )
    few = min(explained, 500)
    _, scoring = seconds(lambda: boosted.predict(rows, num_threads=1))
    _, reasons = seconds(lambda: boosted.predict(rows[:few], pred_contrib=True, num_threads=1))
    lines.append(("LightGBM, its own trees", scoring, reasons, few, "–"))
    boosted = xgboost.train(
        {"objective": "binary:logistic", "max_leaves": 7, "max_depth": 0, "grow_policy": "lossguide",
         "tree_method": "hist", "eta": 0.05, "subsample": 0.8, "colsample_bytree": 0.5, "nthread": 1,
         "seed": 1},
        xgboost.DMatrix(learned, labels), 300,
    )
    _, scoring = seconds(lambda: boosted.inplace_predict(rows))
    part = xgboost.DMatrix(rows[:explained])
    _, reasons = seconds(lambda: boosted.predict(part, pred_contribs=True))
    lines.append(("XGBoost, its own trees", scoring, reasons, explained, "–"))

    print("| 300 trees, 7 leaves, 19 features | scored rows per CPU-s | explained | agreement |")
    print("|---|---:|---:|---|")
    for name, scoring, reasons, count, agreement in lines:
        scored = rate(len(rows), scoring) if scoring else "–"
        print(f"| {name} | {scored} | {rate(count, reasons) if reasons else '–'} | {agreement} |")

    half = len(rows) // 2
    scores, found = said["scores"], said["labels"]
    logistic = LogisticRegression(C=1e9).fit(scores[:half, None], found[:half])
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(scores[:half], found[:half])
    print("\n| calibration, fitted on one half | log loss on the other | distinct chances |")
    print("|---|---:|---:|")
    for name, chances in (
        ("none", 1 / (1 + np.exp(-scores[half:]))),
        ("ours (Platt)", said["chances"][half:]),
        ("scikit-learn, logistic", logistic.predict_proba(scores[half:, None])[:, 1]),
        ("scikit-learn, isotonic", isotonic.predict(scores[half:])),
    ):
        distinct = len(np.unique(chances))
        print(f"| {name} | {log_loss(chances, found[half:]):.5f} | {distinct} |")


if __name__ == "__main__":
    main()
