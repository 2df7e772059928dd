"""The whiteboard of BBB 2.6 and later, in board units: tldraw 1 (2.6, 2.7) in `first`, tldraw 2 (3.0) in `second`.

Measures and colours are those that tldraw publishes as its styles; hand-drawn wobble of straight shapes is left out.
"""
