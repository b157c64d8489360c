"""Speech for training and measuring, spoken by flite, espeak-ng and festival (programs, never linked).

Usage: speech.py FOLDER [VOICE | common]. Writes clips.npz: int16 samples at 16 kHz one after the other, their bounds, texts, voices,
sets ("train", "held") and kinds ("wake", "wake+", "confuser", "new confuser", "other"), and for "wake+" (the phrase and
a request in one breath) where the phrase ends at the latest. Voices of "held" are heard nowhere in training; festival is
a program that training does not hear at all. With VOICE there is nothing but this voice, to train with and for nothing else: the
last head heard flite's `awb` so, since there are few voices that sound natural. With `common` there is talk of common words alone. The same seed and program versions give the same clips.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

import phrases

SEED = 20261129
RATE = 16_000
ACCENTS = "en-us en-gb en-gb-scotland en-gb-x-rp en-gb-x-gbclan en-gb-x-gbcwmd en-029 en-us-nyc".split()
# Variants that still sound like somebody; whispers, robots and effects are left out.
VARIANTS = """ Alex Alicia Andrea Andy Annie Denis Gene Henrique Hugo Lee Marco Mario Michael Mike adam anika antonio aunty belinda
benjamin boris caleb david ed edward edward2 f1 f2 f3 f4 f5 grandma grandpa gustave iven john klatt klatt2 klatt3 klatt4 linda m1 m2
m3 m4 m5 m6 m7 m8 marcelo max miguel norbert pablo paul pedro quincy rob robert sandro shelby steph steph2 travis victor zac""".split()
HELD_VARIANTS = "f2 m3 Annie belinda david Michael steph klatt3 m7 zac linda Hugo".split()
HELD_ACCENT = "en-gb-x-gbclan"
FLITE = ["slt", "rms", "kal16"]
HELD_FLITE = ["awb"]
FESTIVAL = ["ked_diphone", "cmu_us_slt_arctic_hts", "kal_diphone"]
SETS = {"wake": 1500, "wake+": 500, "other": 18000}
COMMON = 4500
ONE_VOICE = {"wake": 400, "wake+": 130, "other": 3500}
HELD = {"wake": 240, "wake+": 60, "other": 500}


def training_voice(rng):
    if rng.random() < 0.42:
        return "flite:" + rng.choice(FLITE)
    accent = rng.choice([a for a in ACCENTS if a != HELD_ACCENT])
    variant = rng.choice([""] + [v for v in VARIANTS if v not in HELD_VARIANTS])
    return f"espeak:{accent}+{variant}".rstrip("+")


def held_voices():
    """Voices that only measuring hears, in turn."""
    espeak = [f"espeak:{ACCENTS[i % len(ACCENTS)]}+{v}" for i, v in enumerate(HELD_VARIANTS)]
    voices = espeak + [f"espeak:{HELD_ACCENT}"] + ["flite:" + v for v in HELD_FLITE] * 4
    if shutil.which("text2wave"):
        voices += ["festival:" + v for v in FESTIVAL] * 2
    return voices


def speak(job):
    """A voice, a text and numbers between 0 and 1 for pace and pitch; trimmed int16 at 16 kHz."""
    voice, text, pace, pitch = job
    engine, name = voice.split(":")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "one.wav")
        if engine == "flite":
            stretch = f"duration_stretch={0.75 + 0.6 * pace:.3f}"
            base = {"slt": 170, "rms": 105, "kal16": 105, "awb": 125}[name]
            tone = f"int_f0_target_mean={base * (0.8 + 0.45 * pitch):.1f}"
            command = ["flite", "-voice", name, "--setf", stretch, "--setf", tone, "-f", "/dev/stdin", "-o", path]
        elif engine == "espeak":
            command = ["espeak-ng", "-v", name, "-s", str(int(120 + 110 * pace)), "-p", str(int(15 + 75 * pitch)), "--stdin", "-w", path]
        else:
            stretch = f"(Parameter.set 'Duration_Stretch {0.8 + 0.45 * pace:.3f})"
            command = ["text2wave", "-eval", f"(voice_{name})", "-eval", stretch, "-o", path]
        subprocess.run(command, input=text.encode(), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with wave.open(path) as heard:
            rate = heard.getframerate()
            pcm = np.frombuffer(heard.readframes(heard.getnframes()), dtype="<i2").astype(np.float32)
    if rate != RATE:
        pcm = resample_poly(pcm, RATE, rate)
    return trim(np.clip(pcm, -32768, 32767).astype(np.int16))


def trim(pcm):
    """Cuts the silence around, so that training decides how much of it there is."""
    loud = np.flatnonzero(np.abs(pcm) > 200)
    return pcm[loud[0] : loud[-1] + 1] if len(loud) else pcm[:1]


def training(rng, sets, voice):
    for n in range(sets["wake"]):
        yield "train", "wake", voice(rng), rng.choice(phrases.SPELLINGS), rng.random(), rng.random()
    for n in range(sets["wake+"]):
        text = rng.choice(["hey basket ", "hey basket, "]) + rng.choice([rng.choice(phrases.TAILS), phrases.request(rng)])
        yield "train", "wake+", voice(rng), text, rng.random(), rng.random()
    for text in phrases.negatives(rng, sets["other"]):
        yield "train", "other", voice(rng), text, rng.random(), rng.random()


def plan(one):
    """Set, kind, voice, text, pace, pitch; with a voice, of it alone."""
    if one == "common":
        rng = random.Random(f"{SEED} common")
        for text in phrases.common(rng, COMMON):
            yield "train", "other", training_voice(rng), text, rng.random(), rng.random()
        return
    if one:
        yield from training(random.Random(f"{SEED} {one}"), ONE_VOICE, lambda _: one)
        return
    yield from training(random.Random(SEED), SETS, training_voice)
    rng = random.Random(SEED + 1)
    voices = held_voices()
    for n in range(HELD["wake"]):
        yield "held", "wake", voices[n % len(voices)], rng.choice(phrases.SPELLINGS), rng.random(), rng.random()
    for n in range(HELD["wake+"]):
        yield "held", "wake+", voices[n % len(voices)], "hey basket, " + rng.choice(phrases.TAILS), rng.random(), rng.random()
    for kind, texts, each in (("confuser", phrases.CONFUSERS, 3), ("new confuser", phrases.HELD_CONFUSERS, 12)):
        for text in texts:
            for _ in range(each):
                yield "held", kind, rng.choice(voices), text, rng.random(), rng.random()
    for n in range(HELD["other"]):
        text = phrases.request(rng) if n % 3 else rng.choice(phrases.SMALL_TALK)
        yield "held", "other", voices[n % len(voices)], text, rng.random(), rng.random()


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    planned = list(plan(sys.argv[2] if len(sys.argv) > 2 else None))
    jobs = [p[2:] for p in planned]
    # How long the phrase alone takes the same voice at the same pace: where it ends in the sentence, at the latest.
    jobs += [(p[2], phrases.PHRASE, p[4], p[5]) for p in planned if p[1] == "wake+"]
    with ThreadPoolExecutor(int(os.environ.get("WORKERS", "2"))) as pool:
        clips = list(pool.map(speak, jobs))
    alone = iter([len(clip) for clip in clips[len(planned) :]])
    clips = clips[: len(planned)]
    np.savez(
        folder / "clips.npz",
        pcm=np.concatenate(clips),
        ends=np.cumsum([len(clip) for clip in clips]),
        sets=np.array([p[0] for p in planned]),
        kinds=np.array([p[1] for p in planned]),
        voices=np.array([p[2] for p in planned]),
        texts=np.array([p[3] for p in planned]),
        phrase=np.array([next(alone) if p[1] == "wake+" else len(c) for p, c in zip(planned, clips)]),
    )
    print(f"{len(clips)} clips, {sum(map(len, clips)) / RATE / 60:.1f} minutes")


if __name__ == "__main__":
    main()
