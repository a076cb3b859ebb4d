"""A follow-up is read together with what was asked before; a new topic is not."""

from __future__ import annotations

import pytest

from askms.answering.followup import Reading, readings
from askms.types import Turn

SUBJECTS = {"ketamine", "spravato", "modafinil"}
ANSWER = "Ketamine did not change fatigue. [1]\n\nThe trial was small. [1]"


def is_subject(word: str) -> bool:
    return word.strip("?.,!").lower() in SUBJECTS


def conversation(*questions: str) -> list[Turn]:
    return [
        turn for text in questions for turn in (Turn(role="user", content=text), Turn(role="assistant", content=ANSWER))
    ]


def read(message: str, *before: str) -> tuple[Reading, ...]:
    return readings(message, conversation(*before), is_subject=is_subject)


def test_a_first_message_stands_alone() -> None:
    assert read("is it safe?") == (Reading(text="is it safe?", asked="is it safe?"),)


@pytest.mark.parametrize(
    "message",
    ["is it safe in pregnancy?", "and the side effects?", "what about the elderly?", "who was in the trial last year?"],
)
def test_a_follow_up_is_read_first_with_the_subject_of_the_conversation(message: str) -> None:
    found = read(message, "Does ketamine help MS fatigue?")

    assert found[0] == Reading(text=f"ketamine: {message}", asked=message)
    assert found[1].text == f"Does ketamine help MS fatigue? {message}"
    assert found[-1].text == message


@pytest.mark.parametrize("message", ["tell me more", "more please", "Yes please", "go on", "anything else?", "And?"])
def test_asking_for_more_repeats_the_question_without_what_was_shown(message: str) -> None:
    (found,) = read(message, "Does ketamine help MS fatigue?")

    assert found.text == "Does ketamine help MS fatigue?"
    assert found.already_shown == {"Ketamine did not change fatigue.", "The trial was small."}


@pytest.mark.parametrize(
    "message",
    [
        "in simple words please",
        "too long for my foggy head, shorter please",
        "I didn't understand that",
        "easy words pls",
    ],
)
def test_asking_for_simpler_words_repeats_the_question(message: str) -> None:
    assert read(message, "Does ketamine help MS fatigue?")[0].text == "Does ketamine help MS fatigue?"


@pytest.mark.parametrize(
    "message",
    [
        "is it simpler to take a pill than a drip?",
        "does brain fog make long talks too hard",
        "what does PPMS mean in plain English",
        "I don't understand what relapses do",
    ],
)
def test_a_question_with_such_words_in_it_is_a_question(message: str) -> None:
    assert all(reading.asked == message for reading in read(message, "Does ketamine help MS fatigue?"))


def test_simpler_words_asked_for_leave_the_subject_in_play() -> None:
    found = read("is it safe in pregnancy?", "Does ketamine help MS fatigue?", "in simple words please")

    assert found[0].text == "ketamine: is it safe in pregnancy?"


@pytest.mark.parametrize("message", ["oh wrong name!! I meant Spravato", "no sorry, Spravato"])
def test_a_correction_puts_the_right_subject_into_the_question(message: str) -> None:
    assert read(message, "Does ketamine help MS fatigue?")[0].text == f"{message} Does help MS fatigue?"


def test_more_of_more_goes_back_to_the_question() -> None:
    assert read("go on", "Does ketamine help MS fatigue?", "tell me more")[0].text == "Does ketamine help MS fatigue?"


def test_another_medicine_takes_the_place_of_the_first() -> None:
    found = read("what about Spravato?", "Does ketamine help MS fatigue?")

    assert found[0].text == "what about Spravato? Does help MS fatigue?"
    assert found[1].text == "what about Spravato?"


def test_the_subject_survives_three_turns() -> None:
    found = read("and in pregnancy?", "Does ketamine help MS fatigue?", "is it safe?")

    assert found[0].text == "ketamine: and in pregnancy?"


def test_a_new_subject_in_a_whole_question_is_a_new_topic() -> None:
    assert read("Does modafinil cause a rash?", "Does ketamine help?")[0].text == "Does modafinil cause a rash?"


def test_a_long_message_stands_alone() -> None:
    message = (
        "My neurologist mentioned brain volume loss, lesions, spinal cord atrophy, relapses, optic neuritis and walking"
    )

    assert [reading.text for reading in read(message, "Does ketamine help?")] == [message]


def test_a_subject_is_not_taken_from_before_a_change_of_topic() -> None:
    found = read("how long does it last?", "Does ketamine help MS fatigue?", "Why does heat make walking harder?")

    assert all("ketamine" not in reading.text.lower() for reading in found)


@pytest.mark.parametrize("message", ["Is it safe?", "does that work", "Can it be helped?", "who was in the trial?"])
def test_what_only_points_back_is_never_read_alone(message: str) -> None:
    assert [way.text for way in read(message, "Does yoga help MS?")] == [f"Does yoga help MS? {message}"]
    assert [way.text for way in read(message)] == [message]


def test_a_short_message_of_its_own_is_tried_alone_first() -> None:
    found = read("capital of France", "Does ketamine help MS fatigue?")

    assert found[0].text == "capital of France"


def test_every_reading_keeps_what_was_asked() -> None:
    for reading in read("is it safe in pregnancy?", "Does ketamine help MS fatigue?", "what about Spravato?"):
        assert reading.asked == "is it safe in pregnancy?"
