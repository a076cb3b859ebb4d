"""`askms staff`: who may sign in to the console, and as what."""

from __future__ import annotations

import sys
from enum import Enum
from typing import Annotated

import typer

from askms.cli.kept import kept_records, who
from askms.cli.output import out

app = typer.Typer(help="Who may use the console for support staff.", no_args_is_help=True)


class As(Enum):
    """Roles, without the import of the records that has them."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"


Name = Annotated[str, typer.Argument(help="Name to sign in with.")]


@app.command()
def add(
    name: Name,
    role: Annotated[As, typer.Option(help="viewer reads; editor works on feedback and cases; admin also exports.")],
) -> None:
    """Add a person. The password is asked for twice, or read from stdin."""
    from askms.records import Role  # as in `kept_records`

    password = _password()
    with kept_records() as records:
        records.staff.add(name, Role(role.value), password, by=who())
    out.print(f"{name} may sign in as {role.value}.", markup=False)


@app.command("list")
def list_people() -> None:
    """List who may sign in."""
    with kept_records() as records:
        records.note(who(), "list staff", "all")
        people = records.staff.people()
    for person in people:
        out.print(f"{person.name}  {person.role.value}  since {person.added_on}", markup=False)
    out.print(f"{len(people)} may sign in.")


@app.command()
def remove(name: Name) -> None:
    """Remove a person; they are signed out."""
    with kept_records() as records:
        records.staff.remove(name, by=who())
    out.print(f"{name} is removed.", markup=False)


@app.command()
def role(name: Name, role: Annotated[As, typer.Argument(help="viewer, editor or admin.")]) -> None:
    """Change what a person may do; they are signed out."""
    from askms.records import Role  # as in `kept_records`

    with kept_records() as records:
        records.staff.set_role(name, Role(role.value), by=who())
    out.print(f"{name} is {role.value} now.", markup=False)


@app.command()
def password(name: Name) -> None:
    """Change a password; the person is signed out. It is asked for twice, or read from stdin."""
    new = _password()
    with kept_records() as records:
        records.staff.set_password(name, new, by=who())
    out.print(f"The password of {name} is changed.", markup=False)


@app.command()
def unlock(name: Name) -> None:
    """Let a person sign in again at once, after too many wrong passwords. The password stays."""
    with kept_records() as records:
        records.staff.unlock(name, by=who())
    out.print(f"{name} may sign in again.", markup=False)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt="The same again")
    return typed
