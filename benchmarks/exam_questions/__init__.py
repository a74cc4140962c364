"""The exam of the embedded model: what is asked, and what counts as right."""
