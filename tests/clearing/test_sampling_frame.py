"""What a spot check may draw from: the units of the register, and those that the earlier run had and this one lost."""

from minglu.register.verification.spotcheck.draw_and_score import make_sample
from minglu.register.verification.spotcheck.sampling_frame import open_frame
from tests.trust import county as small


def test_units_of_the_earlier_run_that_are_gone_are_drawn_with_those_left_out(tmp_path):
    """A unit of which no row is left can't be visited by the register: its last name and place go on the sheet."""
    first = small.make_county(tmp_path / "county")
    small.run(first, tmp_path / "one")
    content = small.lists()
    fewer = content.with_rows({kind: rows[: len(rows) // 2] for kind, rows in content.rows.items()})
    small.write_lists(tmp_path / "county", fewer)
    small.write_census(tmp_path / "county", top=f'previous = "{tmp_path / "one"}"\n')
    small.run(first, tmp_path / "two")
    frame = open_frame(tmp_path / "two")
    gone = [row for row in frame.units.to_pylist() if row["outcome"] == "gone"]
    known = {row["unit_id"] for row in small.table(tmp_path / "one", "units")}
    assert gone
    assert all(row["unit_id"] in known and row["name"] and not row["district"] for row in gone)
    made = make_sample(tmp_path / "two", "5", tmp_path / "spot", asked={"excluded_units": 1000})
    drawn = {row["unit_id"] for kind, row in made.drawn.units if kind == "excluded"}
    assert {row["unit_id"] for row in gone} <= drawn
