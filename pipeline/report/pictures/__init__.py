"""Pictures: how figures look (`style`), their files (`render`), and what they say (`drawn`)."""
