"""askms serves LangChain: a chat model with whole replies, and documents with everything a citation needs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from langchain_core.documents import Document as LangChainDocument
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableConfig, RunnableLambda
from pydantic import ValidationError

from askms.assistant import Assistant
from askms.errors import QuestionError
from askms.index import LiveIndex, Snapshot
from askms.langchain import AskmsChat, AskmsRetriever
from askms.reply import DISCLAIMER
from askms.retrieval import HybridRetriever
from askms.settings import Settings
from askms.testing import FakeEmbedder
from examples.langgraph_chat import graph_over, question_of

QUESTION = "Does ketamine help fatigue?"
ANSWERED = "What is a relapse?"
CRISIS = "I have saved up enough tablets and I don't want to be here"


@pytest.fixture
def hybrid(snapshot: Snapshot, embedder: FakeEmbedder) -> HybridRetriever:
    return HybridRetriever(snapshot, embedder)


@pytest.fixture
def assistant(index: Path) -> Assistant:
    return Assistant(Settings(index_dir=index), FakeEmbedder(), LiveIndex(index))


@pytest.fixture
def chat(assistant: Assistant) -> AskmsChat:
    return AskmsChat(assistant=assistant)


def test_documents_are_the_hits_in_their_order(hybrid: HybridRetriever) -> None:
    found = AskmsRetriever(retriever=hybrid).invoke(QUESTION)

    hits = hybrid.retrieve(QUESTION, limit=8)
    assert [document.id for document in found] == [hit.passage.key for hit in hits]
    assert [document.page_content for document in found] == [hit.passage.text for hit in hits]
    assert all(isinstance(document, LangChainDocument) for document in found)


def test_metadata_leads_back_to_the_words_in_the_source(hybrid: HybridRetriever, snapshot: Snapshot) -> None:
    for document in AskmsRetriever(retriever=hybrid).invoke(QUESTION):
        body = snapshot.document(document.metadata["source_id"]).body
        assert body[document.metadata["start"] : document.metadata["end"]] == document.page_content


def test_metadata_holds_header_and_scores(hybrid: HybridRetriever) -> None:
    (hit,) = hybrid.retrieve(QUESTION, limit=1)

    (document,) = AskmsRetriever(retriever=hybrid, limit=1).invoke(QUESTION)

    assert document.metadata == {
        "source_id": "fatigue",
        "header": "Small trial of ketamine for fatigue. Does ketamine help MS fatigue?",
        "start": hit.passage.start,
        "end": hit.passage.end,
        "dense": hit.dense,
        "keyword": hit.keyword,
        "fused": hit.fused,
    }


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_limit_is_kept(hybrid: HybridRetriever, limit: int) -> None:
    assert len(AskmsRetriever(retriever=hybrid, limit=limit).invoke(QUESTION)) == limit


def test_question_about_nothing_held_gives_no_documents(hybrid: HybridRetriever) -> None:
    assert AskmsRetriever(retriever=hybrid).invoke("zebra crossing") == []


def test_retriever_works_in_a_chain_and_awaited(hybrid: HybridRetriever) -> None:
    retriever = AskmsRetriever(retriever=hybrid)
    chain = retriever | RunnableLambda(len)

    assert chain.invoke(QUESTION) == len(asyncio.run(retriever.ainvoke(QUESTION)))


def test_anything_that_cannot_retrieve_is_refused() -> None:
    with pytest.raises(ValidationError, match="retriever"):
        AskmsRetriever(retriever="hybrid")  # type: ignore[arg-type]


@pytest.mark.parametrize("question", [ANSWERED, CRISIS, "How much baclofen should I take?"])
def test_an_answer_is_the_whole_reply(chat: AskmsChat, assistant: Assistant, question: str) -> None:
    made = chat.invoke(question)

    reply = assistant.ask(question)
    assert isinstance(made, AIMessage)
    assert made.content == reply.text
    assert made.text.endswith(DISCLAIMER)
    assert made.response_metadata["askms"] == reply.to_dict()


@pytest.mark.parametrize("question", [ANSWERED, CRISIS, "hello"])
def test_the_chunks_of_a_stream_add_up_to_the_answer(chat: AskmsChat, question: str) -> None:
    first, *others = chat.stream(question)
    whole: BaseMessage = first
    for chunk in others:
        assert isinstance(whole, AIMessageChunk)
        whole = whole + chunk

    made = chat.invoke(question)
    assert whole.content == made.content
    assert whole.response_metadata["askms"] == made.response_metadata["askms"]
    assert len(others) > 1


def test_several_questions_and_awaited_ones_get_the_same_answers(chat: AskmsChat) -> None:
    questions: list[LanguageModelInput] = [ANSWERED, "hello"]
    whole = [chat.invoke(question).content for question in questions]

    async def streamed(question: str) -> str:
        return "".join([chunk.text async for chunk in chat.astream(question)])

    assert [made.content for made in chat.batch(questions)] == whole
    assert asyncio.run(chat.ainvoke(ANSWERED)).content == whole[0]
    assert [made.content for made in asyncio.run(chat.abatch(questions))] == whole
    assert asyncio.run(streamed(ANSWERED)) == whole[0]


def test_earlier_messages_are_the_history_and_system_messages_are_ignored(
    chat: AskmsChat, assistant: Assistant
) -> None:
    said = [SystemMessage("Give doses."), HumanMessage(CRISIS), AIMessage("…"), HumanMessage("And now?")]
    history = [{"role": "user", "content": CRISIS}, {"role": "assistant", "content": "…"}]

    assert chat.invoke(said).content == assistant.ask("And now?", history).text


def test_the_place_chooses_the_numbers(assistant: Assistant) -> None:
    made = AskmsChat(assistant=assistant, locale="uk").invoke(CRISIS)

    assert made.content == assistant.ask(CRISIS, locale="uk").text != assistant.ask(CRISIS).text


def test_nothing_cuts_an_answer_short(chat: AskmsChat) -> None:
    assert chat.invoke(ANSWERED, stop=["."]).content == chat.invoke(ANSWERED).content


@pytest.mark.parametrize(
    "messages",
    [
        [SystemMessage("Be kind.")],
        [HumanMessage([{"type": "image_url", "image_url": {"url": "https://example.org/scan.png"}}])],
        [HumanMessage(ANSWERED), ToolMessage("42", tool_call_id="1")],
    ],
    ids=["no user", "image", "tool"],
)
def test_what_is_not_text_of_a_user_is_refused(chat: AskmsChat, messages: list[BaseMessage]) -> None:
    with pytest.raises(QuestionError):
        chat.invoke(messages)
    with pytest.raises(QuestionError):
        list(chat.stream(messages))


def test_the_chat_model_works_in_a_chain(chat: AskmsChat) -> None:
    chain = ChatPromptTemplate.from_messages([("system", "Be brief."), ("user", "What is a {thing}?")]) | chat
    text = chain | StrOutputParser()

    assert text.invoke({"thing": "relapse"}) == chat.invoke(ANSWERED).content
    assert "".join(text.stream({"thing": "relapse"})) == chat.invoke(ANSWERED).content


def test_the_example_remembers_the_conversation_and_tells_a_person_of_an_alarm(assistant: Assistant) -> None:
    graph = graph_over(assistant)
    one: RunnableConfig = {"configurable": {"thread_id": "one"}}
    other: RunnableConfig = {"configurable": {"thread_id": "other"}}

    answered = graph.invoke(question_of(ANSWERED), one)
    alarmed = graph.invoke(question_of(CRISIS), other)
    latched = graph.invoke(question_of("And now?"), other)

    assert answered["messages"][-1].content == assistant.ask(ANSWERED).text
    assert (answered["person_told"], alarmed["person_told"]) == (False, True)
    assert latched["messages"][-1].response_metadata["askms"]["route"] == "crisis"
    assert len(latched["messages"]) == 4
