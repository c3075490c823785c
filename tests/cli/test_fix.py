"""``check --fix`` and ``--diff`` on files: whole, in their encoding, and once for all."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kpilint.cli import kpilint
from kpilint.errors import Misuse
from tests.rules.pages import BASE

TYPO = BASE.replace("    target: 125件\n", "    taget: 125件  # 例\n")
FIXED = BASE.replace("    target: 125件\n", "    target: 125件  # 例\n")


def invoke(*args: str | Path, stdin: str | None = None) -> Result:
    given = ["check", *map(str, args), "--offline", "--lang", "en", "--as-of", "2026-10-01"]
    return CliRunner().invoke(kpilint, given, input=stdin, standalone_mode=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "goals.yaml"
    path.write_text(TYPO, encoding="utf-8")
    return path


def test_fix(path: Path) -> None:
    path.chmod(0o640)
    result = invoke(path, "--fix")
    assert path.read_text(encoding="utf-8") == FIXED
    assert path.stat().st_mode & 0o777 == 0o640
    assert "Faults repaired: 1." in result.stderr
    assert result.return_value == 0
    assert "Faults repaired: 0." in invoke(path, "--fix").stderr


def test_diff_changes_nothing(path: Path) -> None:
    result = invoke(path, "--diff")
    assert path.read_text(encoding="utf-8") == TYPO
    lines = result.stdout.splitlines()
    changed = [s for s in lines if s[0] in "+-" and s[:3] not in {"+++", "---"}]
    assert changed == ["-    taget: 125件  # 例", "+    target: 125件  # 例"]
    assert result.return_value == 1


def test_a_diff_shows_no_password(path: Path) -> None:
    secret = 'ledger: "postgresql://me:opensesame@db/x"\n'
    path.write_text(secret + TYPO.replace("taget", "target"), encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace("ledger", "leger"), encoding="utf-8")
    shown = invoke(path, "--diff").stdout
    assert "+ledger: " in shown and "-leger: " in shown
    assert "opensesame" not in shown and shown.count("me:**********@db") == 2
    invoke(path, "--fix")
    assert path.read_text(encoding="utf-8").startswith(secret)


def test_what_a_repair_brings_to_light_is_repaired_too(path: Path) -> None:
    deep = "    targts: {peple: {営業A: 100件, 営業B: 25件}}\n    target: 125件\n"
    path.write_text(BASE.replace("    target: 125件\n", deep), encoding="utf-8")
    assert "Faults repaired: 2." in invoke(path, "--fix").stderr
    assert "targets: {people: {営業A" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp932"])
def test_encodings(encoding: str, path: Path) -> None:
    path.write_bytes(TYPO.replace("\n", "\r\n").encode(encoding))
    invoke(path, "--fix")
    left = "utf-8" if encoding == "cp932" else encoding
    assert path.read_bytes() == FIXED.replace("\n", "\r\n").encode(left)


def test_included_files(path: Path) -> None:
    path.write_text("include: [more.yaml]\n" + BASE, encoding="utf-8")
    more = path.with_name("more.yaml")
    more.write_text("metrics: {extra: {sorce: deals, agg: count}}\n", encoding="utf-8")
    invoke(path, "--fix")
    assert more.read_text(encoding="utf-8") == "metrics: {extra: {source: deals, agg: count}}\n"


def test_a_link_goes_on_leading_to_its_file(path: Path) -> None:
    link = path.with_name("link.yaml")
    link.symlink_to(path)
    invoke(link, "--fix")
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == FIXED


def test_standard_input_is_shown_only() -> None:
    assert "+    target: 125件  # 例" in invoke("-", "--diff", stdin=TYPO).stdout
    assert isinstance(invoke("-", "--fix", stdin=TYPO).exception, Misuse)


@pytest.mark.parametrize("options", [("--fix", "--diff"), ("--fix", "--watch")])
def test_options_that_do_not_go_together(options: tuple[str, ...], path: Path) -> None:
    assert isinstance(invoke(path, *options).exception, Misuse)
    assert path.read_text(encoding="utf-8") == TYPO
