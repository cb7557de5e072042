import pytest

from r1agent_tools import NoTestsError, ProgramCase, check_unit_tests, unit_tests_tool
from r1agent_tools.test_programs import same_output

CASES = [ProgramCase("3\n1 2 3\n", "6\n"), ProgramCase("2\n-5 5\n", "0\n")]
READERS = {
    "input": "n = int(input())\nprint(sum(map(int, input().split())))",
    "sys.stdin": "import sys\nprint(sum(map(int, sys.stdin.read().split()[1:])))",
    "lines": "import sys\nnext(sys.stdin)\n"
    "for line in sys.stdin: print(sum(map(int, line.split())))",
    "bytes": "import sys\nprint(sum(map(int, sys.stdin.buffer.read().split()[1:])))",
    "descriptor": "print(sum(map(int, open(0).read().split()[1:])))",
    "os.read": "import os\nprint(sum(map(int, os.read(0, 100).split()[1:])))",
}
SPOOFS = {
    "prints what another case wants": "print(6)",
    "prints nothing": "",
    "prints both": "print(6)\nprint(0)",
    "ends at once": "import os\nos._exit(0)",
    "ends after printing": "import os, sys\nprint(6)\nsys.stdout.flush()\nos._exit(0)",
    "counts the cases in a file": "import os\nopen('seen', 'a').write('x')\n"
    "print({1: 6, 2: 0}[len(open('seen').read())])",
    "looks for the expected output": "import gc, sys\n"
    "for thing in gc.get_objects():\n"
    "    if isinstance(thing, dict) and 'stdout' in thing: print(thing['stdout'])\n"
    "frame = sys._getframe()\n"
    "while frame:\n"
    "    print(frame.f_locals.get('expected', ''))\n    frame = frame.f_back",
    "patches what compares": "import sys, types\n"
    "for module in list(sys.modules.values()):\n"
    "    for name in ('same_output', 'same', 'run_test', 'clean_text', 'encode_frame'):\n"
    "        if isinstance(module, types.ModuleType) and hasattr(module, name):\n"
    "            setattr(module, name, lambda *a, **k: True)",
    "forges a verdict": "import json, os\n"
    "body = json.dumps({'verdict': 'passed', 'passed': True, 'value': '6'}).encode()\n"
    "for fd in range(3, 20):\n"
    "    try: os.write(fd, len(body).to_bytes(4, 'big') + body)\n"
    "    except OSError: pass",
    "prints without end": "while True: print(6)",
    "waits": "import time\ntime.sleep(60)",
    "leaves with an error": "import sys\n"
    "print(sum(map(int, open(0).read().split()[1:])))\nsys.exit(1)",
    "raises at the end": "print(sum(map(int, open(0).read().split()[1:])))\nraise ValueError",
    "fails when the interpreter ends": "import atexit, os\n"
    "print(sum(map(int, open(0).read().split()[1:])))\natexit.register(os._exit, 3)",
}


@pytest.mark.parametrize("reader", READERS)
def test_an_honest_program_is_verified_however_it_reads(sandbox, reader):
    report = check_unit_tests(READERS[reader], CASES, sandbox=sandbox)
    assert (report.verified, report.trust) == (True, "separate process"), report.text()


@pytest.mark.parametrize("spoof", SPOOFS)
def test_a_program_that_does_not_solve_it_is_not_verified(sandbox, spoof):
    report = check_unit_tests(SPOOFS[spoof], CASES, sandbox=sandbox)
    assert not report.verified
    assert report.passed <= 1


def test_a_wrong_program_is_told_what_it_printed_and_for_which_input(sandbox):
    report = check_unit_tests("print(input())", [ProgramCase("1\n", "2\n")], sandbox=sandbox)
    assert report.results[0].message == "the program printed '1\\n', expected '2\\n'"
    assert report.results[0].failing_input == "'1\\n'"


@pytest.mark.parametrize(
    "program",
    [
        "if __name__ == '__main__':\n    print(1)",
        "import sys\nprint(1)\nsys.exit()",
        "import sys\nprint(1)\nsys.exit(0)",
        "import threading\nthreading.Thread(target=print, args=(1,)).start()",
        "import atexit\natexit.register(print, 1)",
        "import sys\nsys.stdout.write('1')",
        "1\nprint(1)\n2",
    ],
)
def test_a_program_runs_as_a_whole_to_its_end(sandbox, program):
    report = check_unit_tests(program, [ProgramCase("", "1")], sandbox=sandbox)
    assert report.verified, report.text()


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("import sys\nsys.exit(3)", "the program ended with SystemExit: 3"),
        ("1 / 0", "the program ended with ZeroDivisionError: division by zero"),
        ("input()\ninput()", "the program ended with EOFError"),
        ("print(", "the program ended with SyntaxError"),
        ("while True: pass", "the program hit the limit `wall_seconds`"),
        ("import os\nos._exit(0)", "the program killed its own process"),
    ],
)
def test_a_program_that_fails_is_told_how(sandbox, program, message):
    report = check_unit_tests(program, [ProgramCase("x\n", "1")], sandbox=sandbox)
    assert report.results[0].message.startswith(message)


def test_output_beyond_the_limit_is_said_to_be_cut(sandbox):
    case = ProgramCase("", "a" * 3000)
    report = check_unit_tests("print('a' * 3000)", [case], sandbox=sandbox)
    assert "`output_characters` cut it" in report.results[0].message


@pytest.mark.parametrize(
    ("found", "expected", "tolerance", "same"),
    [
        ("1 2  \n3\n\n", "1 2\n3", 0.0, True),
        (" 1", "1", 0.0, False),
        ("1\n\n2", "1\n2", 0.0, False),
        ("1.0", "1.00", 0.0, False),
        ("x 0.3333334", "x 0.3333333", 1e-6, True),
        ("0.34", "0.33", 1e-6, False),
        ("1", "1.0", 1e-6, True),
        ("1.0000000001", "1", 1e-6, False),
        ("1 2", "1.0", 1e-6, False),
        ("y 1.0", "x 1.0", 1e-6, False),
        ("nan", "1.0", 1e-6, False),
        ("9" * 400 + ".0", "8" * 400 + ".0", 1e-6, False),
    ],
)
def test_outputs_are_the_same_but_for_white_space_at_ends_and_the_tolerance(
    found, expected, tolerance, same
):
    assert same_output(found, expected, tolerance=tolerance) is same


def test_pairs_and_programs_do_not_mix(sandbox):
    with pytest.raises(NoTestsError, match="together"):
        check_unit_tests("", [((), 1), CASES[0]], sandbox=sandbox, function="f")


def test_the_tool_can_hold_programs_and_pairs_back(sandbox):
    call = {"name": "unit_tests", "id": "1", "type": "tool_call"}
    tool = unit_tests_tool(sandbox, tests=CASES)
    assert tool.invoke({**call, "args": {"solution": READERS["input"]}}).artifact.verified
    tool = unit_tests_tool(sandbox, tests=[((2,), 4)], function="f")
    message = tool.invoke({**call, "args": {"solution": "def f(x): return x"}})
    assert message.content == (
        "0 of 1 tests passed.\nFAILED case 1: f returned 2, expected 4 [input: f(2)]"
    )
