"""What an index says, read without any code of the product: the oracle of the ingest tests."""

import json
import sqlite3
from pathlib import Path
from typing import Any

from llmlogs.indexdb import generations
from llmlogs.indexdb.packing import unpack_entry, unpack_message

Contents = dict[tuple[str, str], dict[str, Any]]
"""Entries by (agent id, log id)."""


def contents(index_folder: Path) -> Contents:
    """Every entry of the index in force, put together again."""
    connection = open_current(index_folder)
    try:
        return _entries(connection)
    finally:
        connection.close()


def open_current(index_folder: Path) -> sqlite3.Connection:
    number = generations.current_generation(index_folder)
    assert number is not None, "there is no index"
    return sqlite3.connect(generations.path_of(index_folder, number), timeout=60)


def _entries(connection: sqlite3.Connection) -> Contents:
    messages = {
        ref: unpack_message(stored)
        for ref, stored in connection.execute("SELECT id, json FROM message WHERE json IS NOT NULL")
    }
    nodes = {row[0]: row[1:] for row in connection.execute("SELECT * FROM prompt_node")}
    found: Contents = {}
    rows = connection.execute(
        "SELECT a.name, e.system_ref, e.node_ref, e.tools_ref, b.log_id, b.json, "
        "b.is_prompt_taken, b.is_tools_taken, b.markers FROM entry e "
        "JOIN entry_body b ON b.id = e.id JOIN agent a ON a.id = e.agent_ref"
    )
    for agent, system, node, tools, log_id, body, has_prompt, has_tools, markers in rows:
        entry = json.loads(unpack_entry(body))
        if has_prompt:
            path = []
            while node:
                node, message = nodes[node]
                path.insert(0, json.loads(messages[message]))
            if system is not None:
                path.insert(0, json.loads(messages[system]))
            for index, place, value in json.loads(markers or b"[]"):
                _put_back(path[index], place, value)
            entry["messages"] = path
        if has_tools:
            entry["tools"] = json.loads(messages[tools])
        key = (agent, log_id or entry["log_id"])
        assert key not in found, f"{key} is in the index twice"
        found[key] = entry
    return found


def _put_back(target: Any, place: list[Any], value: Any) -> None:
    *steps, last = place
    for step in steps:
        target = target[step]
    if isinstance(target, list):
        target.insert(last, value)
    else:
        target[last] = value


def orphans(index_folder: Path) -> dict[str, int]:
    """How many contents and nodes nothing refers to; all zero in a sound index."""
    connection = open_current(index_folder)
    try:
        return {
            "messages": connection.execute(
                "SELECT count(*) FROM message WHERE id NOT IN (SELECT message_ref FROM prompt_node)"
                " AND id NOT IN (SELECT answer_ref FROM entry WHERE answer_ref IS NOT NULL)"
                " AND id NOT IN (SELECT system_ref FROM entry WHERE system_ref IS NOT NULL)"
                " AND id NOT IN (SELECT tools_ref FROM entry WHERE tools_ref IS NOT NULL)"
            ).fetchone()[0],
            "nodes": connection.execute(
                "SELECT count(*) FROM prompt_node WHERE id NOT IN (SELECT node_ref FROM entry)"
                " AND id NOT IN (SELECT parent_ref FROM prompt_node)"
            ).fetchone()[0],
            "long texts": connection.execute(
                "SELECT count(*) FROM long_text WHERE id NOT IN (SELECT id FROM message)"
            ).fetchone()[0],
            "found texts": connection.execute(
                "SELECT count(DISTINCT doc) FROM message_term WHERE doc NOT IN"
                " (SELECT id FROM message)"
            ).fetchone()[0],
            "bodies": connection.execute(
                "SELECT count(*) FROM entry_body WHERE id NOT IN (SELECT id FROM entry)"
            ).fetchone()[0],
        }
    finally:
        connection.close()
