"""Before there is a study: what a user's files hold, a codebook proposed for it,
a spec folder to start from."""
