"""Charts say what is hidden instead of drawing it."""

from minglu.register.report.html.charts import Bar, bars


def test_a_hidden_count_has_words_and_no_bar():
    """A count that disclosure control hides must not stop the report, nor show its length."""
    drawn = str(bars([Bar("甲", "a", None), Bar("乙", "b", 7)], "图", "figure"))
    assert "未公布" in drawn
    assert "not printed" in drawn
    assert drawn.count("<rect") == 1


def test_a_figure_of_hidden_counts_alone_is_drawn():
    """Nothing to scale by."""
    assert "not printed" in str(bars([Bar("甲", "a", None)], "图", "figure"))
