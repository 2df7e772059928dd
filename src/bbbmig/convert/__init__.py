"""Videos made whole: downloads, presentations converted by other programs or by `render`, looked into, put in place."""
