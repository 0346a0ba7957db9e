"""The road from a raw table to a score as the field walks it today: pandas and LightGBM.

It does the work that the judgement does for the Korea Customs Service table, with the same
features, the same trees and one thread, so that the two can be set side by side by processor time.
What it needs from the past (the counts by key, the model) is made beforehand and is not timed.

Run by `cargo xtask bench --peers`, or by hand:
    python peers.py --train train.csv --raw million.csv [--valid valid.csv]

Prints a line a stage: name, rows, processor seconds, wall seconds, separated by tabs. What it
says about the quality of the model goes to standard error.
"""

import os

# One thread everywhere: the figures are per core. The libraries read these when they load.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import sys
import time

import lightgbm
import numpy as np
import pandas as pd

# All columns are read, as a receiving office must, with the types a careful reader would give.
TYPES = {
    "Declaration ID": "int64",
    "Date": "str",
    "Office ID": "str",
    "Process Type": "str",
    "Import Type": "str",
    "Import Use": "str",
    "Payment Type": "str",
    "Mode of Transport": "str",
    "Declarant ID": "str",
    "Importer ID": "str",
    "Seller ID": "str",
    "Courier ID": "str",
    "HS6 Code": "int64",
    "Country of Departure": "str",
    "Country of Origin": "str",
    "Tax Rate": "float64",
    "Tax Type": "str",
    "Country of Origin Indicator": "str",
    "Net Mass": "float64",
    "Item Price": "float64",
    "Fraud": "int8",
    "Critical Fraud": "int8",
}

# Six keys, from the exact goods to the HS heading, each with a smoothed rate and a count.
KEYS = {
    "goods": ["hs6", "unit_price", "departure", "origin", "rate", "type", "mass"],
    "price_mass": ["hs6", "unit_price", "mass"],
    "price_route": ["hs6", "unit_price", "departure", "origin", "rate", "type"],
    "route": ["hs6", "departure", "origin", "rate", "type"],
    "price": ["hs6", "unit_price"],
    "heading": ["hs4"],
}

IRREGULAR = {"n_estimators": 300, "num_leaves": 7, "seed": 1}
CRITICAL = {"n_estimators": 150, "num_leaves": 4, "seed": 2}


def read(path):
    """The table, every column parsed."""
    return pd.read_csv(path, dtype=TYPES, parse_dates=["Date"], date_format="%Y-%m-%d")


def key_columns(table):
    """What the keys are made of."""
    mass, price = table["Net Mass"].to_numpy(), table["Item Price"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        unit_price = np.where(mass == 0, -1.0, np.round(price / mass, 1))
    hs6 = table["HS6 Code"].to_numpy()
    return pd.DataFrame(
        {
            "hs6": hs6,
            "hs4": hs6 // 100,
            "unit_price": unit_price,
            "departure": table["Country of Departure"],
            "origin": table["Country of Origin"],
            "rate": table["Tax Rate"].to_numpy(),
            "type": table["Tax Type"],
            "mass": mass,
            "price_total": price,
        }
    )


def plain_features(keys):
    """The seven features that need no past."""
    mass, unit_price = keys["mass"].to_numpy(), keys["unit_price"].to_numpy()
    return [
        np.log1p(mass),
        np.log1p(keys["price_total"].to_numpy()),
        np.log1p(np.maximum(unit_price, 0.0)),
        keys["rate"].to_numpy(),
        (mass == np.floor(mass)).astype("float64"),
        (mass % 10 == 0).astype("float64"),
        (keys["departure"] == keys["origin"]).to_numpy().astype("float64"),
    ]


def rate_and_count(seen, found, prior):
    """The smoothed rate and the logarithm of the count; a key never seen has the prior and 0."""
    seen, found = np.nan_to_num(seen), np.nan_to_num(found)
    return [(found + prior) / (seen + 1.0), np.log1p(seen)]


def counts(keys, found):
    """For each key the table of how often it was inspected and how often something was found."""
    return {
        name: keys[columns]
        .assign(found=found)
        .groupby(columns, sort=False)["found"]
        .agg(seen="size", found="sum")
        .astype("float64")
        .reset_index()
        for name, columns in KEYS.items()
    }


def features(keys, tables, prior):
    """The 19 features of rows to be scored: all that is known counts."""
    matrix = []
    for name, columns in KEYS.items():
        known = keys[columns].merge(tables[name], on=columns, how="left", sort=False)
        matrix += rate_and_count(known["seen"].to_numpy(), known["found"].to_numpy(), prior)
    return np.column_stack(matrix + plain_features(keys))


def features_as_of_arrival(keys, day, found, prior):
    """The 19 features of rows to learn from: only outcomes of earlier days count."""
    matrix = []
    for columns in KEYS.values():
        number = keys.groupby(columns, sort=False).ngroup().to_numpy()
        rows = pd.DataFrame({"key": number, "day": day, "found": found})
        days = rows.groupby(["key", "day"])["found"].agg(seen="size", found="sum")
        past = days.groupby(level="key").cumsum() - days
        past = past.reset_index()
        known = rows[["key", "day"]].merge(past, on=["key", "day"], how="left", sort=False)
        matrix += rate_and_count(known["seen"].to_numpy(), known["found"].to_numpy(), prior)
    return np.column_stack(matrix + plain_features(keys))


def learn(matrix, found, trees):
    """Boosted trees with the settings that the judgement uses."""
    settings = {
        "objective": "binary",
        "num_leaves": trees["num_leaves"],
        "max_depth": 20,
        "learning_rate": 0.05,
        "min_sum_hessian_in_leaf": 10.0,
        "min_data_in_leaf": 1,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "feature_fraction": 0.5,
        "num_threads": 1,
        "deterministic": True,
        "seed": trees["seed"],
        "verbose": -1,
    }
    return lightgbm.train(settings, lightgbm.Dataset(matrix, found), trees["n_estimators"])


def area_under_curve(score, found):
    """The chance that a found row is ranked above a clean one; ties count half."""
    ranks = pd.Series(score).rank().to_numpy()
    positives = int(found.sum())
    negatives = len(found) - positives
    return (ranks[found == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives)


ROUNDS = 3


def timed(name, work):
    """Does the work three times and prints the least that it took: neighbours only ever add."""
    spent = []
    for _ in range(ROUNDS):
        result = None  # What the last round made is given back first.
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        spent.append((time.process_time() - cpu, time.perf_counter() - wall))
    cpu, wall = min(spent)
    report(name, len(result), cpu, wall)
    return result, np.array([cpu, wall])


def report(name, rows, cpu, wall):
    print(f"{name}\t{rows}\t{cpu:.3f}\t{wall:.3f}", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--train", required=True, help="table with outcomes to learn from")
    options.add_argument("--raw", required=True, help="table to score")
    options.add_argument("--valid", help="table to judge the model's quality on")
    options.add_argument("--explained", type=int, default=100_000, help="rows for pred_contrib")
    options = options.parse_args()

    train = read(options.train)
    keys = key_columns(train)
    day = train["Date"].to_numpy()
    targets = []
    for column, level, trees in (("Fraud", 1, IRREGULAR), ("Critical Fraud", 2, CRITICAL)):
        found = (train[column].to_numpy() >= level).astype("float64")
        prior = found.mean()
        model = learn(features_as_of_arrival(keys, day, found, prior), found, trees)
        targets.append((column, level, prior, counts(keys, found), model))

    if options.valid:
        valid = read(options.valid)
        valid_keys = key_columns(valid)
        goods = KEYS["goods"]
        known = valid_keys[goods].merge(targets[0][3]["goods"], on=goods, how="left")["seen"]
        new = known.isna().to_numpy()
        for column, level, prior, tables, model in targets:
            found = (valid[column].to_numpy() >= level).astype(int)
            score = model.predict(features(valid_keys, tables, prior), num_threads=1)
            print(
                f"{column}: AUC {area_under_curve(score, found):.4f},"
                f" new goods {area_under_curve(score[new], found[new]):.4f}"
                f" ({new.sum()} of {len(new)} rows)",
                file=sys.stderr,
            )

    # The first call pays for what is loaded lazily, and no stage below shall.
    warm = key_columns(train.head(1000))
    targets[0][4].predict(features(warm, targets[0][3], targets[0][2]))

    _, _, prior, tables, model = targets[0]
    raw, reading = timed("read", lambda: read(options.raw))
    keys, keying = timed("keys", lambda: key_columns(raw))
    matrix, looking_up = timed("features", lambda: features(keys, tables, prior))
    _, scoring = timed("score", lambda: model.predict(matrix, num_threads=1))
    whole = reading + keying + looking_up + scoring
    report("raw to score", len(raw), *whole)

    _, _, prior, tables, critical = targets[1]
    second, looking_up = timed("features, critical", lambda: features(keys, tables, prior))
    _, scoring = timed("score, critical", lambda: critical.predict(second, num_threads=1))
    report("raw to both scores", len(raw), *(whole + looking_up + scoring))

    part = matrix[: options.explained]
    timed("reasons", lambda: model.predict(part, pred_contrib=True, num_threads=1))


if __name__ == "__main__":
    main()
