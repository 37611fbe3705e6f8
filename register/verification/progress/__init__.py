"""Progress of the clearing 调度: what the field has done so far, and the bulletin of it."""
