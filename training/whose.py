"""Does the network know whose a fact is? `python -m training.whose training/runs/seedling`.

The exam's `who` mixes wordings, names and telling people apart; this looks at the last alone. Everybody
has told the same kinds of fact in plain words, and the likelihoods of replies are compared that differ only
in the value: the right one against the same person's other values, and against the other people's.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import torch

from substrate.inference.protocol import Prompt
from substrate.persona.prompt import RememberedLine, SpokenLine, identity_text, late_block, spoken_text
from training.convert import ConversionError, Trained
from training.encoding import encode
from training.lesson import NOW_S, Lesson
from training.tokenizer import PieceTokenizer
from training.wording import Owner
from training.world import Fact, World

_CASES = ((2, 1), (3, 1), (2, 2))
"""People, and kinds of fact that each has told."""
_SECONDS_APART = 1000.0


def compare(
    trained: Trained, random: Random, people: int, kinds: int, *, own: bool
) -> dict[str, bool] | None:
    """Whether the right value is likelier than each other `person`'s, and than those of other `kind`s.

    `own`: the owner asks ("my"), else somebody else does, by name. None where the reply does not hold the
    value as it was told.
    """
    world = World(random, people, plainly=True)
    del world.people[people:]
    topics = [world.new_fact() for _ in range(kinds)]
    facts = [
        replace(topic, owner=Owner(name), value=world.value(topic.attribute, topic.about))
        for topic in topics
        for name in world.people
    ]
    random.shuffle(facts)
    remembered = [
        RememberedLine(
            fact.owner.person,
            "general",
            NOW_S - _SECONDS_APART * (len(facts) - at),
            world.note(fact.owner.person, fact).text,
        )
        for at, fact in enumerate(facts)
    ]
    asked = random.choice(facts)
    others = [name for name in world.people if name != asked.owner.person]
    asker = asked.owner.person if own else random.choice(others)
    exchange = world.ask(asker, asked, known=True)
    reply = exchange.reply or ""
    if asked.value not in reply:
        return None
    late = late_block(remembered, NOW_S)
    prompt = Prompt(
        identity=identity_text(world.persona, world.role, ""),
        history=(),
        message=spoken_text(SpokenLine(asker, exchange.text)),
        late=lambda: late,
    )
    tokenizer = PieceTokenizer.load(trained.tokenizer_path)

    def likelihood(fact: Fact) -> float:
        return _likelihood(trained, tokenizer, prompt, reply.replace(asked.value, fact.value))

    right = likelihood(asked)
    wrong = {
        "person": [fact for fact in facts if fact.owner != asked.owner and _kind(fact) == _kind(asked)],
        "kind": [fact for fact in facts if fact.owner == asked.owner and fact is not asked],
    }
    return {name: right > max(map(likelihood, rivals)) for name, rivals in wrong.items() if rivals}


def _kind(fact: Fact) -> tuple[str, str]:
    return fact.attribute.key, fact.about


def _likelihood(trained: Trained, tokenizer: PieceTokenizer, prompt: Prompt, reply: str) -> float:
    """Of the whole reply, its end included: the logarithm (nats)."""
    sample = encode(Lesson(prompt, reply, (), "whose"), tokenizer)
    tokens = torch.tensor(sample.ids)
    taught = [at for at, weight in enumerate(sample.weights) if weight]
    with torch.no_grad():
        hidden = trained.model(tokens[None], torch.arange(len(tokens))[None])[0]
        likely = trained.model.logits(hidden[taught]).log_softmax(-1)
    return float(likely[torch.arange(len(taught)), tokens[[at + 1 for at in taught]]].sum())


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.whose", description=__doc__)
    parser.add_argument("run", type=Path, help="folder of a run of training.train")
    parser.add_argument("--prompts", type=int, default=80, help="of each case (default %(default)s)")
    options = parser.parse_args(arguments)
    try:
        trained = Trained.load(options.run)
    except ConversionError as error:
        sys.exit(f"training.whose: {error}")
    for people, kinds in _CASES:
        for own in (True, False):
            random = Random(5)
            drawn = (compare(trained, random, people, kinds, own=own) for _ in range(options.prompts))
            results = [result for result in drawn if result is not None]
            shares = {name: sum(result[name] for result in results) / len(results) for name in results[0]}
            asker = "asked by the owner" if own else "asked by name"
            told = ", ".join(f"{name} {share:.2f}" for name, share in shares.items())
            print(f"{people} people, {kinds} of each, {asker}: {told} of {len(results)}", flush=True)


if __name__ == "__main__":
    main()
