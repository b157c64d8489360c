"""Measures the detector itself: measure.py FOLDER PROGRAM [--every N] [--without VOICE ...]. FOLDER holds clips.npz; PROGRAM is
voice-bench; with --every only every Nth clip is heard, and none of a voice that was trained with after all.

Everything of the held-out set is put into one long recording of a room, in scenes as features.py makes them and once more
in quiet, and the program tells where it is woken: the product's own filter, detector of voice and network, and no Python.
"""

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np

import features

SEED = 20261130
# The list that the first detector was measured with.
FIRST = {"hey jacket", "hey biscuit", "hey basil", "a basket", "hey bastard", "hey gasket", "the basket", "hey casket", "okay basket"}


def recording(clips, is_quiet, every, without):
    """All scenes one after the other, and of each where it lies and where its phrase ends."""
    pieces, told, at = [], [], 0
    for index in np.flatnonzero((clips.sets == "held") & ~np.isin(clips.voices, without))[::every]:
        rng = np.random.default_rng([SEED, int(index)])
        if is_quiet:
            pcm = np.concatenate([np.zeros(24_000), clips.clip(index), np.zeros(14_400)])
            pcm = pcm * (0.08 / max(features.rms(clips.clip(index)), 1e-6))
            pcm = pcm + rng.standard_normal(len(pcm)) * 0.0003
            end = 24_000 + clips.phrase[index]
        else:
            pcm, end = features.scene(rng, clips, index, False)
        told.append((index, at, at + len(pcm), at + int(end)))
        pieces.append(np.clip(pcm * 32767, -32768, 32767).astype("<i2"))
        at += len(pcm)
    return np.concatenate(pieces), told


def woken(program, folder, pcm):
    path = folder / "held.raw"
    path.write_bytes(pcm.tobytes())
    out = subprocess.run([program, "wakes", str(path)], check=True, capture_output=True, text=True).stdout
    return sorted(json.loads(line)["end"] for line in out.splitlines() if line.startswith("{"))


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("folder", type=Path)
    ask.add_argument("program")
    ask.add_argument("--every", type=int, default=1)
    ask.add_argument("--without", action="append", default=[])
    args = ask.parse_args()
    folder, program = args.folder, args.program
    clips = features.Clips(folder)
    result = {}
    for room in ("quiet", "rooms"):
        pcm, told = recording(clips, room == "quiet", args.every, args.without)
        ends = np.array(woken(program, folder, pcm))
        tally, off, by, wrong = {}, [], {}, []
        for index, start, stop, phrase_end in told:
            kind, text = str(clips.kinds[index]), str(clips.texts[index])
            inside = ends[(ends >= start) & (ends < stop)]
            if kind.startswith("wake"):
                near = inside[np.abs(inside - phrase_end) < 9_600]
                is_woken = len(near) > 0
                if kind == "wake" and is_woken:
                    off.append(float(near[0] - phrase_end) / 16)
                program_ = str(clips.voices[index]).split(":")[0]
                hit, count = by.get(program_, (0, 0))
                by[program_] = (hit + is_woken, count + 1)
            else:
                is_woken = len(inside) > 0
                if is_woken:
                    wrong.append(text)
                if text in FIRST:
                    hit, count = tally.get("first list", (0, 0))
                    tally["first list"] = (hit + is_woken, count + 1)
            hit, count = tally.get(kind, (0, 0))
            tally[kind] = (hit + int(is_woken), count + 1)
        others = sum(stop - start for index, start, stop, _ in told if clips.kinds[index] == "other") / 16_000 / 3_600
        result[room] = {
            "woken": tally,
            "by_program": by,
            "end_off_ms": [round(float(np.percentile(off, q))) for q in (5, 50, 95)] if off else None,
            "hours_of_other_talk": round(others, 3),
            "wrong": sorted(wrong),
        }
    print(json.dumps(result, indent=1, default=int))


if __name__ == "__main__":
    main()
