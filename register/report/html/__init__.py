"""The HTML pages: the report, explanations, the internal page, and what they are drawn with."""
