"""Why a model does what it does at one step: votes, inputs, what it remembers, patches, and the table of claims.

spec/explain.md has the definitions, docs/explain.md what was found.
"""
