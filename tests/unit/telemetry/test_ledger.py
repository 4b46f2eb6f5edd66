from __future__ import annotations

from bot.telemetry.ledger import Account, Books, total


def test_the_balance_is_what_is_accounted_for_nowhere() -> None:
    account = Account(recorded=21, delivered=5, duplicate=4, spooled=3, dead=2, dropped=1)
    assert account.balance == 6


def test_accounts_add_up_field_by_field() -> None:
    assert Account(1, 2, 3, 4, 5, 6) + Account(10, 20, 30, 40, 50, 60) == Account(11, 22, 33, 44, 55, 66)
    assert total([Account(recorded=1), Account(recorded=2, dead=1)]) == Account(recorded=3, dead=1)


def test_a_copy_of_the_books_changes_alone() -> None:
    books = Books({"a": Account(recorded=1)}, 10)
    copy = books.copy()
    copy.add("a", Account(recorded=1))
    copy.size = 0
    assert books == Books({"a": Account(recorded=1)}, 10)
