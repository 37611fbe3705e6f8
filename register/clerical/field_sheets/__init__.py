"""Field sheets 清查表: the units to visit out as workbooks, what was found back as facts."""
