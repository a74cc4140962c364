"""Starts an instance's processes, keeps them alive, ends them in order, and answers for them.

Import what is needed from the modules themselves: `fork_server` comes first and must not wait for the rest.
"""
