"""Trains the head: train.py FOLDER [OUT]. FOLDER holds features.npz; writes the head and score.json. CPU, a few minutes.

Each embedding is narrowed by the same numbers; a window of them goes through one hidden layer to one number. Windows that end 0 to 240 ms behind the phrase are to
count; those a little earlier or later are left out of the training, all others are not to count. In sentences the end of the
phrase is only known roughly: the best three windows near it are taken, anew in each round.
"""

import argparse
import json
import struct
from pathlib import Path

import numpy as np

SEED = 20261129
HOP, SPAN, VALUES = 1280, 12_512, 96
AFTER = 240 * 16  # samples behind the phrase within which a window is to count
IN_A_ROW = 2


class Scenes:
    def __init__(self, path):
        held = np.load(path)
        self.values = held["values"]
        ends = held["bounds"]
        self.spans = list(zip(np.concatenate([[0], ends[:-1]]), ends))
        self.phrase_end, self.clip = held["phrase_end"], held["clip"]
        self.sets, self.kinds, self.voices, self.texts = (held[k] for k in ("sets", "kinds", "voices", "texts"))

    def learn_from(self, path):
        """Takes what another set has to train with, and nothing that it measures with."""
        other = Scenes(path)
        at = len(self.values)
        self.values = np.concatenate([self.values, other.values])
        kept = np.flatnonzero(other.sets == "train")
        self.spans += [(other.spans[n][0] + at, other.spans[n][1] + at) for n in kept]
        for name in ("phrase_end", "clip", "sets", "kinds", "voices", "texts"):
            setattr(self, name, np.concatenate([getattr(self, name), getattr(other, name)[kept]]))

    def of(self, which, *kinds):
        chosen = (self.sets == which) & np.isin(self.kinds, kinds)
        return np.flatnonzero(chosen)


def windows(scenes, width, which):
    """First embedding of every window, its scene, and how far behind the phrase it ends, in samples (nan: no phrase)."""
    at, scene, late = [], [], []
    for n in which:
        start, end = scenes.spans[n]
        count = end - start - width + 1
        if count <= 0:
            continue
        steps = np.arange(count)
        at.append(start + steps)
        scene.append(np.full(count, n))
        ends = (steps + width - 1) * HOP + SPAN
        is_wake = scenes.kinds[n].startswith("wake")
        late.append(ends - scenes.phrase_end[n] if is_wake else np.full(count, np.nan))
    return np.concatenate(at), np.concatenate(scene), np.concatenate(late)


class Net:
    """Each embedding to a few values by the same numbers, all of a window to one hidden layer, that to one number."""

    def __init__(self, rng, width, few, hidden):
        self.width, self.few = width, few
        make = lambda a, b: rng.standard_normal((a, b)).astype(np.float32) * np.float32(np.sqrt(2 / a))
        self.p = [make(VALUES, few), np.zeros(few, np.float32), make(width * few, hidden), np.zeros(hidden, np.float32), make(hidden, 1)[:, 0], np.zeros(1, np.float32)]
        self.m = [np.zeros_like(p) for p in self.p]
        self.v = [np.zeros_like(p) for p in self.p]
        self.t = 0

    def forward(self, x):
        a, ab, w, wb, o, ob = self.p
        f = np.maximum(x.reshape(-1, VALUES) @ a + ab, 0).reshape(len(x), -1)
        return None, np.maximum(f @ w + wb, 0) @ o + ob

    def step(self, rng, x, y, weight, rate, decay=1e-4, drop=0.2):
        a, ab, w, wb, o, ob = self.p
        flat = x.reshape(-1, VALUES)
        f = np.maximum(flat @ a + ab, 0)
        kf = (rng.random((len(x), self.few), dtype=np.float32) > 0.1) / np.float32(0.9)
        f3 = (f.reshape(len(x), self.width, self.few) * kf[:, None]).reshape(len(x), -1)
        h = np.maximum(f3 @ w + wb, 0)
        keep = (rng.random(h.shape, dtype=np.float32) > drop) / np.float32(1 - drop)
        h = h * keep
        z = h @ o + ob
        d = (1 / (1 + np.exp(-z)) - y) * weight / weight.sum()
        dh = np.outer(d, o) * (h > 0) * keep
        df = ((dh @ w.T).reshape(len(x), self.width, self.few) * kf[:, None]).reshape(-1, self.few) * (f > 0)
        grads = [flat.T @ df + decay * a, df.sum(0), f3.T @ dh + decay * w, dh.sum(0), h.T @ d, d.sum(keepdims=True)]
        self.t += 1
        for p, m, v, g in zip(self.p, self.m, self.v, grads):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            p -= rate * (m / (1 - 0.9**self.t)) / (np.sqrt(v / (1 - 0.999**self.t)) + 1e-8)


def gather(values, at, width):
    return values[at[:, None] + np.arange(width)].reshape(len(at), -1)


def scores(net, values, at, width):
    found = [net.forward(gather(values, at[i : i + 8192], width))[1] for i in range(0, len(at), 8192)]
    return np.concatenate(found)


def train(scenes, values, width, few, hidden, rounds, seed=SEED):
    rng = np.random.default_rng(seed)
    at, scene, late = windows(scenes, width, scenes.of("train", "wake", "wake+", "other"))
    kind = scenes.kinds[scene]
    is_sure = (kind == "wake") & (late >= 0) & (late <= AFTER)
    is_left_out = (kind == "wake") & ~is_sure & (late > -160 * 16) & (late < 480 * 16)
    # In a sentence: near the end of the phrase nothing is sure until the net says which.
    is_near = (kind == "wake+") & (late > -420 * 16) & (late < 400 * 16)
    is_negative = ~is_sure & ~is_left_out & ~is_near
    net = Net(rng, width, few, hidden)
    negatives, sure = np.flatnonzero(is_negative), np.flatnonzero(is_sure)
    near = np.flatnonzero(is_near)
    groups = np.split(near, np.flatnonzero(np.diff(scene[near])) + 1)
    z = np.zeros(len(at), np.float32)
    for round_ in range(rounds):
        positives = sure
        if round_ >= 2:
            z[near] = scores(net, values, at[near], width)
            best = []
            for group in groups:
                if len(group) >= 3:
                    three = np.convolve(z[group], np.ones(3), "valid")
                    best.append(group[np.argmax(three) + np.arange(3)])
            positives = np.concatenate([sure] + best)
        # Half of the negatives are those that come nearest to counting.
        if round_ >= 1:
            z[negatives] = scores(net, values, at[negatives], width)
            hard = negatives[np.argsort(-z[negatives])[: len(negatives) // 12]]
            easy = rng.choice(negatives, len(negatives) // 4, replace=False)
            chosen = np.concatenate([hard, hard, easy])
        else:
            chosen = rng.choice(negatives, len(negatives) // 2, replace=False)
        index = np.concatenate([positives, chosen])
        y = np.concatenate([np.ones(len(positives)), np.zeros(len(chosen))]).astype(np.float32)
        weight = np.where(y > 0, 1.0, 1.5 * len(positives) / len(chosen) * 2).astype(np.float32)
        order = rng.permutation(len(index))
        rate = 2e-3 * 0.5 * (1 + np.cos(np.pi * round_ / rounds)) + 2e-5
        for i in range(0, len(order) - 255, 256):
            batch = order[i : i + 256]
            x = gather(values, at[index[batch]], width)
            x = x + rng.standard_normal(x.shape, dtype=np.float32) * 0.15
            net.step(rng, x, y[batch], weight[batch], rate)
    return net


def fires(z, limit):
    """Where the rule of the detector is met: the first of so many scores in a row."""
    over = z >= limit
    run = over[: len(over) - 1] & over[1:]
    return np.flatnonzero(run)


def measure(scenes, values, net, width, limits):
    """For each limit: recall of wakes, and share of other scenes that wake it, by kind and program; and how late it is."""
    told = {}
    every = {}
    trained = np.unique(scenes.voices[scenes.sets == "train"])
    for kind in ("wake", "wake+", "confuser", "new confuser", "other"):
        which = scenes.of("held", kind)
        # A voice that was trained with measures nothing.
        which = which[~np.isin(scenes.voices[which], trained)]
        at, scene, late = windows(scenes, width, which)
        z = scores(net, values, at, width)
        cuts = np.flatnonzero(np.diff(scene)) + 1
        every[kind] = list(zip(np.split(z, cuts), np.split(late, cuts), [s[0] for s in np.split(scene, cuts)]))
    for limit in limits:
        logit = np.log(limit / (1 - limit))
        row = {}
        lags = []
        for kind, all_ in every.items():
            by = {}
            for z, late, n in all_:
                fired = fires(z, logit)
                if kind.startswith("wake"):
                    fired = [f for f in fired if -400 * 16 <= late[f] <= 700 * 16]
                    if kind == "wake" and len(fired):
                        lags.append(late[fired[0]] / 16)
                program = str(scenes.voices[n]).split(":")[0]
                hit, count = by.get(program, (0, 0))
                by[program] = (hit + (len(fired) > 0), count + 1)
            row[kind] = by
        row["lag_ms"] = [float(np.percentile(lags, q)) for q in (5, 50, 95)] if lags else None
        told[limit] = row
    return told, every


def export(path, net, mean, deviation, width, threshold, lag_ms):
    """The head as voice/core reads it; the scaling of the embeddings goes into the first layer."""
    a, ab, w, wb, o, ob = net.p
    half = lambda x: x.astype("<f2").tobytes()
    whole = lambda x: x.astype("<f4").tobytes()
    scaled = (a / deviation[:, None]).astype(np.float16)
    bias = ab - mean @ scaled.astype(np.float32)
    head = b"EWAKE\x02\0\0" + struct.pack("<HHHff", width, net.few, len(o), threshold, lag_ms)
    path.write_bytes(head + half(scaled) + whole(bias) + half(w) + whole(wb) + whole(o) + whole(ob))


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("folder", type=Path)
    ask.add_argument("out", type=Path, nargs="?")
    ask.add_argument("--more", type=Path, action="append", default=[], help="another folder to train with")
    ask.add_argument("--width", type=int, default=12)
    ask.add_argument("--few", type=int, default=48)
    ask.add_argument("--hidden", type=int, default=64)
    ask.add_argument("--rounds", type=int, default=12)
    ask.add_argument("--seed", type=int, default=SEED)
    ask.add_argument("--threshold", type=float, default=0.9)
    args = ask.parse_args()
    scenes = Scenes(args.folder / "features.npz")
    for folder in args.more:
        scenes.learn_from(folder / "features.npz")
    trained = np.zeros(len(scenes.values), bool)
    for n in scenes.of("train", "wake", "wake+", "other"):
        trained[slice(*scenes.spans[n])] = True
    seen = scenes.values[trained].astype(np.float32)
    mean, deviation = seen.mean(0), seen.std(0) + 1e-3
    values = (scenes.values.astype(np.float32) - mean) / deviation
    net = train(scenes, values, args.width, args.few, args.hidden, args.rounds, args.seed)
    told, every = measure(scenes, values, net, args.width, (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995))
    for limit, row in told.items():
        parts = []
        for kind in ("wake", "wake+", "confuser", "new confuser", "other"):
            hit, count = map(sum, zip(*row[kind].values()))
            parts.append(f"{kind} {hit}/{count}")
        by = " ".join(f"{k}:{h}/{c}" for k, (h, c) in row["wake"].items())
        print(limit, " ".join(parts), "|", by, "| lag", row["lag_ms"])
    logit = np.log(args.threshold / (1 - args.threshold))
    wrong = [str(scenes.texts[n]) for k in ("confuser", "new confuser", "other") for z, _, n in every[k] if len(fires(z, logit))]
    print("woken by:", sorted(wrong))
    if args.out:
        lag = told[args.threshold]["lag_ms"][1]
        export(args.out, net, mean, deviation, args.width, args.threshold, max(0.0, lag))
        (args.folder / "score.json").write_text(json.dumps(told[args.threshold], indent=1))


if __name__ == "__main__":
    main()
