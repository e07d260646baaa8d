"""Sockets that never wait, read and written with the lock of the interpreter kept.

Python gives its lock away for each call of the system, and takes it back when whoever got it lets it go: up to five
milliseconds later, for a call of a few microseconds that does not wait for anything.
"""

import ctypes
import errno
import os
import socket

_libc = ctypes.PyDLL(None, use_errno=True)
_recv, _send = _libc.recv, _libc.send
_recv.restype = _send.restype = ctypes.c_ssize_t
_recv.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
_send.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]

CHUNK_BYTES = 64 * 1024
"""What is read at once."""
PART_BYTES = 256 * 1024
"""What is sent at once."""

_buffer = ctypes.create_string_buffer(CHUNK_BYTES)


def receive_bytes(fd: int) -> bytes:
    """What has come, at most `CHUNK_BYTES`; nothing when nothing will come any more.

    One thread at a time. Raises `BlockingIOError` when nothing has come, or another `OSError`.
    """
    count = _recv(fd, _buffer, CHUNK_BYTES, socket.MSG_DONTWAIT)
    if count < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))  # which is a BlockingIOError for EAGAIN
    return ctypes.string_at(_buffer, count)


def send_bytes(fd: int, data: bytes) -> int:
    """Send what the system takes now; how much it was. Raises `OSError`."""
    count: int = _send(fd, data, min(len(data), PART_BYTES), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
    if count < 0:
        number = ctypes.get_errno()
        if number == errno.EAGAIN:
            return 0
        raise OSError(number, os.strerror(number))
    return count
