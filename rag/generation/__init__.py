"""From the pages found to an answer, without a language model or with one."""
