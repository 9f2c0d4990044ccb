"""The peer of the trainer: an encoder-decoder of the same sizes in PyTorch, as somebody who knows PyTorch would write it.

usage: torch_training.py BATCHES THREADS

BATCHES has the shapes of batches, a line each: sentences, source and target positions; the tokens are drawn. Prints steps per second behind the
first twenty, and the most bytes of memory that the process had.
"""
import resource
import sys
import time

import torch
from torch import nn

V, E, H, ENCODER, DROPOUT = 8000, 384, 512, 256, 0.2


class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(V, E)
        self.encoder = nn.GRU(E, ENCODER, 2, batch_first=True, bidirectional=True, dropout=DROPOUT)
        self.first = nn.GRU(E, H, batch_first=True)
        self.second = nn.GRU(H + 2 * ENCODER, H, batch_first=True)
        self.start = nn.Linear(2 * ENCODER, 2 * H)
        self.keys = nn.Linear(2 * ENCODER, H)
        self.query = nn.Linear(H, H, bias=False)
        self.energy = nn.Linear(H, 1, bias=False)
        self.readout = nn.Linear(H + 2 * ENCODER + E, E)
        self.bias = nn.Parameter(torch.zeros(V))
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, source, target):
        memory, _ = self.encoder(self.dropout(self.table(source)))
        starts = torch.tanh(self.start(memory.mean(1))).unsqueeze(0).chunk(2, -1)
        embedded = self.dropout(self.table(target))
        y1, _ = self.first(embedded, starts[0].contiguous())
        scores = self.energy(torch.tanh(self.query(y1).unsqueeze(2) + self.keys(memory).unsqueeze(1))).squeeze(-1)
        seen = torch.softmax(scores, -1) @ memory
        y2, _ = self.second(torch.cat([self.dropout(y1), seen], -1), starts[1].contiguous())
        read = torch.tanh(self.readout(torch.cat([self.dropout(y1 + y2), seen, embedded], -1)))
        return nn.functional.linear(self.dropout(read), self.table.weight, self.bias)


torch.manual_seed(1)
torch.set_num_threads(int(sys.argv[2]))
model = Translator()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.9, 0.98))
loss_of = nn.CrossEntropyLoss(label_smoothing=0.1)
shapes = [tuple(map(int, line.split())) for line in open(sys.argv[1])]
begin = 0.0
for step, (sentences, source, target) in enumerate(shapes):
    if step == 20:
        begin = time.perf_counter()
    tokens = torch.randint(5, V, (sentences, target + 1))
    logits = model(torch.randint(5, V, (sentences, source)), tokens[:, :-1])
    loss = loss_of(logits.reshape(-1, V), tokens[:, 1:].reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
print((len(shapes) - 20) / (time.perf_counter() - begin), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
