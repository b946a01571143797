"""What strangers send becomes a clean picture or a clean minute of sound, or is refused quickly and cheaply."""

import io
import resource
import subprocess
import sys
import zipfile

import av
import pytest
from PIL import Image, ImageCms

from taawun.ground.media import making
from taawun.ground.media.making import make_picture, make_voice
from taawun.ground.values import refusal
from taawun.ground.values.refusal import Refusal
from tests.ground.media.files import CANARY, PLACE, photo, png_bomb, sound, wav

SECONDS_TO_REFUSE = 1.0
MEMORY_TO_REFUSE_KB = 100_000
PROGRAM = b"\x7fELF\x02\x01\x01" + bytes(4000)


def seen(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def worked() -> float:
    """The seconds a processor has worked for this process and those it started: the same on a busy machine."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def refused(make, data: bytes) -> str:
    """Return the code of a refusal, which has a sentence, took less than a second's work, and named its field."""
    began = worked()
    with pytest.raises(Refusal) as caught:
        make(data)
    assert worked() - began < SECONDS_TO_REFUSE
    assert caught.value.field in {"picture", "voice"}
    assert refusal.sentence(caught.value)
    return caught.value.code


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_no_byte_of_where_and_with_what_it_was_taken_survives(form):
    sent = photo(form=form)
    assert sent.count(CANARY) >= 3
    made = make_picture(sent)
    for content in (made.content, made.small):
        kept = Image.open(io.BytesIO(content))
        assert (kept.format, dict(kept.getexif())) == ("JPEG", {})
        assert not {"exif", "xmp", "comment", "icc_profile"} & set(kept.info)
        for secret in (CANARY, b"GPS", b"Exif", b"xmpmeta", b"SONY"):
            assert secret not in content


@pytest.mark.parametrize(("orientation", "red_at"), [(1, "left"), (3, "right"), (6, "top"), (8, "bottom"), (5, "top")])
def test_a_picture_stands_upright_without_the_note_that_says_how(orientation, red_at):
    made = make_picture(photo(800, 600, orientation=orientation))
    assert (made.width, made.height) == ((800, 600) if orientation in {1, 3} else (600, 800))
    places = {
        "left": (0.1, 0.5), "right": (0.9, 0.5), "top": (0.5, 0.1), "bottom": (0.5, 0.9)
    }  # fmt: skip
    picture = seen(made.content)
    for side, (x, y) in places.items():
        red, green, _blue = picture.getpixel((int(made.width * x), int(made.height * y)))
        if side == red_at:
            assert red > 150 > green, side
    assert make_picture(photo(form="PNG", orientation=6)).width == 600


def test_a_large_photo_becomes_small():
    noise = Image.effect_noise((4000, 3000), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=88)
    made = make_picture(out.getvalue())
    assert (made.width, made.height) == (1600, 1200)
    assert len(made.content) <= 300_000
    assert len(made.small) <= 8_000 and max(seen(made.small).size) <= 240


@pytest.mark.parametrize(
    ("mode", "form", "expected"),
    [
        ("CMYK", "JPEG", (255, 255, 255)), ("L", "PNG", (0, 0, 0)), ("LA", "PNG", (255, 255, 255)),
        ("RGBA", "PNG", (255, 255, 255)), ("P", "GIF", (0, 0, 0)), ("1", "PNG", (0, 0, 0)), ("I;16", "PNG", None),
        ("RGBA", "WEBP", (255, 255, 255)), ("RGB", "BMP", (0, 0, 0)), ("RGB", "AVIF", (0, 0, 0)),
    ],
)  # fmt: skip
def test_every_sort_of_colours_becomes_plain_ones(mode, form, expected):
    picture = Image.new(mode, (64, 48), 0 if mode != "I;16" else 40_000)
    out = io.BytesIO()
    picture.save(out, form)
    made = seen(make_picture(out.getvalue()).content)
    colour = made.getpixel((20, 20))
    # Sixteen bits of grey stay the grey they were.
    wanted = expected or (156, 156, 156)
    assert all(abs(one - other) < 8 for one, other in zip(colour, wanted, strict=True)), colour


def test_of_a_moving_picture_the_first_is_kept_and_a_colour_profile_is_followed():
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue", "lime")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert seen(make_picture(out.getvalue()).content).getpixel((20, 20))[0] > 200
    out = io.BytesIO()
    Image.new("RGB", (40, 40), (10, 200, 10)).save(
        out, "JPEG", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    )
    assert seen(make_picture(out.getvalue()).content).getpixel((20, 20))[1] > 180


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("page.html", "<script>alert(1)</script>")
    return out.getvalue()


def test_a_picture_that_is_something_else_too_is_only_a_picture_afterwards():
    for behind in (zipped(), b"<script>alert(1)</script>", PROGRAM, sound("ogg", "libopus", 1)):
        made = make_picture(photo() + behind)
        for sign in (b"PK\x03\x04", b"<script", b"\x7fELF", b"OggS"):
            assert sign not in made.content + made.small


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "picture.empty"),
        (PROGRAM, "picture.unknown"),
        (b"%PDF-1.7 " + bytes(100), "picture.unknown"),
        (zipped(), "picture.unknown"),
        (b"<html><body>no", "picture.unknown"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "picture.svg"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(200), "picture.heic"),
        (photo()[:3000], "picture.broken"),
        (b"\xff\xd8\xff\xe0" + PROGRAM, "picture.broken"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture.broken"),
        (b"GIF89a" + bytes(100), "picture.broken"),
        (png_bomb(), "picture.too_large"),
        (bytes(making.PICTURE_BYTES_MAX + 1), "picture.too_many_bytes"),
    ],
)
def test_what_is_no_picture_is_refused_quickly_with_what_would_be_right(data, code):
    assert refused(make_picture, data) == code


RECORDERS = [
    ("webm", "libopus", 48_000), ("mp4", "aac", 44_100), ("ipod", "aac", 48_000), ("3gp", "aac", 16_000),
    ("amr", "libopencore_amrnb", 8_000), ("ogg", "libopus", 48_000), ("mp3", "libmp3lame", 44_100),
    ("adts", "aac", 44_100), ("flac", "flac", 44_100),
]  # fmt: skip


@pytest.mark.parametrize(("form", "codec", "rate"), RECORDERS)
def test_what_phones_and_browsers_record_becomes_ogg_opus_with_nothing_else_in_it(form, codec, rate):
    sent = sound(form, codec, 3, rate)
    if form not in {"amr", "adts"}:
        assert CANARY in sent
    made = make_voice(sent)
    assert made.mime == "audio/ogg" and abs(made.milliseconds - 3000) < 150
    assert CANARY not in made.content and PLACE.encode() not in made.content
    with av.open(io.BytesIO(made.content), format="ogg") as kept:
        stream = kept.streams.audio[0]
        assert (stream.codec_context.name, stream.codec_context.channels) == ("opus", 1)
        assert not {name.lower() for name in (*kept.metadata, *stream.metadata)} - {"encoder"}
        heard = sum(frame.samples for frame in kept.decode(audio=0)) / 48_000
    assert abs(heard - 3) < 0.15


def test_a_minute_is_kept_in_few_bytes_and_a_second_more_is_refused():
    made = make_voice(wav(60))
    assert made.milliseconds == 60_000 and len(made.content) <= 180_000
    assert refused(make_voice, wav(63)) == "voice.too_long"


def test_a_recording_that_does_not_say_how_long_it_is_is_measured_while_it_is_read():
    assert abs(make_voice(sound("webm", "libopus", 2, live=True)).milliseconds - 2000) < 150
    assert refused(make_voice, sound("webm", "libopus", 64, live=True)) == "voice.too_long"


def test_of_a_film_only_the_sound_is_kept():
    made = make_voice(sound("mp4", "aac", 2, film=True))
    with av.open(io.BytesIO(made.content), format="ogg") as kept:
        assert [stream.type for stream in kept.streams] == ["audio"]


def long_silence(hours: int) -> bytes:
    """Hours of nothing in a small file: each packet of silence takes three bytes."""
    out = io.BytesIO()
    with av.open(out, "w", format="ogg") as made:
        stream = made.add_stream("libopus", rate=48_000)
        stream.layout = "mono"
        stream.codec_context.options = {"frame_duration": "60", "vbr": "on"}
        stream.codec_context.open()
        [packet] = silence(stream)
        for number in range(hours * 3600 * 1000 // 60):
            copy = av.Packet(bytes(packet))
            copy.stream, copy.time_base = stream, packet.time_base
            copy.pts = copy.dts = number * 2880
            copy.duration = 2880
            made.mux(copy)
    return out.getvalue()


def silence(stream) -> list[av.Packet]:
    frame = av.AudioFrame(format="flt", layout="mono", samples=2880)
    frame.sample_rate = 48_000
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return [packet for _ in range(3) for packet in stream.encode(frame)][:1]


@pytest.fixture(scope="module")
def bomb() -> bytes:
    made = long_silence(9)
    assert len(made) < making.VOICE_BYTES_MAX
    return made


def test_nine_hours_of_silence_are_refused_in_a_second(bomb):
    assert refused(make_voice, bomb) == "voice.too_long"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "voice.empty"),
        (PROGRAM, "voice.unknown"),
        (b"MZ\x90" + bytes(2000), "voice.unknown"),
        (b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "voice.unknown"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "voice.unknown"),
        (photo(), "voice.unknown"),
        (b"OggS" + PROGRAM, "voice.broken"),
        (b"\x1aE\xdf\xa3" + PROGRAM, "voice.broken"),
        (b"\x00\x00\x00\x18ftypM4A " + PROGRAM, "voice.broken"),
        (b"RIFF\x00\x00\x00\x00WAVE" + PROGRAM, "voice.broken"),
        (wav(0.05), "voice.empty"),
        (bytes(making.VOICE_BYTES_MAX + 1), "voice.too_many_bytes"),
    ],
)
def test_what_is_no_voice_is_refused_quickly_with_what_would_be_right(data, code):
    assert refused(make_voice, data) == code


@pytest.mark.parametrize(("form", "codec", "rate"), RECORDERS)
def test_a_recording_that_was_cut_off_on_the_way_is_refused(form, codec, rate):
    sent = sound(form, codec, 4, rate)
    assert refused(make_voice, sent[: len(sent) // 2]) in {"voice.broken", "voice.unknown"}


def test_refusing_a_bomb_takes_little_memory(bomb):
    """The measure is the largest process this one has ever started, so it is taken in a process that starts only these."""
    probe = (
        "import sys, resource; sys.path[:0] = sys.argv[1].split(':');"
        "from tests.ground.media.files import png_bomb; from taawun.ground.media import making;"
        "from taawun.ground.values.refusal import Refusal\n"
        "for make, data in ((making.make_picture, png_bomb()), (making.make_voice, sys.stdin.buffer.read())):\n"
        "    try: make(data); raise SystemExit('taken')\n"
        "    except Refusal: pass\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, ":".join(sys.path)], input=bomb, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert int(done.stdout) < MEMORY_TO_REFUSE_KB


def test_the_process_that_decodes_can_open_nothing():
    probe = (
        "import sys; sys.path[:0] = sys.argv[1].split(':'); from taawun.ground.media import child; import socket, os\n"
        "child.confine()\n"
        "for act in (lambda: open('/etc/passwd'), lambda: socket.socket(), lambda: os.pipe()):\n"
        "    try: act()\n"
        "    except OSError: continue\n"
        "    raise SystemExit('opened')\n"
    )
    done = subprocess.run([sys.executable, "-c", probe, ":".join(sys.path)], capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout, done.stderr)
