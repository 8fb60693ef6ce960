"""Closed periods: what the figures of a period were when it was closed, and what has changed since.

`scope` says which rows a close is about, `rows` are those and their hash, `entries` the sealed list of closes,
`closing` closes and reopens, `official` makes reports of closed figures, `adjustments` tells what came later, `told`
what reports say of closes, and `verify` finds whatever was altered.
"""
