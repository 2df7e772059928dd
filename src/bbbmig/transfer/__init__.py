"""Downloads that go on where they stopped, partial files, the throttle, disk errors: one place for all who fetch."""
