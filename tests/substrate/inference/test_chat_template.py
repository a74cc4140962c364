"""Templates are taken apart into frames; what they do not allow is found out, not guessed."""

from __future__ import annotations

import pytest

from substrate.inference import InferenceError, Prompt, Role, Turn
from substrate.inference.chat_template import CHATML, ChatTemplate, TemplateError

NO_SYSTEM_ROLE = (
    "{{ bos_token }}{% for m in messages %}"
    "{% if m.role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    "<turn>{{ 'model' if m.role == 'assistant' else m.role }}\n{{ m.content | trim }}</turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<turn>model\n{% endif %}"
)
SYSTEM_MOVES_WITH_THE_LAST_MESSAGE = (
    "{% if messages[0].role == 'system' %}{% set system = messages[0].content + '\n\n' %}"
    "{% set turns = messages[1:] %}{% else %}{% set system = '' %}{% set turns = messages %}{% endif %}"
    "{{ bos_token }}{% for m in turns %}{% if m.role == 'user' %}"
    "[INST] {% if loop.last %}{{ system }}{% endif %}{{ m.content }}[/INST]"
    "{% else %} {{ m.content }}{{ eos_token }}{% endif %}{% endfor %}"
)
THINKS_BEFORE_A_NEW_REPLY = (
    "{% for m in messages %}<s>{{ m.role }}\n{{ m.content }}</s>\n{% endfor %}"
    "{% if add_generation_prompt %}<s>assistant\n<think>\n\n</think>\n\n{% endif %}"
)
HISTORY = (Turn(Role.USER, "joel: hi"), Turn(Role.ASSISTANT, "Hello."))


def rendered(template: ChatTemplate, prompt: Prompt) -> str:
    return "".join(piece.text for piece in template.pieces(prompt))


def prompt(history: tuple[Turn, ...] = HISTORY, late: str = "") -> Prompt:
    return Prompt("You are Paige.", history, "joel: well?", lambda: late)


def test_the_pieces_join_to_what_the_template_renders() -> None:
    expected = (
        "<|im_start|>system\nYou are Paige.<|im_end|>\n<|im_start|>user\njoel: hi<|im_end|>\n"
        "<|im_start|>assistant\nHello.<|im_end|>\n<|im_start|>user\njoel: well?\n\nMemories: x<|im_end|>\n"
        "<|im_start|>assistant\n"
    )
    assert rendered(ChatTemplate.parse(CHATML), prompt(late="\n\nMemories: x")) == expected


def test_without_a_system_role_the_identity_opens_the_first_user_turn() -> None:
    template = ChatTemplate.parse(NO_SYSTEM_ROLE, bos="<bos>")
    assert rendered(template, prompt()) == (
        "<bos><turn>user\nYou are Paige.\n\njoel: hi</turn>\n<turn>model\nHello.</turn>\n"
        "<turn>user\njoel: well?</turn>\n<turn>model\n"
    )


def test_an_identity_that_would_move_every_turn_stays_at_the_top() -> None:
    template = ChatTemplate.parse(SYSTEM_MOVES_WITH_THE_LAST_MESSAGE, bos="<s>", eos="</s>")
    assert rendered(template, prompt()) == (
        "<s>[INST] You are Paige.\n\njoel: hi[/INST] Hello.</s>[INST] joel: well?[/INST]"
    )


def test_old_replies_keep_the_frame_that_the_template_gives_them() -> None:
    template = ChatTemplate.parse(THINKS_BEFORE_A_NEW_REPLY)
    assert template.is_exact
    text = rendered(template, prompt())
    assert "<s>assistant\nHello.</s>" in text
    assert text.endswith("<s>assistant\n<think>\n\n</think>\n\n")


def test_a_further_exchange_extends_what_was_rendered_before() -> None:
    for source in (CHATML, NO_SYSTEM_ROLE, THINKS_BEFORE_A_NEW_REPLY):
        template = ChatTemplate.parse(source)
        before = "".join(piece.text for piece in template.opening_pieces(prompt()))
        longer = (*HISTORY, Turn(Role.USER, "joel: well?"), Turn(Role.ASSISTANT, "Well."))
        after = "".join(piece.text for piece in template.opening_pieces(prompt(longer)))
        assert after.startswith(before)


def test_a_template_that_reframes_as_a_conversation_grows_is_found_out() -> None:
    counting = "{% for m in messages %}<{{ loop.revindex }} {{ m.role }}>{{ m.content }}{% endfor %}<reply>"
    assert not ChatTemplate.parse(counting).is_exact
    assert all(ChatTemplate.parse(source).is_exact for source in (CHATML, NO_SYSTEM_ROLE))


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("{{ messages[0]['content'] }}", "drops or reorders"),
        ("{% for m in messages %}{{ m['content'] }}{% endfor %}", "where a reply begins"),
        ("{% for m in messages %}", "not valid Jinja"),
        ("{{ raise_exception('never') }}", "never"),
        ("{{ 'text' + messages }}", "refuses a plain conversation"),
        ("{{ messages[9].content.strip() }}", "refuses a plain conversation"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ messages.__class__.__mro__ }}", "refuses a plain conversation"),
    ],
)
def test_a_template_that_cannot_be_used_says_why(source: str, says: str) -> None:
    with pytest.raises(TemplateError, match=says):
        ChatTemplate.parse(source)


@pytest.mark.parametrize(
    ("header", "opening"),
    [("<s>assistant\n<think>\n", "<think>\n"), ("<s>assistant\n<think>\n\n</think>\n\n", "")],
)
def test_a_block_of_thoughts_that_the_header_opens_belongs_to_the_reply(header: str, opening: str) -> None:
    thinks = (
        "{% for m in messages %}<s>{{ m.role }}\n{{ m.content }}</s>\n{% endfor %}"
        f"{{% if add_generation_prompt %}}{header}{{% endif %}}"
    )
    assert ChatTemplate.parse(thinks).reply_opening == opening


def test_templates_may_leave_their_loops_as_those_of_real_models_do() -> None:
    leaves = (
        "{% for m in messages %}{% if not m.content %}{% continue %}{% endif %}"
        "<{{ m.role }}>{{ m.content }}</>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"
    )
    assert rendered(ChatTemplate.parse(leaves), prompt()).endswith("<user>joel: well?</><assistant>")


def test_what_a_template_says_of_the_day_does_not_change_with_it() -> None:
    dated = "{{ strftime_now('%d %b %Y') }}" + CHATML
    text = rendered(ChatTemplate.parse(dated), prompt())
    assert text == rendered(ChatTemplate.parse(CHATML), prompt())


def test_a_history_that_does_not_alternate_is_refused() -> None:
    with pytest.raises(InferenceError, match="alternate"):
        rendered(ChatTemplate.parse(CHATML), prompt((HISTORY[0], HISTORY[0])))
