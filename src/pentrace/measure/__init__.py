"""How well a checkpoint predicts and writes, and what interventions change."""
