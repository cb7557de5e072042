from r1agent_indexes.search.keyword import keyword_query, keyword_text


def test_chinese_is_kept_in_pairs_and_english_as_it_is():
    assert keyword_text("GPU加速了训练") == "GPU 加速 速了 了训 训练"
    assert keyword_text("The loss fell.") == "The loss fell."


def test_a_question_becomes_its_telling_words():
    assert keyword_query('What is "label smoothing" (2019)?') == '"label" OR "smoothing" OR "2019"'
    assert keyword_query("what is it?") == '"what" OR "is" OR "it"'
    assert keyword_query("?!") == ""
