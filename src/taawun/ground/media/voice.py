"""A voice note made anew from what was sent: at most a minute of speech as Ogg Opus, and nothing else of the file.

Runs in a process of its own, like ``picture``. Of a film only the sound is taken: some phones record a voice into one.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import av
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard

from taawun.ground.media import kinds
from taawun.ground.values.refusal import Refusal

SECONDS_MAX: Final = 60
# Recorders stop a little late.
GRACE_SECONDS: Final = 1.5
SECONDS_MIN: Final = 0.3
RATE: Final = 48_000
BITS_A_SECOND: Final = 20_000
# A recorder's own idea of the length is a little wrong at times.
WHOLE_PART: Final = 0.85
PACKETS_MAX: Final = 30_000
MIME: Final = "audio/ogg"


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice note as it is kept."""

    content: bytes
    milliseconds: int
    mime: str = MIME


class TooLong(Exception):
    """There is more sound than may be kept."""


def warm_up() -> None:
    """Load the codecs now: afterwards this process may open no file any more."""
    av.logging.set_level(None)
    make_silence()


def make_silence() -> bytes:
    """Return a breath of silence; making it loads everything that making a note needs."""
    out = io.BytesIO()
    writer = _Writer(out)
    frame = AudioFrame(format="s16", layout="mono", samples=960)
    frame.sample_rate = RATE
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    writer.write(frame)
    writer.close()
    return out.getvalue()


def make(data: bytes) -> Voice:
    """Return the voice note made anew, or a refusal that says what would be right."""
    name = kinds.voice_format(data)
    if not name:
        raise Refusal("voice.unknown", "voice")
    if name == "ogg" and not kinds.ogg_is_whole(data):
        raise Refusal("voice.broken", "voice")
    try:
        # The reader is named, so that no other (a playlist that opens addresses, say) is ever tried.
        with av.open(io.BytesIO(data), "r", format=name, metadata_errors="ignore") as source:
            return _made(source)
    except TooLong:
        raise Refusal("voice.too_long", "voice", seconds=SECONDS_MAX) from None
    except MemoryError:
        raise Refusal("voice.broken", "voice") from None
    except (av.FFmpegError, OSError, ValueError, EOFError, IndexError, KeyError, OverflowError):
        raise Refusal("voice.broken", "voice") from None


def _made(source: InputContainer) -> Voice:
    if not source.streams.audio:
        raise Refusal("voice.silent", "voice")
    stream = source.streams.audio[0]
    stated = _stated_seconds(source)
    if stated > SECONDS_MAX + GRACE_SECONDS:
        raise TooLong
    for other in source.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    stream.codec_context.thread_type = "NONE"
    # All of it is read before any of it is written, so that what is too long costs only the reading: at most 6 MB.
    resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
    parts = [part for frame in _frames(source, stream) for part in resampler.resample(frame)]
    parts += resampler.resample(None)
    seconds = sum(part.samples for part in parts) / RATE
    if seconds < SECONDS_MIN:
        raise Refusal("voice.empty", "voice")
    if seconds < stated * WHOLE_PART - SECONDS_MIN:
        # It says of itself that there was more: it was cut off on the way.
        raise Refusal("voice.broken", "voice")
    out = io.BytesIO()
    writer = _Writer(out)
    for part in parts:
        writer.write(part)
    writer.close()
    return Voice(out.getvalue(), round(seconds * 1000))


def _stated_seconds(source: InputContainer) -> float:
    """Return how long the sound is by the file's own word; 0 where it says nothing."""
    stream = source.streams.audio[0]
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return (source.duration or 0) / av.time_base


def _frames(source: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Decode packet by packet, and stop where it is too much, whatever the file says of its own length."""
    decoded = 0.0
    for count, packet in enumerate(source.demux(stream)):
        if count > PACKETS_MAX:
            raise TooLong
        for frame in packet.decode():
            if not isinstance(frame, AudioFrame) or not frame.sample_rate:
                continue
            decoded += frame.samples / frame.sample_rate
            if decoded > SECONDS_MAX + GRACE_SECONDS:
                raise TooLong
            frame.pts = None
            yield frame


class _Writer:
    """Ogg Opus, mono, at the few bits speech needs; the container is told nothing of its own."""

    def __init__(self, out: io.BytesIO) -> None:
        self._container = av.open(out, "w", format="ogg", options={"fflags": "+bitexact"})
        self._stream = self._container.add_stream("libopus", rate=RATE)
        self._stream.bit_rate = BITS_A_SECOND
        self._stream.codec_context.layout = "mono"
        self._stream.codec_context.format = "s16"
        self._stream.codec_context.options = {"application": "voip", "vbr": "on"}
        self._stream.codec_context.flags |= av.codec.context.Flags.bitexact
        self._fifo = AudioFifo()

    def write(self, frame: AudioFrame) -> None:
        frame.pts = None
        self._fifo.write(frame)
        while (part := self._fifo.read(self._frame_size)) is not None:
            self._encode(part)

    @property
    def _frame_size(self) -> int:
        return self._stream.codec_context.frame_size or 960

    def _encode(self, part: AudioFrame | None) -> None:
        for packet in self._stream.encode(part):
            self._container.mux(packet)

    def close(self) -> None:
        rest = self._fifo.read(0, partial=True)
        if rest is not None and rest.samples:
            self._encode(rest)
        self._encode(None)
        self._container.close()
