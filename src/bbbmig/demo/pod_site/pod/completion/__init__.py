"""What completes a video: captions."""
