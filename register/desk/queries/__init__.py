"""What the pages of the desk show, read from the tables of a run as plain values."""
