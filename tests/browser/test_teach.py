"""Teaching it a hand: a scripted pen copies short lines, and the page learns from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pentrace import Writer, checkpoint, learn, mix
from pentrace.checkpoint import hand as hands
from pentrace.checkpoint.hand import Hand as LearnedHand
from pentrace.checkpoint.hand_changes import HAND_CODE
from pentrace.engine.writer import TEXT_CHECKPOINT
from pentrace.ink import Ink, formats
from pentrace.link import ink_code
from pentrace.link.sheet import Stroke
from tests.browser import host
from tests.browser.notebook import Notebook, points, run
from tests.browser.pen import Hand, write
from tests.hands import no_changes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Route

    from tests.browser.conftest import Reader

SAID = "document.querySelector('#teach .status-line').textContent"
PROBLEM = "document.querySelector('#teach .problem').textContent"
KEPT = """new Promise((resolve) => {
  const open = indexedDB.open("keyval-store");
  open.onsuccess = () => {
    const hands = open.result.transaction("keyval").objectStore("keyval").get("pentrace-hands");
    hands.onsuccess = () => resolve(hands.result?.length ?? 0);
  };
})"""
"""How many hands the browser keeps."""
CHANGE = """new Promise((resolve) => {{
  const open = indexedDB.open("keyval-store");
  open.onsuccess = () => {{
    const change = open.result.transaction("keyval", "readwrite");
    const store = change.objectStore("keyval");
    const hands = store.get("pentrace-hands");
    hands.onsuccess = () => {{
      const files = hands.result;
      store.put({}, "pentrace-hands");
    }};
    change.oncomplete = resolve;
  }};
}})"""
"""Something else writes where the hands are kept."""
GONE = "void (File.prototype.arrayBuffer = () => Promise.reject(new DOMException('', 'NotFoundError')))"
"""No file is there any more when it is read."""
WORDS = ("write", "here", "here")
PROMPTS = ("The quick brown fox jumps", "over a lazy dog.", "Bring Zoe five dozen jugs")
"""What the card asks for; what the scripted pen writes is something else."""


@pytest.fixture
def teach(open_reader: Callable[..., Reader], address: str) -> Reader:
    """The figure, started, nothing written yet."""
    reader = open_reader()
    reader.open(f"{address}#playing=0&wall.playing=0")
    show(reader)
    return reader


def show(reader: Reader) -> None:
    reader.page.evaluate("document.querySelector('#teach').scrollIntoView({ block: 'start' })")
    reader.wait("!document.querySelector('#teach-open-hand').disabled")


def top_of_learn(reader: Reader) -> float:
    """Where the button is in the window."""
    box = reader.page.locator("#teach-learn").bounding_box()
    assert box is not None
    return box["y"]


def copy_line(reader: Reader, words: str) -> None:
    paper = reader.page.locator("#teach .paper")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box is not None
    write(reader.page, words, Hand(box["x"] + 90, box["y"] + 0.6 * box["height"]))
    reader.wait("!document.querySelector('#teach-write-again').disabled")


def copy_lines(reader: Reader) -> None:
    for k, words in enumerate(WORDS):
        copy_line(reader, words)
        if k + 1 < len(WORDS):
            reader.press("teach-next-line")
            reader.wait(f"/^Line {k + 2} of/.test({SAID})")


def test_it_learns_keeps_and_wears_a_hand(
    open_reader: Callable[..., Reader], address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teach = open_reader()
    notebook = Notebook(teach)
    teach.open(f"{address}#playing=0&wall.playing=0")
    show(teach)
    assert teach.page.locator("#teach-learn").is_disabled(), "there is nothing to learn from yet"
    copy_lines(teach)

    # A page that is closed, even while it learns, loses nothing that is written, and learns again.
    # What is learned opens above the button, which stays under the finger, and nothing else moves.
    assert teach.page.locator("#teach .teach-plot").is_hidden()
    before = top_of_learn(teach)
    teach.press("teach-learn")
    assert teach.page.locator("#teach .teach-plot").is_visible()
    assert abs(top_of_learn(teach) - before) < 1
    teach.wait(f"/^Pass 1 of 8/.test({SAID})")
    assert abs(top_of_learn(teach) - before) < 1
    teach.page.reload()
    show(teach)
    teach.wait(f"/Written so far: 3 lines/.test({SAID})")

    # Stopped, it keeps the best so far, and its workers end.
    teach.press("teach-learn")
    teach.wait(f"/^Pass 2 of 8/.test({SAID})")
    workers = len(teach.page.workers)
    teach.press("teach-learn")
    teach.wait(f"/^After [1-7] of 8 passes. Your lines surprise it by/.test({SAID})")
    assert teach.page.locator("#teach-hand").is_enabled()
    # Playwright hears of it while it asks the page something.
    teach.wait_for(lambda: teach.status != "" and len(teach.page.workers) < workers, "the workers to end")

    teach.page.locator("#teach-keep-ink").check()
    teach.press("teach-learn")
    teach.wait("document.querySelector('#teach-learn').textContent === 'Stop'")
    # A line that is written meanwhile is not among those that are learned.
    teach.press("teach-next-line")
    copy_line(teach, "we")
    assert teach.page.locator("#teach-learn").inner_text() == "Stop"
    teach.wait(f"/^After 8 of 8 passes. Your lines surprise it by/.test({SAID})")
    copied = notebook.copied("teach")

    # The cells that change most lead to the figure of all cells.
    cell = teach.page.locator("#teach .teach-cell").first
    number = cell.inner_text().split()[1].strip(":")
    cell.click()
    teach.wait(f"new URLSearchParams(location.hash.slice(1)).get('cells.chosen') === '{number}'")
    show(teach)

    file = tmp_path / "mine.hand.safetensors"
    file.write_bytes(teach.download("teach-hand"))
    learned = hands.load(file)
    assert learned.lines == len(WORDS)
    assert learned.after is not None
    assert learned.before is not None
    assert learned.after < learned.before
    base = checkpoint.load(host.DEFAULT)
    learned.apply(base)
    # The lines are in it, and Python learns the same hand from them, with the same changes of cells.
    assert learned.texts == PROMPTS
    again = learn(learned.ink, checkpoint=base, keep_ink=True)
    assert again.changes is not None
    assert int(again.changes.argmax()) == int(number)
    assert hands.encode(replace(again, texts=learned.texts)) == file.read_bytes()

    # The lines that Python is given by the page give it too.
    sample = run(copied)
    assert np.array_equal(sample.ravel(), notebook.heard("learn.sample")["replies"][-1]["offsets"])

    # All figures write with it, until it is deleted.
    teach.page.locator("#teach-wear").check()
    teach.wait("/in a learned hand/.test(document.querySelector('#model').textContent)")
    teach.settle()
    # And writes with a share of it.
    teach.page.locator("#teach-share").fill("0.6")
    teach.wait("document.querySelector('#writing .paper-surface').ariaBusy === 'true'")
    teach.settle()
    monkeypatch.chdir(tmp_path)
    text = notebook.copied("writing")
    assert "[0.6]" in text
    reply = notebook.heard("writing.futures")["replies"][-1]
    sample = run(text)
    scale = run(text.rpartition("\n#")[0] + "\nink.scale")
    assert np.array_equal(points(sample, reply["end"], scale), reply["all"][0]["points"].reshape(-1, 2))
    teach.press("teach-delete-hand")
    assert teach.page.locator("#teach-delete-hand").inner_text() == "Delete it?"
    assert teach.page.evaluate(KEPT) == 1
    teach.press("teach-delete-hand")
    assert teach.page.locator("#teach-delete-hand").inner_text() == "Delete hand"
    teach.wait("!/in a learned hand/.test(document.querySelector('#model').textContent)")
    assert teach.page.locator("#teach-hand").is_disabled()
    assert teach.page.evaluate(KEPT) == 0

    # A hand of another model is refused.
    content = file.read_bytes()
    open_hand(teach, "other.hand.safetensors", content.replace(learned.base.encode(), b"0" * 64))
    teach.wait(f"/^hand: expected the checkpoint that it was learned on/.test({PROBLEM})")

    # It can be opened again, and is kept over a reload.
    open_hand(teach, file.name, content)
    teach.wait("!document.querySelector('#teach-hand').disabled")
    teach.page.reload()
    show(teach)
    teach.wait(f"/A hand is kept in this browser, learned from 3 lines/.test({SAID})")
    assert teach.download("teach-hand") == content


def test_what_something_else_keeps_in_the_place_of_hands_is_left_out(teach: Reader) -> None:
    teach.page.evaluate(CHANGE.format(7))
    teach.page.reload()
    show(teach)
    assert teach.page.locator("#teach-delete-hand").is_disabled()


def test_a_kept_hand_that_cannot_be_read_is_said_so_and_can_be_deleted(teach: Reader) -> None:
    # A good one comes after it, and does not take its sentence away.
    open_hand(teach, "plain.hand.safetensors", hand_of(host.DEFAULT, 1.05))
    teach.wait_for(lambda: teach.page.evaluate(KEPT) == 1, "the hand")
    for put_first, good in (
        ("[new Uint8Array([1, 2, 3]), ...files]", True),
        ("[new Uint8Array([1, 2, 3])]", False),
    ):
        teach.page.evaluate(CHANGE.format(put_first))
        teach.page.reload()
        show(teach)
        teach.wait(f"/^the hand that this browser keeps: file: expected a hand/.test({PROBLEM})")
        assert teach.page.locator("#teach-hand").is_enabled() == good
    teach.press("teach-delete-hand")
    teach.press("teach-delete-hand")
    teach.wait_for(lambda: teach.page.evaluate(KEPT) == 0, "it to be deleted")
    assert teach.page.evaluate(PROBLEM) == ""
    assert teach.page.locator("#teach-delete-hand").is_disabled()


def test_what_is_wrong_is_said_in_a_sentence(teach: Reader) -> None:
    open_hand(teach, "ink.hand.safetensors", b"not a hand")
    assert teach.wait(PROBLEM).startswith("ink.hand.safetensors: file: expected a hand")
    teach.page.evaluate(GONE)
    open_hand(teach, "gone.hand.safetensors", b"not a hand")
    teach.wait(f"{PROBLEM} === 'gone.hand.safetensors: cannot be read; choose it again.'")
    for k in range(3):
        teach.page.locator("#teach .paper-surface").click()
        teach.wait("!document.querySelector('#teach-write-again').disabled")
        if k < 2:
            teach.press("teach-next-line")
            teach.wait(f"/^Line {k + 2} of/.test({SAID})")
    teach.press("teach-learn")
    teach.wait(f"/^hand: expected at least 100 points of writing/.test({PROBLEM})")
    assert teach.page.locator("#teach-learn").inner_text() == "Learn"


def hand_of(path: Path, change: float) -> bytes:
    """The file of a hand that scales what cells hear of the pen, with a hand code where there are codes."""
    base = checkpoint.load(path)
    tensors = no_changes(base)
    if HAND_CODE in tensors:
        tensors[HAND_CODE] += np.float32(0.1)
    tensors["lstm.0.input.weight"] = base.tensors["lstm.0.input.weight"] * np.float32(change - 1)
    return hands.encode(LearnedHand(base.sha256, tensors, 3, 900, 0, 6.0, 5.9))


def test_typed_text_follows_the_hand_and_mixes_with_others(
    open_reader: Callable[..., Reader], serve_page: Callable[[list[Path]], str]
) -> None:
    reader = open_reader()
    settings = "playing=0&wall.playing=0&type.playing=0&type.candidates=1&type.text=so&type.hand=743"
    reader.open(f"{serve_page([host.DEFAULT, TEXT_CHECKPOINT])}#{settings}")
    show(reader)
    open_hand(reader, "plain.hand.safetensors", hand_of(host.DEFAULT, 1.05))
    reader.wait("!document.querySelector('#teach-hand').disabled")
    reader.page.locator("#teach-wear").check()
    reader.page.locator("#type-text").focus()
    # What the page's model learned does not fit the one that knows text, and the figure says so.
    hint = "document.querySelector('.type-entry > .type-hint').textContent"
    reader.wait(f"{hint}.startsWith('My hand was learned on another model')")
    assert reader.page.locator("#type-mine").is_hidden()

    text_hand = hand_of(TEXT_CHECKPOINT, 1.05)
    open_hand(reader, "text.hand.safetensors", text_hand)
    reader.wait(f"{hint} === 'It is written in your learned hand.'")
    learned, base = hands.decode(text_hand, "text"), checkpoint.load(TEXT_CHECKPOINT)
    assert typed(reader) == Writer(base, hand=learned).write_text("so", seed=2, candidates=1).ink

    slide(reader, "type-mine", "0.5")
    reader.wait(f"{hint}.startsWith('It is written between your learned hand and hand')")
    half = Writer(base, hand=mix(base, [learned], [0.5]))
    code = np.float32(0.5) * base.float_tensor("text.hands")[743]
    assert typed(reader) == half.write_text("so", hand=code, seed=2, candidates=1).ink
    slide(reader, "type-slant", "1")
    slanted = half.write_text("so", hand=code, traits={"slant": 1}, seed=2, candidates=1).ink
    reader.wait_for(lambda: typed(reader) == slanted, "the mix of hands, slanted")
    assert reader.download("teach-hand-for-text") == text_hand


def test_typed_text_has_the_letters_of_the_lines_that_the_hand_keeps(
    open_reader: Callable[..., Reader],
    serve_page: Callable[[list[Path]], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader = open_reader()
    notebook = Notebook(reader)
    settings = "playing=0&wall.playing=0&type.playing=0&type.candidates=3&type.text=on%20a%20red%20sea"
    reader.open(f"{serve_page([host.DEFAULT, TEXT_CHECKPOINT])}#{settings}")
    show(reader)
    base = checkpoint.load(TEXT_CHECKPOINT)
    texts = ("under a red door", "no one was here", "this is not what it says")
    inks = [Writer(base).write_text(text, hand=40, seed=1, variation=0.4).ink for text in texts]
    plain = hands.decode(hand_of(TEXT_CHECKPOINT, 1.05), "text")
    kept = replace(
        plain,
        lines=len(inks),
        points=sum(len(ink) - 1 for ink in inks),
        ink=tuple(Ink(ink.points, ink.pen_up, scale=ink.scale) for ink in inks),
        texts=(*texts[:2], "it says something else"),
    )
    content = hands.encode(kept)
    open_hand(reader, "text.hand.safetensors", content)
    reader.wait("!document.querySelector('#teach-hand-for-text').disabled")
    reader.page.locator("#teach-wear").check()
    reader.page.locator("#type-text").focus()
    hint = "document.querySelector('.type-entry > .type-hint').textContent"
    reader.wait(f"{hint}.endsWith('and each letter is the one of several that is most like yours.')")
    expected = Writer(base, hand=kept).write_text("on a red sea", seed=2, candidates=3).ink
    reader.wait_for(lambda: typed(reader) == expected, "the text in the letters of the lines")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine-text.hand.safetensors").write_bytes(content)
    assert run(notebook.copied("type")).ink == expected


def test_a_hand_is_not_opened_while_it_learns(
    open_reader: Callable[..., Reader], serve_page: Callable[[list[Path]], str]
) -> None:
    reader = open_reader()
    reader.open(f"{serve_page([host.DEFAULT, TEXT_CHECKPOINT])}#playing=0&wall.playing=0&type.playing=0")
    show(reader)
    copy_lines(reader)
    # A hand for text needs that model, and what it says without it is why.
    model = f"**/{TEXT_CHECKPOINT.name}"
    reader.page.route(model, lambda route: route.fulfill(status=503))
    open_hand(reader, "text.hand.safetensors", hand_of(TEXT_CHECKPOINT, 1.05))
    reader.wait(f"/could not be loaded: the server says 503.$/.test({PROBLEM})")
    reader.problems.clear()
    reader.page.unroute(model)
    # The hand can be opened only when its model has come, and learning begins before that.
    waiting: list[Route] = []
    reader.page.route(model, lambda route: waiting.append(route))
    open_hand(reader, "text.hand.safetensors", hand_of(TEXT_CHECKPOINT, 1.05))
    reader.wait_for(lambda: reader.status != "" and waiting != [], "the request of the model")
    reader.press("teach-learn")
    reader.wait(f"/^Pass 1 of/.test({SAID})")
    for route in waiting:
        route.continue_()
    sentence = "text.hand.safetensors is not opened while it learns; open it again when that is over."
    reader.wait(f"{PROBLEM} === '{sentence}'")
    assert reader.page.locator("#teach-learn").inner_text() == "Stop"
    reader.wait(f"/^Pass 2 of/.test({SAID})")
    reader.press("teach-learn")
    assert reader.page.locator("#teach-learn").inner_text() == "Learn"
    assert reader.page.evaluate(PROBLEM) == sentence, "what is learned does not take the sentence away"


def test_more_points_than_a_hand_keeps_are_refused_before_they_are_learned(teach: Reader) -> None:
    n = 27_000
    wave = Stroke(
        x=np.arange(n).tolist(),
        y=np.rint(400 * np.sin(np.arange(n) / 50)).astype(int).tolist(),
        time=np.arange(n).tolist(),
        pressure=None,
        model=False,
        lifted=True,
    )
    lines = [ink_code.encode([wave])] * 3
    teach.page.evaluate("(lines) => localStorage.setItem('pentrace-lines', JSON.stringify(lines))", lines)
    teach.page.reload()
    show(teach)
    teach.page.locator("#teach-keep-ink").check()
    teach.press("teach-learn")
    assert teach.page.locator("#teach-learn").inner_text() == "Learn"
    assert teach.page.evaluate(PROBLEM) == (
        "hand: expected at most 80,000 points of ink to keep, found 81,000; leave out lines, or do not keep the ink."
    )


def test_two_tabs_keep_the_hands_of_each_other(
    open_reader: Callable[..., Reader], serve_page: Callable[[list[Path]], str]
) -> None:
    url = f"{serve_page([host.DEFAULT, TEXT_CHECKPOINT])}#playing=0&wall.playing=0&type.playing=0"
    one = open_reader()
    one.open(url)
    show(one)
    other = replace(one, page=one.page.context.new_page())
    other.open(url)
    show(other)
    open_hand(one, "plain.hand.safetensors", hand_of(host.DEFAULT, 1.05))
    one.wait_for(lambda: one.page.evaluate(KEPT) == 1, "the hand of the first tab")
    open_hand(other, "text.hand.safetensors", hand_of(TEXT_CHECKPOINT, 1.05))
    one.wait_for(lambda: one.page.evaluate(KEPT) == 2, "the hands of both tabs")
    # A tab deletes only what it shows.
    other.press("teach-delete-hand")
    other.press("teach-delete-hand")
    one.wait_for(lambda: one.page.evaluate(KEPT) == 1, "the hand of the first tab alone")
    one.page.reload()
    show(one)
    assert one.page.locator("#teach-hand").is_enabled()


def slide(reader: Reader, slider: str, to: str) -> None:
    reader.page.locator(f"#{slider}").evaluate(
        "(el, to) => { el.value = to; el.dispatchEvent(new Event('input', { bubbles: true })) }", to
    )


def typed(reader: Reader) -> Ink:
    """What the figure of the typed text has written."""
    reader.wait("document.querySelector('#type .view').ariaBusy === 'false'")
    reader.wait("!document.querySelector('#type-json').disabled")
    return formats.decode(reader.download("type-json"), "type.json")


def open_hand(reader: Reader, name: str, content: bytes) -> None:
    payload: Any = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    reader.page.locator("#teach input[type=file]").set_input_files(payload)
