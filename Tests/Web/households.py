"""Faultless households for tests to bring in: one of the sample county's, under another number, with people of another area."""
import csv
import io

import conftest

SAMPLE = conftest.ROOT / "samples" / "county-370285"
TABLES = ("worker_file", "family_member", "income_item", "rigid_expense")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def read(name):
    return list(csv.DictReader(io.StringIO((SAMPLE / f"{name}.csv").read_text(encoding="utf-8-sig"))))


def model(standard):
    """The rows of the first faultless open file of this standard, by table."""
    faults = (SAMPLE / "errors.csv").read_text(encoding="utf-8")
    head = next(row for row in read("worker_file") if row["file_standard"] == standard and row["file_status"] == "60"
                and row["id"] not in faults and not row["disability_cert_no"])
    return {name: [head] if name == "worker_file" else [row for row in read(name) if row["worker_file_id"] == head["id"]] for name in TABLES}


def areas():
    """Counties that people of copies may come from, one for each copy."""
    file = conftest.ROOT / "Sources" / "BusinessModules" / "Data" / "divisions.csv"
    with file.open(encoding="utf-8-sig", newline="") as rows:
        return [row["code"] for row in csv.DictReader(rows) if row["level"] == "county" and row["code"].startswith("37")]


def moved(number, area):
    """An ID number as that person would have it in another area; sample numbers keep their serial of 996 to 999."""
    if len(number) != 18:
        return number
    digits = area + number[6:17]
    return digits + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS)) % 11]


def copy(household, number, area, **changed):
    """The household again, as a file with this number; `changed`: fields of its head."""
    made = {}
    for name, rows in household.items():
        made[name] = [dict(row) for row in rows]
        for row in made[name]:
            if "id_number" in row:
                row["id_number"] = moved(row["id_number"], area)
            if name != "worker_file":
                row["worker_file_id"] = number
    made["worker_file"][0].update({"id": number, "file_no": number} | changed)
    return made


def write(folder, households):
    """The files of an import, one for each table that has rows."""
    paths = []
    for name in TABLES:
        rows = [row for household in households for row in household[name]]
        if not rows:
            continue
        paths.append(folder / f"{name}.csv")
        with paths[-1].open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return paths
