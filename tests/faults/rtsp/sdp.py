"""How a faulty camera describes itself: RFC 8866, with the parameter sets as RFC 6184 and RFC 7798 have them."""

from base64 import b64encode

from tests.faults.rtsp.clip import Clip
from tests.faults.rtsp.rtp import AUDIO_CLOCK, AUDIO_TYPE, VIDEO_CLOCK, VIDEO_TYPE

VIDEO_TRACK, AUDIO_TRACK = "track0", "track1"


def description(clip: Clip, *, has_audio: bool) -> str:
    lines = [
        *("v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=camera", "c=IN IP4 0.0.0.0", "t=0 0", "a=control:*"),
        *(f"m=video 0 RTP/AVP {VIDEO_TYPE}", *_video(clip), f"a=control:{VIDEO_TRACK}"),
    ]
    if has_audio:
        lines += [f"m=audio 0 RTP/AVP {AUDIO_TYPE}", f"a=rtpmap:{AUDIO_TYPE} PCMU/{AUDIO_CLOCK}"]
        lines += [f"a=control:{AUDIO_TRACK}"]
    return "\r\n".join(lines) + "\r\n"


def _video(clip: Clip) -> list[str]:
    sets = [b64encode(unit).decode() for unit in clip.parameter_sets]
    if clip.codec == "h264":
        name, parameters = "H264", f"packetization-mode=1;sprop-parameter-sets={','.join(sets)}"
    else:
        named = zip(("vps", "sps", "pps"), sets, strict=True)
        name, parameters = "H265", ";".join(f"sprop-{kind}={value}" for kind, value in named)
    return [f"a=rtpmap:{VIDEO_TYPE} {name}/{VIDEO_CLOCK}", f"a=fmtp:{VIDEO_TYPE} {parameters}"]
