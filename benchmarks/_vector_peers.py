"""What people search vectors with today, each asked for the nearest 20 in the same vectors."""

from __future__ import annotations

import importlib
import importlib.util
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Search = Callable[[Vectors], object]
NEAREST = 20
_CHUNK = 5000


def installed_peers() -> dict[str, Callable[[Vectors], Any]]:
    """Those of the peers whose package is installed, by name: each a context manager of a search."""
    peers = {"sqlite_vec": sqlite_vec_search, "faiss": faiss_search, "chromadb": chromadb_search}
    if not hasattr(sqlite3.Connection, "enable_load_extension"):
        del peers["sqlite_vec"]  # This Python was built without loadable extensions.
    return {name: peer for name, peer in peers.items() if _is_installed(name)}


@contextmanager
def sqlite_vec_search(vectors: Vectors) -> Iterator[Search]:
    """sqlite-vec's virtual table, in memory."""
    extension = importlib.import_module("sqlite_vec")
    connection = sqlite3.connect(":memory:")
    connection.enable_load_extension(True)
    extension.load(connection)
    connection.execute(f"CREATE VIRTUAL TABLE items USING vec0(embedding float[{vectors.shape[1]}])")
    connection.executemany(
        "INSERT INTO items (rowid, embedding) VALUES (?, ?)",
        ((number, vector.tobytes()) for number, vector in enumerate(vectors, 1)),
    )
    statement = f"SELECT rowid, distance FROM items WHERE embedding MATCH ? ORDER BY distance LIMIT {NEAREST}"
    yield lambda query: connection.execute(statement, (query.tobytes(),)).fetchall()
    connection.close()


@contextmanager
def faiss_search(vectors: Vectors) -> Iterator[Search]:
    """faiss' flat inner-product index."""
    faiss = importlib.import_module("faiss")
    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    yield lambda query: index.search(query[None, :], NEAREST)


@contextmanager
def chromadb_search(vectors: Vectors) -> Iterator[Search]:
    """chromadb's in-process client."""
    client = importlib.import_module("chromadb").EphemeralClient()
    collection = client.create_collection("bench", metadata={"hnsw:space": "cosine"})
    for first in range(0, len(vectors), _CHUNK):
        part = vectors[first : first + _CHUNK]
        collection.add(ids=[str(first + number) for number in range(len(part))], embeddings=part)
    yield lambda query: collection.query(query_embeddings=[query], n_results=NEAREST)
    client.delete_collection("bench")


def _is_installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
