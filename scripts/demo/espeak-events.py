"""Speaks a text with espeak-ng and writes its samples and phoneme times.

usage: espeak-events.py VOICE WORDS_PER_MINUTE PITCH OUT.pcm < text   (phonemes as JSON on standard output)

Uses libespeak-ng's own events (espeak-ng's speak_lib.h): type 7 is the start of a phoneme, its name in IPA.
OUT.pcm gets signed 16-bit little-endian mono samples; the JSON holds their rate.
"""

import ctypes
import json
import sys


class Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("phoneme", ctypes.c_char * 8),
    ]


SYNCHRONOUS, PHONEME_EVENTS, PHONEME_IPA, UTF8 = 2, 1, 2, 1
RATE, PITCH = 1, 3
END_OF_LIST, PHONEME = 0, 7


def main():
    voice, rate, pitch, out = sys.argv[1:5]
    text = sys.stdin.buffer.read()
    lib = ctypes.CDLL("libespeak-ng.so.1")
    samples, phonemes = [], []
    callback_type = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(Event)
    )

    def on_sound(wav, count, events):
        if wav and count > 0:
            samples.append(ctypes.string_at(wav, count * 2))
        index = 0
        while events[index].type != END_OF_LIST:
            event = events[index]
            if event.type == PHONEME:
                name = ctypes.string_at(
                    ctypes.addressof(event) + Event.phoneme.offset, 8
                )
                ipa = name.split(b"\0")[0].decode("utf-8", "ignore")
                phonemes.append({"phoneme": ipa, "startMs": event.audio_position_ms})
            index += 1
        return 0

    callback = callback_type(on_sound)
    sample_rate = lib.espeak_Initialize(
        SYNCHRONOUS, 0, None, PHONEME_EVENTS | PHONEME_IPA
    )
    lib.espeak_SetSynthCallback(callback)
    if lib.espeak_SetVoiceByName(voice.encode()) != 0:
        sys.exit("espeak-ng has no voice " + voice)
    lib.espeak_SetParameter(RATE, int(rate), 0)
    lib.espeak_SetParameter(PITCH, int(pitch), 0)
    lib.espeak_Synth(text, len(text) + 1, 0, 1, 0, UTF8, None, None)
    lib.espeak_Synchronize()
    with open(out, "wb") as file:
        file.write(b"".join(samples))
    json.dump({"sampleRateHz": sample_rate, "phonemes": phonemes}, sys.stdout, ensure_ascii=False)


main()
