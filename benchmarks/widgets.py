"""What an update of the progress view weighs and costs, and how the board goes with ten thousand tasks.

    python -m benchmarks.widgets [--looks 20] [--tasks 10000]

The widgets are real and drawn in Chromium on the tests' stub page. Goals: with 200 workers and 1M inputs an update
below 5 kB, and below 50 ms in the browser; scrolling through ten thousand tasks without a dropped frame (17 ms).
"""

# ruff: noqa: SLF001  what stands behind the public face is what is measured

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

import chromium
from playwright.sync_api import sync_playwright
from stub import show

import tasknb as tn
from tasknb.messages.data import Data, Input, Text
from tasknb.widgets import TaskBoard, TaskProgress, progress
from tasknb.widgets.board_list import Query
from tasknb.widgets.reading import Reading, WorkerReading

WORKERS, PER_WORKER = 200, 5000

RECEIVE = """message => {
  const start = performance.now();
  window.stub.model.receive({ method: "custom", content: message });
  document.body.offsetHeight; // layout belongs to it
  return performance.now() - start;
}"""

SCROLL = """async () => {
  const list = document.querySelector(".tn-board-rows");
  const frames = [];
  for (let last = performance.now(), begin = last; last - begin < 3000; ) {
    list.scrollTop += 160;
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  return frames.sort((a, b) => a - b);
}"""


def look(step):
    """200 workers, each a few pieces further at every look."""
    done = [step * (3 + i % 5) + i for i in range(WORKERS)]
    workers = tuple(
        WorkerReading(f"worker-{i:03}", "", "user", (PER_WORKER - n, 0, 0, n, 0)) for i, n in enumerate(done)
    )
    summed = tuple(sum(column) for column in zip(*(worker.counts for worker in workers), strict=True))
    taken = time.time() + 2 * step
    return Reading(
        taken, "t", "A million", "TASK_IN_PROGRESS", "PARTITIONED", "NONE", 1, sum(summed), False, summed, workers, ()
    )


class Script:
    """Stands where the network is: the next look of the script."""

    def __init__(self, *_arguments):
        self.step = 0

    def read(self):
        self.step += 1
        return look(self.step)


def bench_progress(browser, looks):
    progress.Reader = Script
    widget = TaskProgress(None, "t")
    widget._follower.start = lambda: None
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    show(page, widget)
    page.evaluate("window.fromPython = async () => '[]'")  # updates are handed over by the benchmark, not by the page
    sizes, times = [], []
    for _ in range(looks):
        widget._look()
        message = widget.comm.outbox[-1]["content"]
        widget.comm.outbox.clear()
        sizes.append(len(json.dumps(message, separators=(",", ":"))))
        times.append(page.evaluate(RECEIVE, message))
    page.close()
    print(f"progress, {WORKERS} workers, {WORKERS * PER_WORKER:,} inputs, every worker moved")
    print(f"  update           {statistics.median(sizes):8.0f} bytes  (largest {max(sizes)}; goal 5,000)")
    print(f"  drawn in         {statistics.median(times):8.1f} ms     (largest {max(times):.1f}; goal 50)")


def app_of(tasks):
    client = tn.Client.local()
    client.collaborators.add("ann")
    client.concepts.create("cat")
    client.inputs.create([Input(id="one", data=Data(text=Text(raw="one")))])
    for start in range(0, tasks, 100):
        client.tasks.create(
            [
                tn.Task(
                    name=f"Task {i}",
                    type="CONCEPTS_CLASSIFICATION",
                    worker=tn.TaskWorker.dynamic("ann"),
                    concepts=tn.TaskConcept.of("cat"),
                    input_source=tn.InputSource.all_inputs(),
                    review=tn.TaskReview.none(),
                )
                for i in range(start, min(tasks, start + 100))
            ]
        )
    return client


def milliseconds(action, *, runs=5):
    times = []
    for run in range(runs):
        start = time.perf_counter()
        action(run)
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def bench_board(browser, tasks):
    widget = TaskBoard(app_of(tasks))
    feed = widget._feed
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    show(page, widget)
    page.locator(".tn-name").first.wait_for()
    frames = page.evaluate(SCROLL)
    page.close()
    head = len(json.dumps(widget._summary()))
    rows = len(json.dumps(widget._answer_rows({}, 0, 100)))
    listed = milliseconds(lambda _: feed.load(), runs=3)
    found = milliseconds(lambda run: feed.list.find(Query(text=f"task {run}", sort="name")))
    slow = frames[int(len(frames) * 0.95)]
    print(f"board, {tasks:,} tasks")
    print(f"  listed in        {listed:8.0f} ms     (beside the kernel, but for the first time)")
    print(f"  found, sorted in {found:8.1f} ms")
    print(f"  a change         {head:8} bytes;  100 rows {rows:,} bytes")
    print(f"  frames           {statistics.median(frames):8.1f} ms     (95 %: {slow:.1f}, {len(frames)} frames)")
    widget.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--looks", type=int, default=20)
    parser.add_argument("--tasks", type=int, default=10_000)
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        bench_progress(browser, options.looks)
        bench_board(browser, options.tasks)
        browser.close()


if __name__ == "__main__":
    main()
