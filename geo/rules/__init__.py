"""Rule data of coordinates and placement, one row with its source each."""
