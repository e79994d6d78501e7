"""Review of submitted work: by reviewers, by a sample, by consensus."""
