"""Questions about MS in fifty languages: each gets a whole, checked reply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

CheckReply = Callable[[TestClient, dict[str, Any]], None]

QUESTIONS = {
    "Afrikaans": "Wat is veelvuldige sklerose?",
    "Albanian": "Çfarë është skleroza multiple?",
    "Amharic": "መልቲፕል ስክለሮሲስ ምንድን ነው?",
    "Arabic": "ما هو التصلب المتعدد؟",
    "Armenian": "Ի՞նչ է ցրված սկլերոզը:",
    "Azerbaijani": "Dağınıq skleroz nədir?",
    "Basque": "Zer da esklerosi anizkoitza?",
    "Bengali": "মাল্টিপল স্ক্লেরোসিস কী?",
    "Bulgarian": "Какво е множествена склероза?",
    "Catalan": "Què és l'esclerosi múltiple?",
    "Chinese": "什么是多发性硬化症？",
    "Croatian": "Što je multipla skleroza?",
    "Czech": "Co je roztroušená skleróza?",
    "Danish": "Hvad er dissemineret sklerose?",
    "Dutch": "Waarom ben ik zo moe met MS?",
    "English": "What is multiple sclerosis?",
    "Estonian": "Mis on hulgiskleroos?",
    "Filipino": "Ano ang multiple sclerosis?",
    "Finnish": "Mikä on MS-tauti?",
    "French": "Qu'est-ce que la sclérose en plaques ?",
    "Galician": "Que é a esclerose múltiple?",
    "Georgian": "რა არის გაფანტული სკლეროზი?",
    "German": "Was ist Multiple Sklerose?",
    "Greek": "Τι είναι η σκλήρυνση κατά πλάκας;",
    "Gujarati": "મલ્ટીપલ સ્ક્લેરોસિસ શું છે?",
    "Hebrew": "מהי טרשת נפוצה?",
    "Hindi": "मल्टीपल स्क्लेरोसिस क्या है?",
    "Hungarian": "Mi a szklerózis multiplex?",
    "Icelandic": "Hvað er MS-sjúkdómur?",
    "Indonesian": "Apa itu multiple sclerosis?",
    "Irish": "Cad is scléaróis iolrach ann?",
    "Italian": "Che cos'è la sclerosi multipla?",
    "Japanese": "多発性硬化症とは何ですか？",
    "Kazakh": "Шашыраңқы склероз дегеніміз не?",
    "Korean": "다발성 경화증이란 무엇인가요?",
    "Latvian": "Kas ir multiplā skleroze?",
    "Lithuanian": "Kas yra išsėtinė sklerozė?",
    "Norwegian": "Hva er multippel sklerose?",
    "Persian": "ام‌اس چیست؟",
    "Polish": "Co to jest stwardnienie rozsiane?",
    "Portuguese": "O que é a esclerose múltipla?",
    "Romanian": "Ce este scleroza multiplă?",
    "Russian": "Что такое рассеянный склероз?",
    "Spanish": "¿Qué es la esclerosis múltiple?",
    "Swahili": "Ugonjwa wa sclerosis nyingi ni nini?",
    "Swedish": "Vad är multipel skleros?",
    "Thai": "โรคปลอกประสาทเสื่อมแข็งคืออะไร",
    "Turkish": "Multipl skleroz nedir?",
    "Urdu": "ملٹیپل سکلیروسس کیا ہے؟",
    "Vietnamese": "Bệnh đa xơ cứng là gì?",
}


def test_there_are_fifty_languages() -> None:
    assert len(QUESTIONS) == 50


@pytest.mark.parametrize("language", QUESTIONS)
def test_a_question_in_any_language_gets_a_reply(client: TestClient, check_reply: CheckReply, language: str) -> None:
    response = client.post("/v1/ask", json={"question": QUESTIONS[language]})

    assert response.status_code == 200
    check_reply(client, response.json())


@pytest.mark.parametrize("language", QUESTIONS)
def test_what_is_ms_is_no_emergency_in_any_language(client: TestClient, language: str) -> None:
    assert client.post("/v1/ask", json={"question": QUESTIONS[language]}).json()["cards"] == []


def test_questions_in_other_languages_get_a_reply_from_the_real_corpus(
    real_client: TestClient, check_reply: CheckReply
) -> None:
    for question in list(QUESTIONS.values())[::5]:
        response = real_client.post("/v1/ask", json={"question": question})
        assert response.status_code == 200
        check_reply(real_client, response.json())
