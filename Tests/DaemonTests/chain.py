#!/usr/bin/env python3
"""Recomputes a tenant's chain of hashes from its journal as CSV (NULL as \\N) and prints its head.

    chain.py LEDGER TENANT <journal.csv
"""
import csv, hashlib, struct, sys

def text(value): return struct.pack(">I", len(value.encode())) + value.encode()
def number(value): return struct.pack(">q", int(value))
def maybe(value, write): return b"\0" if value == r"\N" else b"\1" + write(value)
def place(pool, bucket): return b"\0" if pool == r"\N" else b"\1" + number(pool) + text(bucket)

ledger, tenant = sys.argv[1:]
head = hashlib.sha256(b"\1" + text(ledger) + text(tenant)).digest()
last = 0
for row in csv.DictReader(sys.stdin):
    assert int(row["seq"]) == last + 1, f"entry {row['seq']} does not follow {last}"
    last = int(row["seq"])
    layout = head + b"\1" + number(row["seq"]) + text(row["kind"])
    layout += place(row["from_pool"], row["from_bucket"]) + place(row["to_pool"], row["to_bucket"])
    layout += number(row["seats"]) + number(row["cents"])
    layout += maybe(row["attempt"], number) + maybe(row["reverses"], number)
    layout += number(row["effective_at"]) + number(row["recorded_at"]) + text(row["principal"])
    for name in ("actor", "reason", "detail", "idem", "request", "answer"):
        layout += maybe(row[name], text)
    head = hashlib.sha256(layout).digest()
    assert head.hex() == row["hash"], f"entry {last}: its hash does not follow"
print(f"{last}:{head.hex()}")
