"""The same companion in Telegram: long polling for `interlude telegram`, a webhook inside `interlude serve`."""
