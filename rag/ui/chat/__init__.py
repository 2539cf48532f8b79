"""The tab with the chat: asking, and what is shown of the answers."""
