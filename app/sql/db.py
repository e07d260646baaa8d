"""The database: the only module that knows the word commit.

`transaction()` commits on leaving and rolls back on any exception, except one that `keeps_effects`. It is entered
around the dispatch of a request, around a command and around a job, and nowhere else; a job that works through a
queue enters one for each thing in it. Row-level security sees whoever `become()` named, for this transaction only
(`set_config(…, true)`), so nothing leaks to the next user of a pooled connection.

Rooms know this module alone: what tables have in common (`app.sql.tables`) and statements that are kept prepared
(`app.sql.prepared`) are found here too.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    Result,
    Select,
    create_engine,
    inspect,
    make_url,
)
from sqlalchemy.orm import Session

from app.logs import log
from app.settings import UNHURRIED, DatabaseLimits
from app.sql import connections, patience, trips
from app.sql.patience import DatabaseSilent
from app.sql.prepared import FoundRows as FoundRows
from app.sql.prepared import HotStatement as HotStatement
from app.sql.prepared import put_together as put_together
from app.sql.tables import Base as Base
from app.sql.tables import Reader as Reader
from app.sql.tables import about_people as about_people
from app.sql.tables import datum as datum
from app.sql.tables import new_id as new_id
from app.sql.tables import personal as personal
from app.sql.tables import policy_expression as policy_expression
from app.sql.trips import Call

T = TypeVar("T")
Job = TypeVar("Job", bound=Callable[..., int])


class Beginning(NamedTuple):
    """What a transaction begins with, and who looks at its rows before anybody sees another's."""

    call: Call
    judge: Callable[[list[Any]], None]


class Work:
    """The running transaction: its connection and its session, each once somebody asks for it."""

    def __init__(self) -> None:
        self.connection: Connection | None = None
        self.session: Session | None = None
        self.staff: Staff | None = None
        self.beginning: Beginning | None = None
        self.waiting: list[Callable[[], None]] = []
        self.waiting_for_undone: list[Callable[[], None]] = []
        self.with_commit: list[Call] = []
        self.before_commit: dict[Callable[[list[Any]], None], list[Any]] = {}
        self.is_over = False
        self.is_refused = False


_engine: Engine | None = None
_limits = UNHURRIED
_work: ContextVar[Work] = ContextVar("ici_work")
_connection: ContextVar[Connection | None] = ContextVar("ici_connection", default=None)

BEGIN, COMMIT = Call("BEGIN"), Call("COMMIT")


NAME = """
SELECT set_config('ici.member_id', $1, true), set_config('ici.brand_id', $2, true),
 set_config('ici.principal_id', $3, true)
"""
SYSTEM = "SELECT set_config('ici.system', 'on', true)"
SWAP = "SELECT current_setting('ici.system', true), set_config('ici.system', $1, true)"


ONE_PLAN = "-c plan_cache_mode=force_generic_plan -c jit=off"
"""For connections that send the same short statements again and again: planning them anew for each value takes longer
than running them. Not for jobs, whose few statements work through whole tables and depend on their values."""


def connect(url: str, *, settings: str = "", limits: DatabaseLimits = UNHURRIED, **options: Any) -> Engine:
    """Make `url` the database of this process. The pool is opened lazily, so that each worker has its own.

    `settings` are PostgreSQL's, for each connection (`ONE_PLAN`); `limits` say how long it is waited for; `options` are
    SQLAlchemy's.
    """
    global _engine, _limits
    if _engine is not None:
        _engine.dispose()
    options["connect_args"] = patience.driver_arguments(make_url(url), limits, settings=settings)
    options.setdefault("pool_size", 4)
    options.setdefault("max_overflow", 4)
    options.setdefault("pool_timeout", limits.pool_s)
    options.setdefault("pool_use_lifo", True)  # the warmest first
    _engine, _limits = create_engine(url, **options), limits
    connections.watch_pool(_engine, limits)
    patience.note_answer()  # whatever another database did
    return _engine


def open_connection(*, settings: str = "") -> psycopg.Connection[Any]:
    """A connection outside the pool, which commits each statement; with the same limits. Raises `psycopg.Error`."""
    url = engine().url
    arguments = {**engine().dialect.create_connect_args(url)[1]}
    arguments |= patience.driver_arguments(url, _limits, settings=settings)
    return patience.connect_driver(_limits, **arguments, autocommit=True)


def require_answers() -> None:
    """Raise `DatabaseSilent` at once while the database answers nobody of this process."""
    patience.require_answers(_limits)


def engine() -> Engine:
    """The database of this process."""
    if _engine is None:
        raise RuntimeError("No database: call app.sql.db.connect(url) first.")
    return _engine


@contextmanager
def transaction() -> Iterator[None]:
    """One unit of work: commit on leaving, roll back on any exception, then run what waited for the commit.

    It begins with the first statement, in the same trip. A refusal that must leave a trace (a wrong guess is counted
    although it is refused) says so by an attribute `keeps_effects = True` on the exception: then the work is committed
    first, and the exception goes on its way.
    """
    work = Work()
    refusal: Exception | None = None
    undone = False
    token = _work.set(work)
    try:
        try:
            yield
        except Exception as error:
            if not getattr(error, "keeps_effects", False):
                raise
            refusal = error
        _commit(work)
    except BaseException:
        _roll_back(work)
        undone = True
        raise
    finally:
        _work.reset(token)
        _let_go(work)
        if undone:
            _act_after_rollback(work)
    for call in work.waiting:
        call()
    if refusal is not None:
        raise refusal


def _begin(work: Work, *calls: Call) -> list[PGresult]:
    """Begin the transaction, and run these first statements in the same trip.

    Nothing was written yet, so a connection that turns out to be dead is replaced and the trip is made again, once.
    """
    given = _connection.get()
    require_answers()
    beginning = [] if work.beginning is None else [work.beginning.call]
    for is_last in (given is not None, True):
        work.connection = given or _from_pool()
        driver = _driver(work.connection)
        try:
            results = trips.send_calls(driver, [BEGIN, *beginning, *calls])[1:]
            patience.note_answer()
        except psycopg.OperationalError as error:
            patience.note_failure()
            if is_last or not driver.closed or isinstance(error, DatabaseSilent):
                raise
            connections.doubt_idle()
            work.connection.invalidate()
            work.connection.close()
            work.connection = None
        else:
            return results if work.beginning is None else _opened(work, work.beginning, results)
    raise AssertionError("a second try ends with an answer or a fault")


def _opened(work: Work, beginning: Beginning, results: list[PGresult]) -> list[PGresult]:
    """The results behind that of the beginning, once its judge has seen it; who refuses it closes the transaction."""
    first, *others = results
    try:
        beginning.judge(trips.rows_of(first, context=_driver(work.connection), shape=tuple))  # type: ignore[arg-type]
    except BaseException:
        work.is_refused = True  # whoever catches this can ask and keep nothing
        raise
    return others


def _from_pool() -> Connection:
    try:
        return engine().connect()
    except Exception:
        patience.note_failure()
        raise


def _commit(work: Work) -> None:
    if work.session is not None:
        work.session.flush()
    if work.connection is None and work.beginning is not None:
        _begin(work)
    _require_opened(work)
    if work.connection is not None and not work.is_over:
        _act_before_commit(work)
        trips.send_calls(_driver(work.connection), [*work.with_commit, COMMIT])
    if work.session is not None:
        work.session.commit()  # its own part: the connection has nothing left to commit


def _act_before_commit(work: Work) -> None:
    for act, things in work.before_commit.items():
        act(things)


def _roll_back(work: Work) -> None:
    if work.connection is None:
        return
    if not work.connection.invalidated:
        driver = _driver(work.connection)
        _end_at_once(driver)
        if driver.closed:
            connections.doubt_idle()
            work.connection.invalidate()
    if work.session is not None:
        work.session.rollback()


def _act_after_rollback(work: Work) -> None:
    for call in work.waiting_for_undone:
        try:
            call()
        except Exception:
            log.exception("after_rollback_failed")  # what was refused stays refused for its own reason


def _end_at_once(driver: psycopg.Connection[Any]) -> None:
    """Roll back what this connection is in; one that cannot say that it did is closed, which does the same."""
    if driver.closed or driver.info.transaction_status == TransactionStatus.IDLE:
        return
    if driver.info.transaction_status == TransactionStatus.ACTIVE:
        driver.close()  # its last statement was interrupted, and may run on
        return
    with suppress(psycopg.OperationalError):  # then it is closed
        # Not by the driver, which would then throw away every statement that it has prepared.
        trips.send_word(driver, b"ROLLBACK")


def _let_go(work: Work) -> None:
    if work.session is not None:
        work.session.close()
    if work.connection is not None and work.connection is not _connection.get():
        work.connection.close()


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    return driver


@contextmanager
def between(first: str, last: str, parameters: Mapping[str, Any]) -> Iterator[None]:
    """Run `first`, then the transactions inside the block on the same connection, then `last`, come what may.

    For a lock of the session, which outlasts a transaction: what happens outside, between two transactions (a mail is
    handed over), keeps none open meanwhile. Both statements are the driver's, with `%(name)s`, each a transaction by
    itself.
    """
    with engine().connect() as connection:
        driver: Any = connection.connection.driver_connection
        try:
            driver.autocommit = True
            driver.execute(first, parameters)
            driver.autocommit = False
            token = _connection.set(connection)
            try:
                yield
            finally:
                _connection.reset(token)
                driver.autocommit = True
                driver.execute(last, parameters)
                driver.autocommit = False
        except BaseException:
            connection.invalidate()  # whatever it still holds ends with it, and no other user of the pool inherits it
            raise


@contextmanager
def member_transaction(member_id: uuid.UUID) -> Iterator[Session]:
    """A unit of work about one member, who is all that it sees: for jobs that work through a queue."""
    with transaction():
        become(member_id=member_id)
        yield session()


@contextmanager
def system_transaction() -> Iterator[Session]:
    """A unit of work of the system itself (a command, a job): row-level security lets it see every row."""
    with transaction():
        fetch(SYSTEM)
        yield session()


def in_steps(job: Job) -> Job:
    """Mark a job that works through a queue and enters a transaction for each thing in it; it is given none."""
    job.in_steps = True  # type: ignore[attr-defined]
    return job


def begin_with(statement: str, values: Sequence[Any], *, judge: Callable[[list[Any]], None]) -> None:
    """Let the running transaction, of which nothing was asked yet, begin with this constant statement: it travels with
    whatever is asked first, and `judge` has its rows before anybody sees an answer. When it raises, nothing more can be
    asked, and nothing is kept, also where somebody catches that."""
    work = _running()
    if work.connection is not None:
        raise RuntimeError("the transaction has begun")
    work.beginning = Beginning(Call(statement, values), judge)


def session() -> Session:
    """The session of the running transaction."""
    work = _running()
    if work.session is None:
        if work.connection is None:
            _begin(work)
        work.session = Session(work.connection, expire_on_commit=False)
    return work.session


def driver_connection() -> psycopg.Connection[Any]:
    """The psycopg connection of the running transaction, for the few statements that are sent as they are."""
    work = _running()
    if work.connection is None:
        _begin(work)
    return _driver(work.connection)  # type: ignore[arg-type]


def fetch(statement: str, values: Sequence[Any] = (), *, shape: Callable[[Sequence[Any]], Any] = tuple) -> list[Any]:
    """The rows of a constant statement with `$1`…, for what needs no entity; each as a tuple, or as `shape` makes it.

    It is prepared once on each connection. The first one of a transaction travels with its BEGIN. Raises
    `psycopg.Error`.
    """
    [result] = _sent(Call(statement, values))
    return trips.rows_of(result, context=driver_connection(), shape=shape)


def fetch_each(*calls: Call) -> list[list[Any]]:
    """The rows of each of several constant statements, as tuples, in one trip.

    Each begins when the one before is done, so that one behind a lock sees what the lock was waited for; after one that
    fails none is run. Raises `psycopg.Error`.
    """
    results = _sent(*calls)
    return trips.rows_of_each(results, context=driver_connection(), shape=tuple)


def fetch_last(
    statement: str, values: Sequence[Any] = (), *, shape: Callable[[Sequence[Any]], Any] = tuple
) -> list[Any]:
    """The rows of a constant statement that ends the running transaction: it travels with COMMIT.

    For a question after which nothing else is asked or written. Whatever asks the database later in the same
    transaction raises `RuntimeError`. Raises `psycopg.Error`.
    """
    work, driver = _running(), driver_connection()
    if work.session is not None:
        work.session.flush()
    _act_before_commit(work)
    result, *_ = trips.send_calls(driver, [Call(statement, values), *work.with_commit, COMMIT])
    work.is_over = True
    return trips.rows_of(result, context=driver, shape=shape)


def send_with_commit(statement: str, values: Sequence[Any]) -> None:
    """Run a constant statement with `$1`… last in the running transaction, in one trip with its COMMIT.

    If it fails, nothing is committed. It does not run when the transaction is rolled back.
    """
    _running().with_commit.append(Call(statement, values))


def send_waiting() -> None:
    """Run now what was to run with the COMMIT of the running transaction: for one that is rolled back in the end, and
    must see until then what it did."""
    work = _running()
    waiting, work.with_commit = work.with_commit, []
    if waiting:
        _sent(*waiting)


def _sent(*calls: Call) -> list[PGresult]:
    """The results of statements sent together in the running transaction; they see what waits in the session."""
    work = _running()
    if work.session is not None:
        work.session.flush()
    if work.connection is None:
        return _begin(work, *calls)
    return trips.send_calls(_driver(work.connection), calls)


def _running() -> Work:
    work = _work.get()
    if work.is_over:
        raise RuntimeError("the transaction has ended with its last statement")
    _require_opened(work)
    return work


def _require_opened(work: Work) -> None:
    if work.is_refused:
        raise RuntimeError("the transaction was refused at its beginning")


def send_statement(statement: HotStatement, values: Mapping[str, Any]) -> FoundRows:
    """Run a hot statement in the running transaction, prepared once on each connection. Raises `psycopg.Error`."""
    [result] = _sent(statement.call(values))
    return statement.read(result, context=driver_connection())


def send_statements(*asked: tuple[HotStatement, Mapping[str, Any]]) -> list[FoundRows]:
    """What each of several hot statements finds, in one trip; they run as those of `fetch_each`.

    Raises `psycopg.Error`.
    """
    results, context = _sent(*(statement.call(values) for statement, values in asked)), driver_connection()
    return [statement.read(result, context=context) for (statement, _), result in zip(asked, results, strict=True)]


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write many new rows in the running transaction by COPY, which is sent in a stream and planned for nothing.

    The names are the code's own. Raises `psycopg.Error`, for a broken constraint too.
    """
    work = _running()
    if work.session is not None:
        work.session.flush()
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with driver_connection().cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def before_commit(act: Callable[[list[Any]], None], thing: Any) -> None:
    """Call `act` once, with all things that it was given in the running transaction, right before its COMMIT.

    For what must be known outside before it holds here. If it raises, nothing is committed; it is not called when the
    transaction is rolled back.
    """
    _running().before_commit.setdefault(act, []).append(thing)


@contextmanager
def apart() -> Iterator[None]:
    """Transactions in this block are on a connection of their own, whatever runs around it."""
    token = _connection.set(None)
    try:
        yield
    finally:
        _connection.reset(token)


def after_commit(call: Callable[[], None]) -> None:
    """Run `call` once the running transaction has committed (a mail leaves only if its reason exists)."""
    _work.get().waiting.append(call)


def after_rollback(call: Callable[[], None]) -> None:
    """Run `call` if the running transaction is rolled back, once its connection is free: for the trace of a refusal
    that must leave nothing else. It opens a transaction of its own; if it fails, the log says so and nothing else."""
    _work.get().waiting_for_undone.append(call)


@contextmanager
def attempt() -> Iterator[None]:
    """If this block raises, the statements that it sent are undone, and the locks that they took free again; the
    transaction goes on. Nothing in it may be kept in the session."""
    _sent(Call("SAVEPOINT attempt"))
    try:
        yield
    except BaseException:
        _sent(Call("ROLLBACK TO SAVEPOINT attempt"))
        raise
    _sent(Call("RELEASE SAVEPOINT attempt"))


class Staff(NamedTuple):
    """Somebody who works for a brand, at its console or at a till: whose reads of members' data are recorded. At a
    till, who of its staff has shown a PIN, if anybody has."""

    role: str
    brand_id: uuid.UUID
    store_id: uuid.UUID | None
    cashier_id: uuid.UUID | None = None


def become(
    *,
    member_id: uuid.UUID | None = None,
    brand_id: uuid.UUID | None = None,
    principal_id: uuid.UUID | None = None,
    staff: Staff | None = None,
) -> None:
    """Say for whom the running transaction acts; row-level security shows only their rows."""
    _work.get().staff = staff
    fetch(NAME, [str(who or "") for who in (member_id, brand_id, principal_id)])


def act_as(staff: Staff | None) -> None:
    """Say who of a brand acts in the running transaction, where the database knows already for whom it is."""
    _work.get().staff = staff


def staff() -> Staff | None:
    """Who of a brand acts in the running transaction; None for a member, a job or a command."""
    return _work.get().staff


def cashier_id() -> uuid.UUID | None:
    """Who of a till's staff acts in the running transaction, if they have shown a PIN."""
    someone = staff()
    return someone.cashier_id if someone else None


@contextmanager
def system() -> Iterator[None]:
    """Within this block the running transaction sees every row: for sign-in, jobs and commands only."""
    [(before, _)] = fetch(SWAP, ["on"])
    yield
    fetch(SWAP, [before or ""])  # a block inside another leaves it as it was


def add(thing: T) -> T:
    """Add and flush, so that ids exist and a broken constraint points at its own line."""
    session().add(thing)
    session().flush()
    return thing


def add_all(things: Sequence[T]) -> Sequence[T]:
    """Add several things and flush once."""
    session().add_all(things)
    session().flush()
    return things


def as_read(model: type[T], values: Mapping[str, Any]) -> T:
    """A thing as if it had been read with these values, in no session: to look at, not to write."""
    thing: T = inspect(model).class_manager.new_instance()
    thing.__dict__.update(values)
    return thing


def get(model: type[T], key: Any) -> T | None:
    """The row with this primary key, if the running transaction may see it."""
    return session().get(model, key)


def locked(select: Select[T]) -> Select[T]:
    """A question that locks the rows it finds, and looks at them again after the wait.

    `with_for_update()` alone waits too, but leaves things that this transaction read before as they were then.
    """
    return select.with_for_update().execution_options(populate_existing=True)


def first(select: Select[T]) -> T | None:
    """The first row of a question, or None."""
    return session().scalars(select.limit(1)).first()


def all_of(select: Select[T]) -> Sequence[T]:
    """Every row of a question about one thing."""
    return session().scalars(select).all()


def rows(select: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    """Every row of a question about several things."""
    return session().execute(select).all()


def stream(select: Select[*tuple[Any, ...]], *, size: int) -> Iterator[Any]:
    """Every row of a question whose answer may not fit into memory, fetched `size` rows at a time."""
    yield from session().execute(select, execution_options={"yield_per": size})


def execute(statement: Executable, parameters: Any = None) -> Result[Any]:
    """Run a statement in the running transaction."""
    return session().execute(statement, parameters)
