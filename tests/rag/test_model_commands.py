"""The commands with language models: a model is chosen by one option, and its errors are reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import CommandLine
from full_disk import room_for
from openai_server import Say, Serve, say
from quoting_models import QuotingServer
from small_library import ASKED, TRUE, SmallLibrary

CITED = f"{TRUE} [1]."
INVENTED = "It was painted blue by nine robots in Oslo [1]."
SCRIPTED = ("--llm", "openai:scripted")


@pytest.fixture
def run(
    whole_library: SmallLibrary,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> CommandLine:
    monkeypatch.chdir(whole_library.home)
    monkeypatch.setattr("rag.library.load_embedder", lambda *_: whole_library.embedder)
    return CommandLine(whole_library, capsys)


def test_the_option_llm_changes_only_the_model(serve: Serve, run: CommandLine) -> None:
    """``--llm`` changes which model answers, and the index stays the same."""
    serve(say(CITED))
    first = json.loads(run("ask", ASKED, "--json"))
    second = json.loads(run("ask", ASKED, "--json", *SCRIPTED))
    assert (first["llm"], second["llm"]) == ("extractive", "openai:scripted")
    assert first["index"] == second["index"]
    assert second["sentences"][0]["support"] == "supported"


def test_the_default_model_may_be_in_the_env_file(
    serve: Serve, run: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file ``.env`` in the current folder can set the default model."""
    serve(say(CITED))
    monkeypatch.setenv("ASKPAPERS_LLM", "as before")  # so that what the file sets is undone
    monkeypatch.delenv("ASKPAPERS_LLM")
    Path(".env").write_text("ASKPAPERS_LLM=openai:scripted\n", encoding="utf-8")
    assert json.loads(run("ask", ASKED, "--json"))["llm"] == "openai:scripted"


def test_an_unreachable_model_still_gives_an_answer(
    run: CommandLine, waits: list[float], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """If the model cannot be reached, the answer without a model is shown with the reason, and the exit code is 4."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    path = tmp_path / "trace.jsonl"
    answer = json.loads(run("ask", ASKED, "--json", *SCRIPTED, "--trace", path, code=4))
    assert answer["llm"] == "extractive" and "1.4 trillion" in answer["answer"]
    assert (
        "sentences from the papers" in run.err and "no connection to http://127.0.0.1:9" in run.err
    )
    assert list(answer["failure"]) == ["llm", "message", "hint"]
    assert json.loads(path.read_text(encoding="utf-8"))["failure"] == answer["failure"]
    assert "1.4 trillion" in run("ask", ASKED, "--quiet", *SCRIPTED, code=4)
    assert "no connection" in run.err


def test_a_missing_key_is_named(run: CommandLine) -> None:
    """If the key is missing, its variable is named, the answer without a model is shown, and the exit code is 2."""
    assert "1.4 trillion" in run("ask", ASKED, "--llm", "anthropic:any", code=2)
    assert "ANTHROPIC_API_KEY" in run.err and "sentences from the papers" in run.err


def test_strict_leaves_out_what_is_not_supported(serve: Serve, run: CommandLine) -> None:
    """An unsupported sentence is marked; with ``--strict`` it is left out and counted."""
    serve(say(f"{CITED} {CITED} {INVENTED}"))
    assert "(unsupported)" in run("ask", ASKED, *SCRIPTED)
    strict = run("ask", ASKED, *SCRIPTED, "--strict")
    assert "Oslo" not in strict and "1 sentence that no page supports" in strict


def test_every_answer_is_recorded_in_the_trace(
    serve: Serve, run: CommandLine, tmp_path: Path
) -> None:
    """The trace has one line for each answer, with or without a model, answered or refused."""
    serve(say(CITED))
    path = tmp_path / "trace.jsonl"
    for more in ([ASKED, *SCRIPTED], [ASKED], ["What is the capital of Mongolia?", *SCRIPTED]):
        run("ask", *more, "--trace", path)
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [r["status"] for r in records] == ["answered", "answered", "no_evidence"]
    assert records[0]["run"]["citation_recall"] is not None
    assert records[1]["run"] is None and records[1]["evidence"]


def test_an_invalid_verifier_is_a_usage_error(serve: Serve, run: CommandLine) -> None:
    """An invalid ``--verifier`` is a usage error that shows the right form."""
    serve(say(CITED))
    run("ask", ASKED, *SCRIPTED, "--verifier", "wrong", code=2)
    assert "cross-encoder:" in run.err


def test_models_are_listed_with_what_they_lack(serve: Serve, run: CommandLine) -> None:
    """``models`` has one line per provider, and says which are ready and which are not set up."""
    serve(say(CITED))
    lines = {line.split(":")[0].split()[0]: line for line in run("models").splitlines()}
    assert "ready" in lines["extractive"] and "ready" in lines["openai"]
    assert "not set up" in lines["deepseek"]
    assert {state["example"] for state in json.loads(run("models", "--json"))} >= {
        "openai:scripted"
    }


def _gold(tmp_path: Path, n: int) -> Path:
    path = tmp_path / "gold.jsonl"
    place = {"paper": "herd", "pages": [2]}
    rows = [{"id": f"q{i}", "question": ASKED, "gold": [place]} for i in range(n)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


LIMITED = Say(status=402, error="no credit")


def test_a_question_that_a_model_fails_is_left_out(
    serve: Serve, run: CommandLine, tmp_path: Path
) -> None:
    """``eval`` reports questions that the model failed, scores and saves the others, and has the exit code 1."""
    serve(LIMITED, say(CITED), say(CITED), LIMITED)
    kept = tmp_path / "run.json"
    scores = json.loads(
        run("eval", _gold(tmp_path, 4), *SCRIPTED, "--json", "--save", kept, code=1)
    )
    assert scores["all"]["n"] == 2
    assert "q0: not answered by openai:scripted" in run.err and "no credit" in run.err
    assert list(json.loads(kept.read_text(encoding="utf-8"))["questions"]) == ["q1", "q2"]


def test_eval_gives_up_on_a_model_that_fails_three_questions(
    serve: Serve, run: CommandLine, tmp_path: Path
) -> None:
    """``eval`` ends with the error of a model that fails three questions; beside another model it is left out."""
    server = serve(LIMITED)
    run("eval", _gold(tmp_path, 9), *SCRIPTED, code=4)
    assert len(server.asked) == 3
    table = run("eval", _gold(tmp_path, 9), "--against", "openai:scripted", code=1)
    assert "page@5" in table and "openai:scripted was left out" in run.err


def test_models_are_compared_side_by_side(serve: Serve, run: CommandLine, tmp_path: Path) -> None:
    """``eval --against`` has one row per model, with its support, citations, facts and costs."""
    serve(say(f"{CITED} Herd-65B was trained on 9.9 trillion tokens of public text [1][77]."))
    gold = tmp_path / "gold.jsonl"
    place = {"paper": "herd", "pages": [2]}
    question = {"id": "1", "question": ASKED, "gold": [place], "key_facts": [["1.4 trillion"]]}
    gold.write_text(json.dumps(question), encoding="utf-8")
    groups: dict[str, Any] = json.loads(run("eval", gold, "--json", "--against", "openai:scripted"))
    means = groups["openai:scripted"]["all"]
    assert means["supported"] == 0.5 and means["key facts"] == 1.0 and means["verbatim"] == 1.0
    assert means["citation precision"] == pytest.approx(1 / 3)
    assert groups["extractive"]["all"]["supported"] == 1.0
    table = run("eval", gold, "--against", "openai:scripted").splitlines()
    assert "citation recall" in table[-3] and table[-1].startswith("openai:scripted")


def test_eval_with_a_model_that_cannot_be_asked_is_an_error(
    run: CommandLine, tmp_path: Path
) -> None:
    """``eval`` with a model that cannot be asked ends with the error of that model."""
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"id": "1", "question": ASKED, "gold": []}), encoding="utf-8")
    run("eval", gold, "--llm", "anthropic:any", code=2)
    assert "ANTHROPIC_API_KEY" in run.err


def test_a_good_and_a_bad_model_are_told_apart(
    run: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that quotes its evidence gets full scores, and one that changes numbers and marks gets none."""
    gold = tmp_path / "gold.jsonl"
    places = [{"paper": "herd", "pages": [2]}]
    asked = (ASKED, "On how many accelerators did the training of Herd run?")
    lines = (json.dumps({"id": q, "question": q, "gold": places}) for q in asked)
    gold.write_text("\n".join(lines), encoding="utf-8")
    with QuotingServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.openai_url)
        groups = json.loads(
            run("eval", gold, "--json", "--llm", "openai:quoting", "--against", "openai:swapping")
        )
    good, bad = (groups[f"openai:{name}"]["all"] for name in ("quoting", "swapping"))
    measures = ("supported", "citation recall", "citation precision", "verbatim")
    assert [good[m] for m in measures] == [1.0] * 4
    assert (bad["supported"], bad["citation recall"]) == (0.0, 0.0)


def test_an_unwritable_trace_is_reported_before_the_model_is_asked(
    serve: Serve, run: CommandLine
) -> None:
    """A trace that cannot be written is an error before the model is asked, which may cost money."""
    server = serve(say(CITED))
    run("ask", ASKED, *SCRIPTED, "--trace", "/proc/none/trace.jsonl", code=1)
    assert "cannot be written" in run.err and not server.asked


def test_a_full_disk_for_the_trace_does_not_lose_the_answer(
    serve: Serve, run: CommandLine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """If the trace does not fit on the disk, the answer is shown all the same, and the log names the file."""
    serve(say(CITED))
    path = tmp_path / "trace.jsonl"
    with room_for(100):
        assert "1.4 trillion" in run("ask", ASKED, *SCRIPTED, "--trace", path)
    assert f"{path} cannot be written" in caplog.text


def test_a_batch_with_an_invalid_model_writes_nothing(run: CommandLine, tmp_path: Path) -> None:
    """A batch with an invalid ``--llm`` is a usage error, and the answers of an earlier batch stay."""
    questions, out = tmp_path / "q.txt", tmp_path / "a.jsonl"
    questions.write_text(ASKED, encoding="utf-8")
    run("batch", questions, "-o", out)
    before = out.read_bytes()
    run("batch", questions, "-o", out, "--llm", "nonsense", code=2)
    assert "nonsense" in run.err
    assert out.read_bytes() == before


def test_a_batch_gives_up_on_a_model_that_fails_three_questions(
    run: CommandLine, waits: list[float], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A batch asks an unreachable model three questions; the others fail at once, and the exit code is 4."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    questions = tmp_path / "q.txt"
    questions.write_text("\n".join(f"{ASKED} {i}" for i in range(9)), encoding="utf-8")
    run("batch", questions, "-o", tmp_path / "a.jsonl", *SCRIPTED, code=4)
    n_waits_of_one, rest = divmod(len(waits), 3)
    assert 0 < n_waits_of_one < 5 and rest == 0
    records = map(json.loads, (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines())
    assert ["no connection" in record["error"]["message"] for record in records] == [True] * 9
