"""The pages of the desk, one module each: a request in, a page out.  What they show is asked for in `queries`."""
