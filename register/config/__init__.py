"""What a run is asked to do: the census file and its lists."""
