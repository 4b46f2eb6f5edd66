"""What a message says: everything that people see of it, in words for a model.

What is not written out, such as a poll or a file, stands in square brackets, and what was said elsewhere is a
Markdown quote. Kinds of messages and their parts: https://discord.com/developers/docs/resources/message
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import discord

from bot.chat.channel_names import with_public_channels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def typed_words(message: discord.Message, me: discord.ClientUser) -> str:
    """Return what its author typed, without the mention of the bot, other mentions as names."""
    return _with_names(_without_mention(message, me), message).strip()


def has_names(message: discord.Message, me: discord.ClientUser) -> bool:
    """Tell whether names that others chose stand in what its author typed, in the place of mentions."""
    written = _without_mention(message, me)
    return _with_names(written, message) != written


def _without_mention(message: discord.Message, me: discord.ClientUser) -> str:
    # Begins where spaces begin: a search from each of them would take a square of their number.
    return re.sub(rf"(?<![^\S\n])[^\S\n]*<@!?{me.id}>", "", message.content)


def words_of(message: discord.Message, me: discord.ClientUser) -> str:
    """Return everything that a message says, without the mention of the bot, other mentions as names."""
    return "\n\n".join(filter(None, (own_words(message, me), forwarded_words(message))))


def own_words(message: discord.Message, me: discord.ClientUser) -> str:
    """Return what `words_of` does, but for what the message forwards."""
    message = _shown_by(message)
    written = _told_by_discord(message) if _is_from_discord(message) else typed_words(message, me)
    poll = [_poll(message.poll)] if message.poll else []
    shown = _with_names("\n".join(filter(None, (*_shown(message), *poll))), message)
    return "\n".join(filter(None, (_post_title(message), written, shown)))


def forwarded_words(message: discord.Message) -> str:
    """Return what a message forwards, as a Markdown quote."""
    forwarded = (
        _as_quote("\n".join(filter(None, (snapshot.content, *_shown(snapshot)))))
        for snapshot in _shown_by(message).message_snapshots
    )
    return "\n\n".join(filter(None, forwarded))


def quote(message: discord.Message, me: discord.ClientUser) -> str:
    """Return another message as a Markdown quote with its author's name, or "" if it says nothing."""
    message = _shown_by(message)
    text = words_of(message, me)
    author = "Discord" if _is_from_discord(message) else message.author.display_name
    return _as_quote(f"{author}: {text}") if text else ""


def embed_text(embed: discord.Embed) -> str:
    """Return the text of an embed, line by line."""
    fields = (f"{field.name}: {field.value}" for field in embed.fields)
    parts = embed.author.name, embed.title, embed.description, *fields, embed.footer.text
    return "\n".join(part for part in parts if part)


def _shown_by(message: discord.Message) -> discord.Message:
    """Return the message that is seen in the place of one: a thread's first line shows where it began."""
    reference = message.reference.resolved if message.reference else None
    is_shown = message.type is discord.MessageType.thread_starter_message
    return reference if is_shown and isinstance(reference, discord.Message) else message


def _post_title(message: discord.Message) -> str:
    """Return the title of a forum's post with the message that begins it; both were written together."""
    post = message.channel
    if message.id != post.id or not isinstance(post, discord.Thread):
        return ""
    return f"# {post.name}" if isinstance(post.parent, discord.ForumChannel) else ""


def _is_from_discord(message: discord.Message) -> bool:
    return message.is_system() or message.type is discord.MessageType.poll_result


def _told_by_discord(message: discord.Message) -> str:
    """Return Discord's own sentence, such as who pinned something."""
    try:
        return message.system_content or message.content
    except (AttributeError, IndexError, TypeError, ValueError):
        # discord.py composes it of parts that a message of its kind need not have.
        return message.content


def _shown(message: discord.Message | discord.MessageSnapshot) -> Iterator[str]:
    """Yield what a message says besides its content, part by part."""
    # Discord may leave the field out, and discord.py then the attribute.
    yield from _all_words(cast("Sequence[object]", getattr(message, "components", ())))
    for embed in message.embeds:
        yield _embed_words(embed)
    for sticker in message.stickers:
        yield _bracketed("sticker", sticker.name)
    for attachment in message.attachments:
        yield _bracketed("attachment", attachment.filename, attachment.description)


def _component_words(component: object) -> Iterator[str]:
    """Yield the words of a component and of those inside it; discord.py has None for what it cannot read."""
    match component:
        case discord.TextDisplay():
            yield component.content
        case discord.SectionComponent():
            yield from _all_words((*component.children, component.accessory))
        case discord.Container() | discord.ActionRow():
            yield from _all_words(component.children)
        case discord.ThumbnailComponent():
            yield _picture(component.description)
        case discord.MediaGalleryComponent():
            for item in component.items:
                yield _picture(item.description)
        case discord.FileComponent():
            yield _bracketed("attachment", component.name)
        case discord.Button():
            yield _bracketed("button", component.label)
        case discord.SelectMenu():
            yield _bracketed("menu", component.placeholder, *(option.label for option in component.options))
        case _:
            return


def _all_words(components: Iterable[object]) -> Iterator[str]:
    for component in components:
        yield from _component_words(component)


def _embed_words(embed: discord.Embed) -> str:
    if embed.type in {"rich", "poll_result", "auto_moderation_message"}:
        return embed_text(embed) or (_picture(None) if embed.image or embed.thumbnail else "")
    # Made by Discord of a link: what the link leads to, not what the author wrote.
    return _bracketed("preview", embed.provider.name, *embed_text(embed).splitlines())


def _poll(poll: discord.Poll) -> str:
    answers = (f"{answer.text} ({answer.vote_count})" for answer in poll.answers)
    return _bracketed("poll", poll.question, *answers)


def _picture(description: str | None) -> str:
    return _bracketed("picture", description) or "[picture]"


def _bracketed(kind: str, *parts: str | None) -> str:
    """Return one line in brackets, or "" where there is nothing to tell."""
    told = " · ".join(" ".join(part.split()) for part in parts if part)
    return f"[{kind}: {told}]" if told else ""


def _with_names(text: str, message: discord.Message) -> str:
    names = {f"@{user.id}": f"@{user.display_name}" for user in message.mentions}
    names |= {f"@!{user.id}": f"@{user.display_name}" for user in message.mentions}
    names |= {f"@&{role.id}": f"@{role.name}" for role in message.role_mentions}
    named = re.sub(r"<(@[!&]?\d{1,20})>", lambda match: names.get(match[1], match[0]), text)
    return with_public_channels(named, message)


def _as_quote(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())
