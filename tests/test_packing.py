"""A network that was written with 8-bit weights can be taught further."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from askms.networks import packaged_tokenizer
from askms.ranking import MOST_TOKENS, as_read, packaged_ranker
from training import entailment, ranker
from training.packing import encode, read_network

QUESTIONS = ["What is MS?", "does vitamin d help", "can i fly"]
SENTENCE = ("Vitamin D. Results", "Vitamin D did not change relapses in a trial of 172 people.")


def test_the_ranker_of_this_release_reads_alike_in_torch() -> None:
    network = ranker.Network()
    read_network(network, ranker.TARGET)
    network.eval()
    texts = [as_read(question, *SENTENCE) for question in QUESTIONS]

    with torch.no_grad():
        read = network(**encode(packaged_tokenizer(MOST_TOKENS), texts))[:, 0].numpy()

    shipped = [float(packaged_ranker().scores(question, [SENTENCE])[0]) for question in QUESTIONS]
    np.testing.assert_allclose(read, shipped, atol=0.5)
    assert np.ptp(shipped) > 2


def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(ValueError, match="another network"):
        read_network(torch.nn.Linear(3, 2), entailment.TARGET)
