"""The peer of the benchmarks: the weights of a bundle and its beam search in PyTorch, as somebody who knows PyTorch would write them.

usage: torch_beam.py FOLDER BEAM ALPHA BATCH THREADS

FOLDER has weights.npz, settings.json and sources.txt (token ids, a sentence a line). Writes hypotheses.txt and prints sentences per second,
PyTorch's version and the library that multiplies its matrices.
"""
import json
import os
import sys
import time

import numpy as np
import torch

folder, beam, alpha, batch, threads = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
torch.set_num_threads(threads)
torch.set_grad_enabled(False)
W = {name: torch.from_numpy(array) for name, array in np.load(f"{folder}/weights.npz").items()}
settings = json.load(open(f"{folder}/settings.json"))
start, end, pad, banned = settings["start"], settings["end"], settings["pad"], torch.tensor(settings["banned"])
table = W["embedding"]
table_t, query, energy = table.t().contiguous(), W["attention.query.weight"], W["attention.energy"].squeeze(1)


def gru_weights(prefix):
    """The gates come in PyTorch's order; the candidate's second bias is PyTorch's b_hn."""
    hidden = W[f"{prefix}.recurrent"].shape[0]
    second = torch.cat([torch.zeros(2 * hidden), W[f"{prefix}.candidate_bias"]])
    return W[f"{prefix}.input.weight"].t().contiguous(), W[f"{prefix}.recurrent"].t().contiguous(), W[f"{prefix}.input.bias"], second


def gru_cell(prefix):
    weights = gru_weights(prefix)
    cell = torch.nn.GRUCell(weights[0].shape[1], weights[1].shape[1])
    for parameter, value in zip((cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh), weights):
        parameter.copy_(value)
    return cell


def encoder():
    layers = sum(1 for name in W if name.startswith("encoder.") and name.endswith("forward.recurrent"))
    hidden = W["encoder.0.forward.recurrent"].shape[0]
    rnn = torch.nn.GRU(table.shape[1], hidden, layers, batch_first=True, bidirectional=True)
    for layer in range(layers):
        for direction, suffix in (("forward", ""), ("backward", "_reverse")):
            names = (f"weight_ih_l{layer}", f"weight_hh_l{layer}", f"bias_ih_l{layer}", f"bias_hh_l{layer}")
            for name, value in zip(names, gru_weights(f"encoder.{layer}.{direction}")):
                getattr(rnn, name + suffix).copy_(value)
    return rnn


rnn, first, second = encoder(), gru_cell("decoder.first"), gru_cell("decoder.second")


def encode(sources):
    lengths = torch.tensor([len(s) for s in sources])
    ids = torch.full((len(sources), int(lengths.max())), pad)
    for i, source in enumerate(sources):
        ids[i, : len(source)] = torch.tensor(source)
    packed = torch.nn.utils.rnn.pack_padded_sequence(table[ids], lengths, batch_first=True, enforce_sorted=False)
    memory, _ = torch.nn.utils.rnn.pad_packed_sequence(rnn(packed)[0], batch_first=True)
    keys = memory @ W["attention.keys.weight"] + W["attention.keys.bias"]
    mask = torch.where(torch.arange(ids.shape[1])[None] < lengths[:, None], 0.0, -1e9)
    mean = memory.sum(1) / lengths[:, None]
    states = [torch.tanh(mean @ W[f"decoder.start.state{i}.weight"] + W[f"decoder.start.state{i}.bias"]) for i in (1, 2)]
    return memory, keys, mask, states


def step(tokens, states, memory, keys, mask):
    """tokens [B, K], states [B K, H]: log-probabilities [B, K, V] and the next states."""
    embedded = table[tokens.flatten()]
    h1 = first(embedded, states[0])
    projected = (h1 @ query).view(*tokens.shape, 1, -1)
    weights = torch.softmax(torch.tanh(projected + keys[:, None]) @ energy + mask[:, None], -1)
    seen = (weights @ memory).flatten(0, 1)
    h2 = second(torch.cat([h1, seen], 1), states[1])
    readout = torch.tanh(torch.cat([h1 + h2, seen, embedded], 1) @ W["decoder.readout.weight"] + W["decoder.readout.bias"])
    logits = readout @ table_t + W["decoder.output.bias"]
    return torch.log_softmax(logits, -1).view(*tokens.shape, -1), [h1, h2]


def normalised(total, length):
    return total / ((5 + length) / 6) ** alpha


def search(sources):
    """The search of SentenceSearch.cs; sentences that are over leave the batch."""
    memory, keys, mask, states = encode(sources)
    states = [s.repeat_interleave(beam, 0) for s in states]
    count = len(sources)
    limits = [2 * len(s) + 10 for s in sources]
    live = [[(0.0, [])] for _ in sources]
    finished = [[] for _ in sources]
    rows = list(range(count))
    tokens = torch.full((count, beam), start)
    totals = torch.full((count, beam), -torch.inf)
    totals[:, 0] = 0
    for length in range(1, max(limits) + 1):
        logp, states = step(tokens, states, memory, keys, mask)
        logp[:, :, banned] = -torch.inf
        best, places = (totals[:, :, None] + logp).flatten(1).topk(2 * beam)
        best, places = best.tolist(), places.tolist()
        size = logp.shape[2]
        kept, parents, new_tokens, new_totals = [], [], [], []
        for row, sentence in enumerate(rows):
            grown = []
            for rank, (total, place) in enumerate(zip(best[row], places[row])):
                if total == -float("inf") or len(grown) == beam:
                    break
                from_beam, token = divmod(place, size)
                history = live[sentence][from_beam][1] + [token]
                if token != end:
                    grown.append((from_beam, token, total, history))
                elif rank < beam:
                    finished[sentence].append((normalised(total, length), history))
            done = sorted(finished[sentence], key=lambda f: -f[0])[:beam]
            finished[sentence] = done
            over = not grown or length == limits[sentence]
            if done and not over:
                bound = normalised(grown[0][2], length + 1) if len(done) >= beam else normalised(grown[0][2], limits[sentence])
                over = bound <= done[0][0]
            if over:
                if not done:
                    finished[sentence] = [(normalised(g[2], length), g[3]) for g in grown]
                continue
            live[sentence] = [(g[2], g[3]) for g in grown]
            grown += [grown[0][:2] + (-float("inf"), None)] * (beam - len(grown))
            kept.append(row)
            parents += [row * beam + g[0] for g in grown]
            new_tokens.append([g[1] for g in grown])
            new_totals.append([g[2] for g in grown])
        if not kept:
            break
        states = [s[parents] for s in states]
        if len(kept) < len(rows):
            memory, keys, mask = memory[kept], keys[kept], mask[kept]
            rows = [rows[row] for row in kept]
        tokens, totals = torch.tensor(new_tokens), torch.tensor(new_totals)
    return [f[0][1] for f in finished]


sources = [[int(token) for token in line.split()] for line in open(f"{folder}/sources.txt")]
order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
search([sources[i] for i in order[: 2 * batch]])
found = [None] * len(sources)
begin = time.perf_counter()
for first_of_batch in range(0, len(order), batch):
    some = order[first_of_batch : first_of_batch + batch]
    for i, hypothesis in zip(some, search([sources[i] for i in some])):
        found[i] = hypothesis
elapsed = time.perf_counter() - begin
with open(f"{folder}/hypotheses.txt", "w") as file:
    file.writelines(" ".join(map(str, hypothesis)) + "\n" for hypothesis in found)

# Wheels have MKL inside; Debian's PyTorch takes the libblas that is installed, and the reference one is many times slower than OpenBLAS.
mapped = {os.path.basename(line.split()[-1]) for line in open("/proc/self/maps") if "/" in line}
products = ["MKL"] if "mkl" in torch.__config__.show().lower() and torch.backends.mkl.is_available() else sorted(n for n in mapped if "blas" in n)
print(len(sources) / elapsed, torch.__version__, "+".join(products) or "its own products")
