"""Published tables, and labels in the long form made of tables."""

import pandas as pd

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: 4 observers, 12 units, missing data.
# Gwet's irrCAC package carries the same table as raw4raters, with its results.
KRIPPENDORFF = """
1 2 3 3 2 1 4 1 2 * * *
1 2 3 3 2 2 4 1 2 5 * 3
* 3 3 3 2 3 4 2 2 5 1 *
1 2 3 3 2 4 4 1 2 5 1 *
"""

# Krippendorff (2011), section B: 2 observers, 12 units.
TWO_OBSERVERS = """
a a b b d c c c e d d a
b a b b b c c c e d d d
"""

# The example of the Wikipedia article "Krippendorff's alpha" and of the krippendorff package: 3 observers, 15 units.
THREE_OBSERVERS = """
* * * * * 3 4 1 2 1 1 3 3 * 3
1 * 2 1 3 3 4 3 * * * * * * *
* * 2 1 3 4 4 * 2 1 1 3 3 * 4
"""

# Fleiss (1971), table 1: 30 patients, 6 psychiatrists each, five diagnoses; how many gave each. Kappa 0.430.
FLEISS = [
    (0, 0, 0, 6, 0),
    (0, 3, 0, 0, 3),
    (0, 1, 4, 0, 1),
    (0, 0, 0, 0, 6),
    (0, 3, 0, 3, 0),
    (2, 0, 4, 0, 0),
    (0, 0, 4, 0, 2),
    (2, 0, 3, 1, 0),
    (2, 0, 0, 4, 0),
    (0, 0, 0, 0, 6),
    (1, 0, 0, 5, 0),
    (1, 1, 0, 4, 0),
    (0, 3, 3, 0, 0),
    (1, 0, 0, 5, 0),
    (0, 2, 0, 3, 1),
    (0, 0, 5, 0, 1),
    (3, 0, 0, 1, 2),
    (5, 1, 0, 0, 0),
    (0, 2, 0, 4, 0),
    (1, 0, 2, 0, 3),
    (0, 0, 0, 0, 6),
    (0, 1, 0, 5, 0),
    (0, 2, 0, 1, 3),
    (2, 0, 0, 4, 0),
    (1, 0, 0, 4, 1),
    (0, 5, 0, 1, 0),
    (4, 0, 0, 0, 2),
    (0, 2, 0, 4, 0),
    (1, 0, 5, 0, 0),
    (0, 0, 0, 0, 6),
]


def observed(table):
    """Labels of a table with one row an observer and one column a unit; ``*`` is missing."""
    rows = [line.split() for line in table.strip().splitlines()]
    cells = [
        (f"unit-{unit:02}", f"observer-{observer}", label)
        for observer, row in enumerate(rows)
        for unit, label in enumerate(row)
        if label != "*"
    ]
    return pd.DataFrame(cells, columns=["task", "worker", "label"])


def counted(table):
    """Labels of a table with one row a unit, which holds how many observers gave each class."""
    cells = []
    for unit, row in enumerate(table):
        given = [label for label, number in enumerate(row) for _ in range(number)]
        cells += [(f"unit-{unit:02}", f"observer-{observer}", label) for observer, label in enumerate(given)]
    return pd.DataFrame(cells, columns=["task", "worker", "label"])


# Dawid and Skene (1979), table 1: 45 patients, 5 observers, the first of whom saw each patient three times. One row a
# patient: the first observer's three assessments, then one of each other's. The paper's fit gives the classes the
# shares 0.40, 0.42, 0.11 and 0.07, and the first observer 0.89 and 0.11 for a truth of 1, 0.07, 0.88 and 0.05 for 2.
DAWID_SKENE = """
111 1 1 1 1  333 4 3 3 4  112 2 1 2 2  222 3 1 2 1  222 3 2 2 2  222 3 3 2 2  122 2 1 1 1  333 3 4 3 3  222 2 2 2 3
232 2 2 2 3  444 4 4 4 4  222 3 3 4 3  111 1 1 1 1  222 3 2 1 2  121 1 1 1 1  111 2 1 1 1  111 1 1 1 1  111 1 1 1 1
222 2 2 2 1  222 1 3 2 2  222 2 2 2 2  222 2 2 2 1  222 3 2 2 2  221 2 2 2 2  111 1 1 1 1  111 1 1 1 1  232 2 2 2 2
111 1 1 1 1  111 1 1 1 1  112 1 1 2 1  111 1 1 1 1  333 3 2 3 3  111 1 1 1 1  222 2 2 2 2  222 3 2 3 2  433 4 3 4 3
221 2 2 3 2  232 3 2 3 3  333 3 4 3 2  111 1 1 1 1  111 1 1 1 1  121 2 1 1 1  232 2 2 2 2  121 1 1 1 1  222 2 2 2 2
"""


def assessed(table):
    """Labels of the table of Dawid and Skene."""
    words = table.split()
    cells = []
    for patient in range(len(words) // 5):
        for observer, given in enumerate(words[5 * patient : 5 * patient + 5]):
            cells += [(f"patient-{patient + 1:02}", f"observer-{observer + 1}", label) for label in given]
    return pd.DataFrame(cells, columns=["task", "worker", "label"])


BEGIN = pd.Timestamp("2026-11-23 08:00", tz="UTC")


def history(seconds, pending=100, worker="ann"):
    """Labels handed in at these seconds after the begin, and some still to do."""
    times = [BEGIN + pd.Timedelta(second, "s") for second in seconds]
    return pd.DataFrame(
        {
            "task": [f"{worker}-{number}" for number in range(len(times) + pending)],
            "worker": worker,
            "label": ["a"] * len(times) + [None] * pending,
            "status": ["done"] * len(times) + ["pending"] * pending,
            "task_id": "t1",
            "assignment_id": [f"{worker}-{number}" for number in range(len(times) + pending)],
            "created_at": BEGIN,
            "submitted_at": pd.to_datetime(pd.Series([*times, *[pd.NaT] * pending]), utc=True),
        }
    )
