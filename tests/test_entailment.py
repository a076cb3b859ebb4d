"""Judges other than the packaged one, choosing sentences, and counting differences."""

from __future__ import annotations

from pathlib import Path

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from askms.embedding import packaged_folder
from askms.entailment import Judgement, open_judge
from askms.entailment.chat import ChatJudge
from askms.entailment.crossencoder import CrossEncoderJudge
from askms.entailment.differences import differences
from askms.entailment.selection import select
from askms.errors import ModelUnavailable, ProviderError

PASSAGE = (
    "Fatigue is common in MS.",
    "In the trial, 18 people had one ketamine infusion.",
    "The weather was not recorded.",
    "Ketamine may lower fatigue after 28 days.",
)


def words(text: str) -> int:
    return len(text.split())


def test_a_passage_that_fits_is_read_whole() -> None:
    assert select(PASSAGE, "anything", 100, words) == (0, 1, 2, 3)


def test_of_a_long_passage_the_sentences_that_cover_the_claim_are_read_in_order() -> None:
    assert select(PASSAGE, "Ketamine was given to 18 people and lowered fatigue after 28 days.", 17, words) == (1, 3)


def test_at_least_one_sentence_is_read() -> None:
    assert select(PASSAGE, "What about the weather?", 1, words) == (2,)


def test_an_empty_passage_gives_nothing_to_read() -> None:
    assert select((), "a claim", 10, words) == ()


@pytest.mark.parametrize(
    ("claim", "field"),
    [
        ("In the trial, 19 people had one ketamine infusion.", "new_number"),
        ("In the trial, 18 people did not have a ketamine infusion.", "negation_differs"),
        ("Ketamine may raise fatigue after 28 days.", "opposite"),
        ("Ketamine lowers fatigue after 28 days.", "doubt_lost"),
        ("In the trial, 18 mice had one ketamine infusion.", "new_people"),
        ("In the trial, 18 people had one natalizumab infusion.", "new_long_word"),
    ],
)
def test_a_changed_fact_is_counted(claim: str, field: str) -> None:
    assert getattr(differences(PASSAGE, claim), field) > 0


@pytest.mark.parametrize("sentence", PASSAGE)
def test_a_sentence_of_the_passage_differs_in_nothing(sentence: str) -> None:
    found = differences(PASSAGE, sentence)
    assert (found.covered, found.covered_by_nearest, found.pairs_covered, found.nearest_covered) == (1, 1, 1, 1)
    assert found.new_number == found.negation_differs == found.opposite == found.doubt_lost == found.new_long_word == 0


def test_differences_from_nothing_are_counted() -> None:
    assert differences((), "Ketamine helps.").covered == 0


@pytest.mark.parametrize(
    ("supported", "contradicted", "label"),
    [(0.6, 0.1, "supported"), (0.1, 0.8, "contradicted"), (0.2, 0.1, "unsupported")],
)
def test_a_judgement_is_named_by_its_line_and_its_likelier_rest(
    supported: float, contradicted: float, label: str
) -> None:
    assert Judgement(supported=supported, contradicted=contradicted).label == label


def test_a_stricter_line_holds_less() -> None:
    assert not Judgement(supported=0.6, contradicted=0.1, line=0.7).holds


@pytest.mark.parametrize("spec", ["", "cross-encoder:", "chat:", "nli", "packaged:x"])
def test_a_judge_that_is_unknown_is_named_with_the_choices(spec: str) -> None:
    with pytest.raises(ModelUnavailable, match=r"Choose packaged, cross-encoder:.* or chat:"):
        open_judge(spec)


def test_a_cross_encoder_that_is_not_here_is_not_downloaded(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="downloads nothing"):
        open_judge("cross-encoder:someone/no-such-model").judge([("a", "b")])


def chat(*replies: str) -> ChatJudge:
    return ChatJudge(GenericFakeChatModel(messages=iter([AIMessage(reply) for reply in replies])), "fake")


def test_a_chat_model_gives_labels() -> None:
    judge = chat('{"label": "supported"}', 'Sure:\n```json\n{"label": "contradicted"}\n```')
    assert [one.label for one in judge.judge([("a", "b"), ("c", "d")])] == ["supported", "contradicted"]


@pytest.mark.parametrize("reply", ["yes", '{"label": "maybe"}', ""])
def test_a_chat_model_that_gives_no_label_fails(reply: str) -> None:
    with pytest.raises(ProviderError, match="gave no label"):
        chat(reply).judge([("a", "b")])


def tiny(folder: Path, labels: dict[int, str]) -> CrossEncoderJudge:
    """A cross-encoder with random weights."""
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    config = BertConfig(
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        id2label=labels,
        label2id={name: at for at, name in labels.items()},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(packaged_folder()).save_pretrained(folder)
    return CrossEncoderJudge(str(folder))


def test_any_nli_cross_encoder_judges_by_the_names_of_its_classes(tmp_path: Path) -> None:
    pairs = [("MS is a disease. " * 200, "MS is a disease."), ("a", "b")]
    one = tiny(tmp_path / "one", {0: "ENTAILMENT", 1: "neutral", 2: "CONTRADICTION"})
    found = one.judge(pairs)
    turned = tiny(tmp_path / "one", {0: "contradiction", 1: "neutral", 2: "entailment"})
    assert len(found) == 2
    assert all(0 < judgement.supported + judgement.contradicted < 1 for judgement in found)
    assert one.judge([]) == []
    assert turned.judge(pairs) != found


def test_a_cross_encoder_with_one_score_tells_support_alone(tmp_path: Path) -> None:
    found = tiny(tmp_path, {0: "LABEL_0"}).judge([("MS is a disease.", "MS is a disease.")])
    assert 0 < found[0].supported < 1
    assert found[0].contradicted == 0


def test_a_cross_encoder_with_other_classes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="positive"):
        tiny(tmp_path, {0: "positive", 1: "negative"}).judge([("a", "b")])
