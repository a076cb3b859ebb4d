"""askms in a LangGraph graph that remembers a conversation and sends replies with a card on to a person.

Run it beside an index: `python -m examples.langgraph_chat "Does ketamine help MS fatigue?" "How sure is that?"`.
"""

from __future__ import annotations

import sys
from typing import Any, Final

from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.graph.state import CompiledStateGraph

from askms import Assistant
from askms.langchain import AskmsChat

ALARM: Final = ("crisis", "emergency", "urgent")


class State(MessagesState):
    """The conversation, and whether a person was told."""

    person_told: bool


def graph_over(assistant: Assistant) -> CompiledStateGraph[State, None, State, State]:
    """A graph: ask askms; where it shows a card, tell a person as well."""
    chat = AskmsChat(assistant=assistant)

    def ask(state: State) -> dict[str, Any]:
        return {"messages": [chat.invoke(state["messages"])], "person_told": False}

    def tell_a_person(state: State) -> dict[str, Any]:
        return {"person_told": True}  # a real service pages somebody here

    def is_alarm(state: State) -> str:
        route = state["messages"][-1].response_metadata["askms"]["route"]
        return "tell_a_person" if route in ALARM else END

    graph = StateGraph(State)
    graph.add_node("ask", ask)
    graph.add_node("tell_a_person", tell_a_person)
    graph.add_edge(START, "ask")
    graph.add_conditional_edges("ask", is_alarm, ["tell_a_person", END])
    graph.add_edge("tell_a_person", END)
    return graph.compile(checkpointer=InMemorySaver())


def question_of(text: str) -> State:
    """What goes into the graph for one question."""
    return {"messages": [HumanMessage(text)], "person_told": False}


def main(questions: list[str]) -> None:
    """Ask one after the other, in one conversation."""
    graph = graph_over(Assistant.open())
    conversation: RunnableConfig = {"configurable": {"thread_id": "one"}}
    for question in questions:
        state = graph.invoke(question_of(question), conversation)
        sys.stdout.write(f"> {question}\n\n{state['messages'][-1].text}\n\n")


if __name__ == "__main__":
    main(sys.argv[1:])
