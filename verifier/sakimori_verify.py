#!/usr/bin/env python3
"""防人の証跡台帳を、防人なしで確かめる。Python 3.9 以上だけで動き、ほかに何も要らない。

    python sakimori_verify.py 書き出したフォルダーまたはZIP [--key 鍵] [--head 保管した先頭 ...]
    python sakimori_verify.py --proof 証明.tlog-proof --entry 証跡.json --key 鍵

Formats: RFC 9162 (tree), RFC 8032 (Ed25519), C2SP signed-note, tlog-checkpoint and tlog-proof.
Ends with 0 when everything is sound, with 1 when a fault was found, with 2 when it could not read its input.
"""

import argparse
import base64
import binascii
import hashlib
import json
import os
import re
import sys
import zipfile
import zlib


class Fault(Exception):
    """What is wrong, as a Japanese sentence."""


# --- Ed25519 (RFC 8032, section 5.1 and appendix A) ------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def decode_point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def add_points(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply_point(factor, point):
    result = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            result = add_points(result, point)
        point, factor = add_points(point, point), factor >> 1
    return result


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signature(public, message, signature):
    point, commitment = decode_point(public), decode_point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or point is None or commitment is None or scalar >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = multiply_point(scalar, BASE), add_points(commitment, multiply_point(challenge, point))
    return not any((left[i] * right[2] - right[i] * left[2]) % P for i in (0, 1))


# --- Signed notes, checkpoints, keys (C2SP) --------------------------------------------------------------


def decode_base64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data or base64.b64encode(data).decode() != text:
        raise Fault("base64 として正しくない文字列があります: " + text[:40])
    return data


def read_key(text):
    """Return (name, key id, public key) of a line ``name+id+key``."""
    match = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", text)
    data = decode_base64(match.group(3)) if match else b""
    if len(data) != 33 or data[:1] != b"\x01":
        raise Fault("公開鍵の形が正しくありません。")
    name, key_id = match.group(1), hashlib.sha256(match.group(1).encode() + b"\n" + data).digest()[:4]
    if key_id.hex() != match.group(2):
        raise Fault("公開鍵が自分の識別子と一致しません。鍵が書き換えられています。")
    return name, key_id, data[1:]


def read_head(note, key):
    """Return (size, root) of a checkpoint that ``key`` signed."""
    name, key_id, public = key
    text, blank, signatures = note.rpartition("\n\n")
    lines = text.split("\n")
    if not blank or not note.endswith("\n") or len(lines) < 3 or not re.fullmatch("0|[1-9][0-9]*", lines[1]):
        raise Fault("台帳の先頭（署名済みの要約）の形が正しくありません。")
    where = f"台帳の先頭（{lines[1]} 件）"
    if lines[0] != name:
        raise Fault(f"{where}は別の台帳のものです。")
    root = decode_base64(lines[2])
    for line in signatures[:-1].split("\n"):
        match = re.fullmatch(r"— (\S+) (\S+)", line)
        if not match:
            raise Fault(f"{where}の署名の行が正しくありません。")
        signature = decode_base64(match.group(2))
        if match.group(1) == name and signature[:4] == key_id:
            if is_signature(public, (text + "\n").encode(), signature[4:]):
                return int(lines[1]), root
            raise Fault(f"{where}の署名が正しくありません。")
    raise Fault(f"{where}に、この鍵の署名がありません。")


# --- The tree (RFC 9162) ---------------------------------------------------------------------------------


def leaf_hash(data):
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def push(edge, size, leaf):
    """Append leaf number ``size`` to the right edge of a tree."""
    while size & 1:
        leaf, size = node_hash(edge.pop(), leaf), size >> 1
    edge.append(leaf)


def root_of(edge):
    root = edge[-1] if edge else hashlib.sha256(b"").digest()
    for left in reversed(edge[:-1]):
        root = node_hash(left, root)
    return root


def root_by_proof(leaf, index, size, path):
    """Return the root to which the path leads, None for a path of the wrong length."""
    node, last = index, size - 1
    for sibling in path:
        if last == 0:
            return None
        on_left = node & 1 or node == last
        leaf = node_hash(sibling, leaf) if on_left else node_hash(leaf, sibling)
        while on_left and node and not node & 1:
            node, last = node >> 1, last >> 1
        node, last = node >> 1, last >> 1
    return leaf if last == 0 and index < size else None


# --- A whole export --------------------------------------------------------------------------------------


class Export:
    """A folder or ZIP as ledger_export wrote it."""

    def __init__(self, path):
        self.path, self.zip = path, None if os.path.isdir(path) else zipfile.ZipFile(path)

    def open(self, name):
        return self.zip.open(name) if self.zip else open(os.path.join(self.path, name), "rb")

    def read(self, name):
        with self.open(name) as file:
            return file.read().decode()

    def has(self, name):
        return name in self.zip.namelist() if self.zip else os.path.exists(os.path.join(self.path, name))


def check_export(export, key, foreign):
    """Raise Fault for the first fault; return (entries, root of the last head)."""
    heads = sorted(
        read_head(note, key) + ("署名済みの先頭",) for note in split_notes(export.read("checkpoints.txt"))
    )
    if not heads:
        raise Fault("署名済みの先頭が一つもありません。")
    last = heads[-1]
    heads += [read_head(note, key) + ("外部に保管された先頭",) for note in foreign]
    leaves, kept = read_leaves(export), split_hashes(export.read("leaves.txt"))
    if export.has("manifest.json"):
        leaves = check_part(export, leaves, kept)
    difference = next((i for i, pair in enumerate(zip(leaves, kept)) if pair[0] != pair[1]), None)
    if difference is None and len(leaves) != len(kept):
        difference = min(len(leaves), len(kept))
    if difference is not None:
        raise Fault(explain(export, leaves, kept, difference))
    check_heads(leaves, sorted(heads))
    if len(leaves) > last[0]:
        raise Fault(name_entry(export, last[0]) + "は封印されていません。後から加えられたものです。")
    if export.has("openings.jsonl"):
        check_openings(export)
    return last


def read_part(export):
    """Return (first place, number of entries) of an export that holds one period only, and check its files."""
    try:
        manifest = json.loads(export.read("manifest.json"))
        first, count, files = manifest["first"], manifest["count"], sorted(manifest["files"].items())
        sound = all(type(number) is int and number >= 0 for number in (first, count))
    except (ValueError, KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise Fault("manifest.json の形が正しくありません。書き換えられています。")
    for name, wanted in files:
        digest = hashlib.sha256()
        with export.open(name) as file:
            for piece in iter(lambda: file.read(1 << 20), b""):
                digest.update(piece)
        if digest.hexdigest() != wanted and name not in ("entries.jsonl", "leaves.txt"):
            raise Fault(name + " が manifest.json と一致しません。書き換えられています。")
    return first, count


def check_part(export, leaves, kept):
    """Raise Fault unless the entries of the period are those sealed; return the hashes of the whole ledger."""
    first, count = read_part(export)
    for place, leaf in enumerate(leaves):
        if first + place >= len(kept) or kept[first + place] != leaf:
            raise Fault(name_entry(export, place, first) + "が、封印した時のものと一致しません。")
    if len(leaves) != count:
        missing = f"No.{first + len(leaves) + 1} から後を確かめてください。"
        raise Fault(f"証跡は {count} 件のはずですが、{len(leaves)} 件です。{missing}")
    return kept


def split_notes(text):
    pieces = text[:-1].split("\n\n") if text.endswith("\n") else ["?"]
    if len(pieces) % 2:
        raise Fault("checkpoints.txt の形が正しくありません。")
    return [f"{text}\n\n{block}\n" for text, block in zip(pieces[::2], pieces[1::2])]


def split_hashes(text):
    lines = text.split("\n")
    if lines.pop() or not all(re.fullmatch("[0-9a-f]{64}", line) for line in lines):
        raise Fault("leaves.txt の形が正しくありません。書き換えられています。")
    return [bytes.fromhex(line) for line in lines]


def read_leaves(export):
    with export.open("entries.jsonl") as file:
        return [leaf_hash(line[:-1] if line.endswith(b"\n") else b"?" + line) for line in file]


def check_heads(leaves, heads):
    edge, size, sound = [], 0, 0
    for wanted, root, source in heads:
        if wanted > len(leaves):
            counts = f"{wanted} 件を証明していますが、証跡は {len(leaves)} 件です"
            raise Fault(f"{source}は {counts}。末尾が失われています。")
        while size < wanted:
            push(edge, size, leaves[size])
            size += 1
        if root_of(edge) != root:
            span = f"証跡 No.{sound + 1} から No.{wanted} までの内容"
            raise Fault(f"{span}が、{source}（{wanted} 件）と一致しません。")
        sound = wanted


def explain(export, leaves, kept, index):
    """Say what happened to the first entry whose hash is not the one kept."""
    if index >= len(leaves):
        return f"証跡 No.{index + 1} から後が失われています。"
    places = {leaf: place for place, leaf in enumerate(kept)}
    at, after = (places.get(leaf) for leaf in (leaves[index : index + 2] + [None, None])[:2])
    if at is None:
        text = "は後から差し込まれたものです。" if after == index else "が書き換えられています。"
    elif at < index:
        text = "は以前の証跡の繰り返しです。"
    elif at == index + 1 and after in (None, index + 2):
        return f"証跡 No.{index + 1} が失われています（今ある{name_entry(export, index)}の直前）。"
    else:
        text = "の順序が入れ替えられています。"
    return name_entry(export, index) + text


def name_entry(export, index, first=0):
    with export.open("entries.jsonl") as file:
        line = next((line for place, line in enumerate(file) if place == index), b"")
    try:
        body = json.loads(line.decode())
        return f"証跡 No.{first + index + 1}（{body['at']}・{body['record']}・{body['verb']}）"
    except (ValueError, KeyError, TypeError):
        return f"証跡 No.{first + index + 1} "


def check_openings(export):
    """Check that the values handed along are those committed to in the entries."""
    with export.open("entries.jsonl") as entries, export.open("openings.jsonl") as openings:
        place, line = -1, b""
        for text in openings:
            try:
                opening = json.loads(text.decode())
                while place < opening["index"]:
                    place, line = place + 1, next(entries)
                name, _, side = opening["path"].rpartition("/")
                committed = json.loads(line.decode())["changes"][name][int(side)]["commit"]
                given = hashlib.sha256(bytes.fromhex(opening["salt"]) + opening["value"].encode()).hexdigest()
            except (ValueError, KeyError, TypeError, IndexError, StopIteration):
                raise Fault("openings.jsonl に読めない行があります。書き換えられています。") from None
            if place != opening["index"] or committed != given:
                raise Fault(name_entry(export, opening["index"]) + "の秘匿値が書き換えられています。")


# --- One entry by its proof ------------------------------------------------------------------------------


def check_proof(proof, entry, key):
    """Raise Fault unless the proof shows the entry to be in the signed tree; return (index, size, root)."""
    head, _, note = proof.partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Fault("証明ファイルの形が正しくありません。")
    if lines and lines[0].startswith("extra "):
        lines.pop(0)
    match = re.fullmatch("index (0|[1-9][0-9]*)", lines.pop(0)) if lines else None
    if not match:
        raise Fault("証明ファイルに index の行がありません。")
    index, path = int(match.group(1)), [decode_base64(line) for line in lines]
    size, root = read_head(note, key)
    if root_by_proof(leaf_hash(entry), index, size, path) != root:
        raise Fault("この証跡は、署名された台帳に含まれるものと一致しません。")
    return index, size, root


# --- Command line ----------------------------------------------------------------------------------------


def read_text(path):
    with open(path, "rb") as file:
        return file.read().decode()


def key_argument(value):
    return read_key((read_text(value) if os.path.exists(value) else value).rstrip("\n"))


def run(options):
    if options.proof:
        with open(options.entry, "rb") as file:
            entry = file.read()
        index, size, root = check_proof(read_text(options.proof), entry, key_argument(options.key))
        print(f"この証跡は、署名された台帳（{size} 件）の No.{index + 1} に含まれています。")
        print(f"台帳の先頭: {root.hex()}")
        return
    export = Export(options.export)
    given = export.read("key.txt")
    key = read_key(given[:-1] if given.endswith("\n") else "")
    if options.key and key != key_argument(options.key):
        raise Fault("同梱の鍵（key.txt）が、指定された鍵と異なります。")
    size, root, _ = check_export(export, key, [read_text(path) for path in options.head])
    if export.has("manifest.json"):
        first, count = read_part(export)
        print(f"証跡 No.{first + 1} から No.{first + count} まで（{count} 件）は、封印した時のままです。")
    print(f"証跡 {size} 件を確かめました。改ざん・欠落・並べ替えはありません。")
    print(f"台帳の先頭: {root.hex()}")
    if not options.key:
        print(f"注意: 同梱の鍵で確かめました。別に受け取った鍵と一致するか確かめてください:\n{given.strip()}")


def main(arguments=None):
    parser = argparse.ArgumentParser(description="防人の証跡台帳を確かめます。")
    parser.add_argument("export", nargs="?", help="書き出したフォルダーまたは ZIP")
    parser.add_argument("--key", help="公開鍵（文字列またはファイル）")
    parser.add_argument(
        "--head", action="append", default=[], help="別に保管していた先頭のファイル（複数可）"
    )
    parser.add_argument("--proof", help="一件の証明ファイル（.tlog-proof）")
    parser.add_argument("--entry", help="証明する証跡のファイル（.json）")
    options = parser.parse_args(arguments)
    if not options.export and not (options.proof and options.entry and options.key):
        parser.error("書き出したフォルダーか、--proof と --entry と --key を指定してください。")
    try:
        run(options)
    except Fault as fault:
        print(f"不一致: {fault}")
        return 1
    except UnicodeDecodeError:
        print("不一致: 文字として読めないバイトがあります。書き換えられています。")
        return 1
    except (OSError, KeyError, zlib.error, zipfile.BadZipFile) as error:
        print(f"読めません: {error}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
