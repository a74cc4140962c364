"""A model's chat template, taken apart into the frames between contents.

A template is a Jinja program over a whole conversation; the KV cache wants a conversation that only grows.
So the template is run a few times on short conversations of sentinels, and what it puts between them is kept
as frames. A prompt is then a list of pieces, tokenised one by one: frames with special tokens, contents
without (a user who types `<|im_end|>` types eight characters, not the end of a turn).

What a template does not allow is found here, at load: no system role, or one that moves with the last message
(the identity then opens the first user turn); old replies in another frame than the one being written; or
conversations that are framed differently as they grow (see `is_exact`: the frames of a short one are then
kept, so that what was read stays valid).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from substrate.inference.protocol import InferenceError, Prompt, Role, Turn

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + "
    "'<|im_end|>' + '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
"""The template of the embedded model, and of many others."""

_IDENTITY, _ASKED, _ANSWERED, _ASKED_AGAIN = (
    "\ue001S\ue001",
    "\ue001U\ue001",
    "\ue001A\ue001",
    "\ue001V\ue001",
)
_THOUGHTS = "<think>"


class TemplateError(InferenceError):
    """The model's chat template cannot be used."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of prompt text that is tokenised on its own. `is_frame`: special tokens are parsed in it."""

    text: str
    is_frame: bool


@dataclass(frozen=True, slots=True)
class ChatTemplate:
    """The frames of one model's template, in the order in which a conversation meets them."""

    open_identity: str
    open_first_user: str
    reply_header: str
    close_reply: str
    old_reply_header: str
    """Before replies of the history; some templates add to `reply_header` what old replies do not keep."""
    is_exact: bool
    """Whether the frames give what the template itself renders of a longer conversation."""

    @classmethod
    def parse(cls, source: str, *, bos: str = "", eos: str = "") -> ChatTemplate:
        """Take `source` (Jinja) apart. Raises TemplateError when contents do not come through in order."""
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        environment.globals["raise_exception"] = _raise_template_exception
        environment.globals["strftime_now"] = lambda pattern: ""
        try:
            template = environment.from_string(source)
        except jinja2.TemplateError as error:
            raise TemplateError(
                f"the model's chat template is not valid Jinja: {error}",
                "use a model whose metadata carries a working tokenizer.chat_template",
            ) from error

        def render(*turns: tuple[str, str]) -> str:
            messages = [{"role": role, "content": content} for role, content in turns]
            try:
                return template.render(
                    messages=messages, add_generation_prompt=True, bos_token=bos, eos_token=eos, tools=None
                )
            except Exception as error:  # a template is a program, and may fail as any program does
                said = str(error) or type(error).__name__
                raise TemplateError(
                    f"the model's chat template refuses a plain conversation: {said}",
                    "use an instruction-tuned model; base models carry no usable template",
                ) from error

        exchange = (("user", _ASKED), ("assistant", _ANSWERED), ("user", _ASKED_AGAIN))
        try:
            full = render(("system", _IDENTITY), *exchange)
            has_system = -1 < full.find(_IDENTITY) < full.find(_ASKED)
        except TemplateError:
            has_system = False
        if not has_system:
            full = render(("user", _IDENTITY + _ASKED), *exchange[1:])
        open_identity, rest = _split(full, _IDENTITY)
        open_first_user, rest = _split(rest, _ASKED)
        close_and_open_reply, rest = _split(rest, _ANSWERED)
        close_reply, reply_header = _split(rest, _ASKED_AGAIN)
        if not reply_header:
            raise TemplateError(
                "the model's chat template does not say where a reply begins",
                "use a model whose template puts something between a message and its reply",
            )
        template_frames = cls(
            open_identity=open_identity,
            open_first_user=open_first_user if has_system else "\n\n",
            reply_header=reply_header,
            close_reply=close_reply,
            old_reply_header=close_and_open_reply,
            is_exact=True,
        )
        longer = (*exchange[:2], ("user", "b"), ("assistant", "c"), ("user", "d"))
        if has_system:
            own = render(("system", _IDENTITY), *longer)
        else:
            opening = _IDENTITY + template_frames.open_first_user + _ASKED
            own = render(("user", opening), *longer[1:])
        turns = tuple(Turn(Role(role), text) for role, text in longer[:-1])
        prompt = Prompt(_IDENTITY, turns, longer[-1][1], str)
        framed = "".join(piece.text for piece in template_frames.pieces(prompt))
        return replace(template_frames, is_exact=own == framed)

    @property
    def reply_opening(self) -> str:
        """What of the header belongs to the reply already: some templates open a reasoning block in it."""
        _, opened, after = self.reply_header.rpartition(_THOUGHTS)
        return opened + after if opened and not after.strip() else ""

    def opening_pieces(self, prompt: Prompt) -> Iterator[Piece]:
        """Identity, history and the new message: all that stands before the late block."""
        yield Piece(self.open_identity, True)
        yield Piece(prompt.identity, False)
        yield Piece(self.open_first_user, True)
        previous: Role | None = None
        for turn in prompt.history:
            if previous is Role.USER and turn.role is Role.ASSISTANT:
                yield Piece(self.old_reply_header, True)
            elif previous is Role.ASSISTANT and turn.role is Role.USER:
                yield Piece(self.close_reply, True)
            elif previous is not None or turn.role is Role.ASSISTANT:
                raise InferenceError(
                    "the history does not alternate between user and assistant turns",
                    "compose it with substrate.persona.prompt.conversation_turns",
                )
            yield Piece(turn.text, False)
            previous = turn.role
        if previous is Role.ASSISTANT:
            yield Piece(self.close_reply, True)
        elif previous is Role.USER:
            yield Piece("\n", False)
        yield Piece(prompt.message, False)

    def header_piece(self) -> Piece:
        """The end of the user turn and the header of the reply."""
        return Piece(self.reply_header, True)

    def pieces(self, prompt: Prompt) -> Iterator[Piece]:
        """The whole prompt, the late block included (calls `prompt.late`)."""
        yield from self.opening_pieces(prompt)
        late = prompt.late()
        if late:
            yield Piece(late, False)
        yield self.header_piece()


def _split(text: str, sentinel: str) -> tuple[str, str]:
    before, found, after = text.partition(sentinel)
    if not found:
        raise TemplateError(
            "the model's chat template drops or reorders messages",
            "use a model whose template renders system, user and assistant turns in order",
        )
    return before, after


def _raise_template_exception(message: str) -> None:
    raise jinja2.TemplateError(message)
