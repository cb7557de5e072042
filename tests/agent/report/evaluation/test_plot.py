import subprocess
import sys

from tests.agent.report.evaluations import TWO, evaluation_of


def test_each_metric_has_a_panel_with_a_dot_for_each_system():
    figure = TWO.plot()
    panels = [panel for panel in figure.axes if panel.get_visible()]
    assert [panel.get_title() for panel in panels] == [
        "accuracy",
        "auc of accuracy",
        "wrong of accuracy (lower is better)",
    ]
    names = [label.get_text() for label in panels[0].get_yticklabels()]
    assert names == ["plain accuracy", "loop accuracy"]
    dots = [container.lines[0].get_xdata()[0] for container in panels[0].containers]
    assert dots == [0.125, 0.875]


def test_an_evaluation_of_nothing_can_be_drawn():
    assert evaluation_of().plot().axes


def test_a_figure_that_does_not_exist_has_no_dot():
    figure = evaluation_of([1, 1]).plot()
    assert [len(panel.containers) for panel in figure.axes[:2]] == [1, 0]


def test_matplotlib_is_not_loaded_before_something_is_drawn():
    code = (
        "import sys, r1agent.report.evaluation.html, r1agent.report.evaluation.terminal; "
        "assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
