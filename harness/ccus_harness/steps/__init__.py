"""The steps of the scenarios: 前提 and もし act and observe through the gate, ならば judges from what was seen."""
