"""Clerks and enumerators who have spoken: chains of decisions and facts beside a census file."""

from __future__ import annotations

from minglu.register.clerical.decisions import Anchor, Decision, append_lines, decide_record
from minglu.register.clerical.field_facts.fact_chain import Fact, append_facts, fact_record
from minglu.register.clerical.hash_chain import START


def people_speak(census, *, decided):
    """Give a county decisions of clerks and one fact of the field; that their entries are lost does not matter here."""
    chains = 'decisions = "decisions.jsonl"\nfield = "field.jsonl"\n'
    census.write_text(census.read_text("utf-8").replace("[census]\n", f"[census]\n{chains}", 1), "utf-8")

    def anchor(name):
        return Anchor(f"E{name}", "tax", name, "", "", "")

    made = [
        Decision(anchor("1"), anchor(f"2{n}"), "different", by="王", when="2028-01-05", why="", run="", sample="")
        for n in range(decided)
    ]
    append_lines(census.parent / "decisions.jsonl", [decide_record(one) for one in made], head=START)
    fact = Fact("closed", "U1", (anchor("1"),), "李", "2028-01-06")
    append_facts(census.parent / "field.jsonl", [fact_record(fact)], head=START)
