"""Clerical review 人工复核: doubtful pairs out to clerks, their answers back into decisions."""
