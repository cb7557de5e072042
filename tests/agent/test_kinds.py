"""The wording of a question chooses its plan, for models too small to plan."""

import pytest

from r1agent.kinds import kind_of


@pytest.mark.parametrize(
    "question",
    [
        "Which optimizer gave the lowest loss?",
        "How many ways of augmenting images were compared?",
        "Does the paper prove that the estimator is unbiased?",
        "How do the authors implement early stopping in Python?",
        "Which function was used as a loss?",
        "What sorting algorithm does the pipeline use?",
        "Did they fix the learning rate schedule class?",
        "What code was released with the paper?",
        "What p-value was found for n = 40 students?",
        "At temperature T = 8, which student was better?",
        "What happened to the remainder of the data?",
        "Does the study expand the earlier data set?",
        "How many times has the package been downloaded?",
        "How much compute was used?",
        "What is the difference between the two optimizers?",
        "What does the combined loss consist of?",
        "How many seeds were used in all experiments?",
        "本文使用了什么方法?",
    ],
)
def test_questions_about_papers(question):
    assert kind_of(question) == "papers"


@pytest.mark.parametrize(
    "question",
    [
        "What is 17 * 23?",
        "Solve 3x + 7 = 22.",
        "If x + y = 10 and x - y = 4, what is x?",
        "A train covers 180 km in 2.5 hours. What is its average speed in km/h?",
        "What is the probability of exactly 3 heads in 5 coin tosses?",
        "What is the 20th Fibonacci number?",
        "What is the area of a circle with radius 3?",
        "Calculate the standard deviation of 2, 4, 4, 4, 5, 5, 7, 9.",
        "What is 15% of 240?",
        "Convert 255 to binary.",
        "Is 1001 prime?",
        "What is the remainder when 7^100 is divided by 13?",
        "计算 12 乘以 15。",
    ],
)
def test_mathematics(question):
    assert kind_of(question) == "mathematics"


@pytest.mark.parametrize(
    "question",
    [
        "Write a function that checks whether a string is a palindrome.",
        "Fix this function: def add(a, b): return a - b",
        "What is wrong here? ```for i in range(10) print(i)```",
        "How do I write a function that merges two lists?",
        "Create a function that counts vowels.",
        "Write a regular expression that matches dates.",
        "编写一个反转字符串的函数。",
    ],
)
def test_requests_for_code(question):
    assert kind_of(question) == "code"


@pytest.mark.parametrize(
    "question",
    [
        "How many images were used for training and testing in total?",
        "What is the difference between the accuracies of the two teachers?",
        "Recompute the effect size from the means in Table 2.",
        "What percentage of the seeds improved?",
        "What share, in percent, of the students passed?",
        "How many percentage points lie between the two accuracies?",
        "How many links are there per page on average in the graph?",
        "How many lines would have to be rewritten in all to port the code?",
        "How many images do both sets hold together?",
        "How many times larger is the teacher than the student?",
        "两种方法的准确率相差多少?",
    ],
)
def test_calculations_over_papers(question):
    assert kind_of(question) == "papers_and_calculation"
