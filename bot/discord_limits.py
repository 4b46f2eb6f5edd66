"""What Discord takes at most; texts are counted in characters (code points)."""

MESSAGE_LENGTH = 2_000
"""https://discord.com/developers/docs/resources/message#create-message"""
EMBED_TITLE_LENGTH = 256
EMBED_FIELD_LENGTH = 1_024
"""Of a field's value: https://discord.com/developers/docs/resources/message#embed-object-embed-limits"""
CHOICES = 25
"""Of an option or an autocompletion, and options of a select menu:
https://discord.com/developers/docs/interactions/application-commands#application-command-object"""
CHOICE_LENGTH = 100
"""Of a choice's name and value, and of a select option's label and description."""
UPLOAD_BYTES = 10 * 1024**2
"""Of one file: https://discord.com/developers/docs/reference#uploading-files"""
GATEWAY_HEARTBEAT_SECONDS = 41.25
"""Between two heartbeats of a shard: https://discord.com/developers/docs/events/gateway#hello-event"""
