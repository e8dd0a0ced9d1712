"""The coefficient and the rejections that shared indicators alone would make."""
