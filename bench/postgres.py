#!/usr/bin/env python3
"""Measures PostgreSQL 15 logical replication of the standard workload as a live stream.

A publisher and a subscriber on loopback hold `worker_file` with the columns and the two secondary indexes of
bench/wperf.c. Rows of `wperf gen` go to the publisher in transactions of 1,000 while the subscriber follows, until it
has applied them all. Prints one JSON line; CPU seconds are user and system time of the processes:

    cpu_subscriber  the subscriber's apply worker; its server's other processes add some percent
    cpu_all         both servers, the publisher's own insertion included; the client that feeds it is not

The publisher's commits wait for the disk, the apply worker's do not: both are PostgreSQL's defaults.
Needs Debian's postgresql-15. As root the servers run as user postgres, who must be able to enter the work folder.
"""
import argparse
import contextlib
import itertools
import json
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TRANSACTION_ROWS = 1000
WARM_UP_ROWS = 20_000
START_SECONDS_MAX = 60
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TICK = os.sysconf("SC_CLK_TCK")

# Neither a checkpoint nor a vacuum falls into the measurement.
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
wal_level = logical
shared_buffers = 1GB
max_wal_size = 8GB
checkpoint_timeout = 30min
maintenance_work_mem = 512MB
work_mem = 64MB
autovacuum = off
wal_retrieve_retry_interval = 10ms
"""
TABLE = """
CREATE TABLE worker_file(id uuid PRIMARY KEY, division text NOT NULL, name text NOT NULL, idno text NOT NULL,
    sex smallint, birth date, ethnicity smallint, marital smallint, health smallint, disease text, industry smallint,
    employer text, category smallint, cause smallint, income bigint, hsize smallint, percap bigint, address text,
    phone text, status smallint, revision bigint NOT NULL, updated_at bigint NOT NULL, note text);
CREATE INDEX wf_div ON worker_file(division, updated_at); CREATE INDEX wf_idno ON worker_file(idno);
"""
CONTENT = "SELECT count(*), sum(hashtext(w::text)::bigint) FROM worker_file w"


def say(text):
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def undisturbed():
    """Signals wait until what is being made has a name, by which it can be removed."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Server:
    """One PostgreSQL server below `work`, and one `psql` session with it."""

    def __init__(self, role, work, binaries, password, account):
        self.role, self.data, self.log, self.binaries = role, work / role, work / f"{role}.log", binaries
        self.port, self.password, self.process, self.session = free_port(), password, None, None
        # No PG* variable of the caller may lead elsewhere; Ctrl-C reaches this program alone.
        plain = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C.UTF-8"}
        session = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "postgres", "PGDATABASE": "postgres",
                   "PGPASSWORD": password, "PGOPTIONS": "-c client_min_messages=warning"}
        self.client = {"cwd": work, "env": plain | session, "start_new_session": True}
        self.owner = {"cwd": work, "env": plain, "start_new_session": True} | account

    def start(self):
        initdb = [f"{self.binaries}/initdb", "-D", self.data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8",
                  "--auth=scram-sha-256", "--pwfile=password", "--no-sync"]
        with undisturbed():
            subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, timeout=START_SECONDS_MAX, **self.owner)
        with open(self.data / "postgresql.conf", "a") as file:
            file.write(f"{SETTINGS}port = {self.port}\n")
        # Even if this program is killed outright, its server ends.
        postgres = ["setpriv", "--pdeathsig", "QUIT", f"{self.binaries}/postgres", "-D", self.data]
        with open(self.log, "wb") as log, undisturbed():
            self.process = subprocess.Popen(postgres, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self.owner)
        deadline = time.monotonic() + START_SECONDS_MAX
        while subprocess.run([f"{self.binaries}/pg_isready", "-q"], **self.client).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"The {self.role} does not start:\n{self.log.read_text()}")
            time.sleep(0.1)
        psql = [f"{self.binaries}/psql", "-XqAt", "-v", "ON_ERROR_STOP=1"]
        with undisturbed():
            self.session = subprocess.Popen(psql, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **self.client)

    def ask(self, statement, copied=b""):
        """Runs a statement, with the rows of a COPY after it, and returns what it prints."""
        self.session.stdin.write(statement.encode() + b";\n" + copied + b"\\echo done\n")
        self.session.stdin.flush()
        printed = b""
        while (line := self.session.stdout.readline()) != b"done\n":
            if not line:
                sys.exit(f"The {self.role} refused: {statement}")
            printed += line
        return printed.decode().rstrip("\n")

    def cpu(self):
        """CPU seconds by process; the postmaster's hold those of the processes that have ended."""
        seconds = {}
        for entry in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{entry}/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
                if self.process.pid in (int(entry), int(fields[1])):
                    seconds[int(entry)] = sum(map(int, fields[11:15])) / TICK
        return seconds

    def stop(self):
        if self.session:
            self.session.kill()
            self.session.wait()
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()


def free_port():
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", 50000 + secrets.randbelow(10000)))
            return probe.getsockname()[1]


def connect(publisher, subscriber):
    for server in (publisher, subscriber):
        server.ask(TABLE)
    publisher.ask("CREATE PUBLICATION pub FOR TABLE worker_file")
    where = f"host=127.0.0.1 port={publisher.port} user=postgres dbname=postgres password={publisher.password}"
    subscriber.ask(f"CREATE SUBSCRIPTION sub CONNECTION '{where}' PUBLICATION pub WITH (copy_data = false)")
    while publisher.ask("SELECT state FROM pg_stat_replication") != "streaming":
        time.sleep(0.05)


def wait_applied(publisher):
    position = publisher.ask("SELECT pg_current_wal_lsn()")
    question = f"SELECT coalesce(replay_lsn >= '{position}', false) FROM pg_stat_replication"
    while (answer := publisher.ask(question)) != "t":
        if answer != "f":
            sys.exit("The subscriber has left.")
        time.sleep(0.005)


def stream(publisher, rows_file, rows):
    with open(rows_file, "rb") as file:
        for start in range(0, rows, TRANSACTION_ROWS):
            batch = b"".join(itertools.islice(file, min(TRANSACTION_ROWS, rows - start)))
            publisher.ask("COPY worker_file FROM STDIN", batch + b"\\.\n")
    wait_applied(publisher)


def measure(publisher, subscriber, rows_file, rows):
    stream(publisher, rows_file, min(rows, WARM_UP_ROWS))
    publisher.ask("TRUNCATE worker_file")
    wait_applied(publisher)
    worker = int(subscriber.ask("SELECT pid FROM pg_stat_subscription"))
    sender = int(publisher.ask("SELECT pid FROM pg_stat_replication"))
    say(f"Streaming {rows} rows")
    before, start = [publisher.cpu(), subscriber.cpu()], time.monotonic()
    stream(publisher, rows_file, rows)
    wall, after = time.monotonic() - start, [publisher.cpu(), subscriber.cpu()]
    if worker not in after[1] or sender not in after[0]:
        sys.exit("The replication began anew during the measurement.")
    contents = publisher.ask(CONTENT), subscriber.ask(CONTENT)
    if contents[0] != contents[1] or contents[0].partition("|")[0] != str(rows):
        sys.exit(f"The subscriber does not hold the publisher's {rows} rows: {contents}")
    servers = [sum(new.values()) - sum(old.values()) for old, new in zip(before, after)]
    apply, send = after[1][worker] - before[1][worker], after[0][sender] - before[0][sender]
    say(f"CPU seconds: apply worker {apply:.2f}, its server's others {servers[1] - apply:.2f}, "
        f"sender {send:.2f}, publisher's others {servers[0] - send:.2f}")
    apply, every = max(apply, 1 / TICK), max(sum(servers), 1 / TICK)
    return {"name": "postgres.live", "rows": rows, "wall": round(wall, 3), "cpu_subscriber": round(apply, 2),
            "cpu_all": round(every, 2), "rows_per_cpu_s_subscriber": round(rows / apply),
            "rows_per_cpu_s_all": round(rows / every)}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--wperf", required=True, help="the compiled bench/wperf.c")
    parser.add_argument("--work", help="an existing folder for the servers' data, by default that for temporary files")
    parser.add_argument("--bin", default="/usr/lib/postgresql/15/bin", help="the folder of initdb, postgres and psql")
    options = parser.parse_args()
    if options.rows < 1:
        parser.error("--rows is at least 1")
    for program in (options.wperf, *(f"{options.bin}/{name}" for name in ("initdb", "postgres", "psql"))):
        if not os.access(program, os.X_OK):
            parser.error(f"{program} is no program; Debian's postgresql-15 brings the servers")
    return options


def prepare(work, options, password):
    """Fills the work folder and returns how a server is run: PostgreSQL refuses to run as root."""
    account = {}
    (work / "password").write_text(password)
    if os.geteuid() == 0:
        entry = pwd.getpwnam("postgres")
        account = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        for path in (work, work / "password"):
            os.chown(path, entry.pw_uid, entry.pw_gid)
        if subprocess.run(["test", "-w", work], **account).returncode != 0:
            sys.exit(f"User postgres cannot enter {work.parent}; name another folder with --work.")
    subprocess.run([os.path.abspath(options.wperf), "gen", "--rows", str(options.rows), "--dir", work], check=True)
    return account


def main():
    options = arguments()
    for number in SIGNALS:
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    servers, work, password = [], None, secrets.token_hex(16)
    try:
        with undisturbed():
            work = pathlib.Path(tempfile.mkdtemp(prefix="postgres-bench-", dir=options.work)).absolute()
        account = prepare(work, options, password)
        for role in ("publisher", "subscriber"):
            say(f"Starting the {role}")
            servers.append(Server(role, work, options.bin, password, account))
            servers[-1].start()
        connect(*servers)
        print(json.dumps(measure(*servers, work / "file.tsv", options.rows)), flush=True)
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        for server in servers:
            server.stop()
        if work is not None:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
