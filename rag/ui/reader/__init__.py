"""The pane beside the chat, where a paper opens at the cited page."""
