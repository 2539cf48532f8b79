"""The tab with the chat: questions, their answers, and what can be done with these."""
