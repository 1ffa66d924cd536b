"""A state's year, imported, played and closed, and then counted again by hledger and beancount.

    second_opinion.py SEATCTL SEATBENCH SOCKET REPORT_CARD DAYS [SEED]

The daemon behind SOCKET is new and its test clock stands at 2024-07-01T08:00:00-04:00. Both programs read what seatctl
exports. For each district they check the assertions of every month's end; hledger's own balances are then compared with
the ledger's answers on DAYS random days, on June 30 and on July 1, to the seat and the cent.
"""

import concurrent.futures
import csv
import datetime
import io
import os
import random
import re
import socket
import subprocess
import sys
import tempfile

seatctl, seatbench, path, report_card, days = sys.argv[1:6]
chance = random.Random(int(sys.argv[6]) if len(sys.argv) > 6 else 1)


class Ledger:
    """The ledger's protocol, told by another language."""

    def __init__(self, path):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(path)
        self.file = connection.makefile("rw", encoding="utf-8", newline="\n")
        self.file.readline()

    def ask(self, line):
        self.file.write(line + "\n")
        self.file.flush()
        while True:
            reply = self.file.readline().rstrip("\n")
            kind, _, body = reply.partition(" ")
            if kind == "ERR" or not kind:
                sys.exit(f"{line}: {reply}")
            if kind == "OK":
                return dict(re.findall(r'([a-z-]+)=("[^"]*"|\S+)', body))


def run(*words, **more):
    done = subprocess.run(words, capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


ledger = Ledger(path)
directory = tempfile.TemporaryDirectory()
with open(report_card, encoding="utf-8", newline="") as file:
    schools = list(csv.DictReader(file))
names = {row["district"].lower(): row["district_name"] for row in schools}

# What finance does in July: districts, schools, and three orders a school at prices that do not divide.
for code, name in names.items():
    ledger.ask(f'tenant.add tenant={code} name="{name}" zone=America/New_York')
others = ",".join(set(schools[0]) - {"district", "school", "school_name"})
print(run(seatctl, "--socket", path, "import", "schools", report_card, "--ignore", others).count("\n") - 1, "schools imported")
orders = os.path.join(directory.name, "orders.csv")
with open(orders, "w", encoding="utf-8", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["district", "school", "quantity", "price", "fund", "po"])
    for row in schools:
        wanted = int(row["credentials_earned"] or 0)
        for seats, price, fund in (
            (wanted // 2 + 1, "40.00", "general"),
            (wanted // 5, f"{chance.randrange(3500, 4700) / 100:.2f}", "general"),
            (wanted // 3, "38.47", "perkins"),
        ):
            if wanted and seats:
                writer.writerow([row["district"], row["school"], seats, price, fund, f"{row['school']}-{fund}-{price}"])
bought = run(seatctl, "--socket", path, "import", "purchases", orders, "--program", "ase-entry-level")
print(bought.count("\n") - 1, "purchases imported")

# The year itself, June 30 included, and the books closed.
sys.stdout.flush()
print(run(seatbench, "year", "--socket", path, "--data", report_card, "--bought"))
for code in names:
    ledger.ask(f"year.seal tenant={code} program=ase-entry-level year=2024-2025")

first = datetime.date(2024, 7, 1)
chosen = sorted({first + datetime.timedelta(chance.randrange(364)) for _ in range(int(days))})
chosen += [datetime.date(2025, 6, 30), datetime.date(2025, 7, 1)]

# hledger's account: the ledger's own words for its seats, and the one for its money.
words = {
    "assets:available": (["available"], "available", 1),
    "assets:encumbered": (["held", "reserved"], "encumbered", 1),
    "equity:purchased": (["purchased"], "purchased", -1),
    "equity:returned": (["returned"], "returned", 1),
    "expenses:expended": (["consumed"], "expended", 1),
    "expenses:forfeited": (["forfeited"], "forfeited", 1),
    "expenses:wasted": (["expired"], "wasted", 1),
}


def cents(text):
    return int(text.replace(".", ""))


def amounts(cell):
    """Seats and cents of "12 SEAT, 480.00 USD"."""
    found = dict(reversed(part.split()) for part in cell.split(", ") if " " in part)
    return int(found.get("SEAT", "0")), cents(found.get("USD", "0.00"))


def hledger_balances(journal):
    """Balances by account and day at each day's end."""
    text = run("hledger", "-f", journal, "balance", "--historical", "--daily", "--depth=2", "-O", "csv")
    rows = list(csv.reader(io.StringIO(text)))
    return {row[0]: dict(zip(rows[0][1:], row[1:])) for row in rows[1:]}, rows[0][1:]


def second_opinion(code):
    """A district's exports, checked and compared: how many figures, which of them differ, and its journal's entries."""
    ledger = Ledger(path)
    journals = {}
    for form in ("hledger", "beancount"):
        journals[form] = os.path.join(directory.name, f"{code}.{form}")
        run(seatctl, "--socket", path, "export", "statement", "--tenant", code, "--format", form, "--output", journals[form])
    run("hledger", "-f", journals["hledger"], "check", "--strict")
    run("bean-check", "--no-cache", journals["beancount"])
    table, columns = hledger_balances(journals["hledger"])
    compared, differences = 0, []
    for day in chosen:
        seats = ledger.ask(f"balance tenant={code} +as-of={day} +limit=1")
        money = ledger.ask(f"costs tenant={code} +as-of={day} +limit=1")
        column = max((name for name in columns if name <= str(day)), default=None)
        for account, (buckets, word, sign) in words.items():
            cell = table.get(account, {}).get(column, "0")
            ours = sum(int(seats[bucket]) for bucket in buckets) * sign, cents(money[word]) * sign
            compared += 2
            if amounts(cell) != ours:
                differences.append(f"{code} {day} {account}: hledger {amounts(cell)}, the ledger {ours}")
    for journal in journals.values():
        os.remove(journal)
    return compared, differences, int(ledger.ask(f"balance tenant={code} +limit=1")["seq"])


compared, differences, entries = 0, [], 0
# The other programs take the time; each runs in a process of its own.
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as districts:
    for done, (figures, wrong, seq) in enumerate(districts.map(second_opinion, sorted(names)), 1):
        compared, differences, entries = compared + figures, differences + wrong, entries + seq
        print(f"\r{done} of {len(names)} districts counted again", end="", file=sys.stderr, flush=True)
print(file=sys.stderr)
print(*differences, sep="\n", end="\n" if differences else "")
print(
    f"{len(names)} districts, {entries} entries, {len(chosen)} days, {compared} figures compared with hledger's, "
    f"{len(differences)} differences; every assertion holds for hledger and for beancount"
)
sys.exit(1 if differences else 0)
