"""Words that stand where nouns stand."""

from r1agent.evaluate.own.nouns import Nouns

PAGE = (
    "The learning rate was low. A low learning rate, and the decay of the weights, kept the loss "
    "small. The harm grows with the rate."
)


def test_words_between_a_determiner_and_a_mark_or_verb_are_terms():
    assert Nouns([PAGE]).terms_in("Earlier decay kept weights.") == ["decay", "weights"]


def test_words_that_recur_together_are_one_term():
    assert Nouns([PAGE]).terms_in("Which learning rate was it?") == ["learning rate"]


def test_a_verb_behind_a_noun_is_none():
    assert Nouns([PAGE]).terms_in("It grows.") == []


def test_a_word_that_was_never_read_is_none():
    assert Nouns([]).terms_in("The rate of the decay.") == []
