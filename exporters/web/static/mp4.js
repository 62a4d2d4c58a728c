// Reads the little of a fragmented MP4 that playing it needs: its codecs, and the media time at which it begins.

const BOXES_OF_BOXES = new Set(["moov", "trak", "mdia", "minf", "stbl", "moof", "traf"]);

/** Calls `see(type, view)` for each whole box, `view` without its header; returns false where the bytes end too early. */
function walk(bytes, start, end, see) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  while (at + 8 <= end) {
    let size = view.getUint32(at);
    let header = 8;
    if (size === 1 && at + 16 <= end) {
      size = Number(view.getBigUint64(at + 8));
      header = 16;
    }
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === "mdat") return true;
    if (size < header || at + size > end) return false;
    if (BOXES_OF_BOXES.has(type)) {
      see(type, null);
      walk(bytes, at + header, at + size, see);
    } else {
      see(type, bytes.subarray(at + header, at + size));
    }
    at += size;
  }
  return false;
}

const numbers = (box) => new DataView(box.buffer, box.byteOffset, box.byteLength);
const hex = (value) => value.toString(16).padStart(2, "0");

function find(box, type) {
  for (let at = 0; at + 8 < box.length; at += 1) {
    if (String.fromCharCode(...box.subarray(at, at + 4)) === type) return box.subarray(at + 4);
  }
  return null;
}

/** RFC 6381's name of the first sample entry of an `stsd` box. */
function codecOf(stsd) {
  const type = String.fromCharCode(...stsd.subarray(12, 16));
  if (type === "avc1" || type === "avc3") {
    const avcc = find(stsd, "avcC");
    return avcc && `${type}.${hex(avcc[1])}${hex(avcc[2])}${hex(avcc[3])}`;
  }
  if (type === "hvc1" || type === "hev1") {
    const hvcc = find(stsd, "hvcC");
    return hvcc && `${type}.${hvcc[1] & 31}.${reversed(numbers(hvcc).getUint32(2)).toString(16)}.${hvcc[1] & 32 ? "H" : "L"}${hvcc[12]}.B0`;
  }
  return type === "mp4a" ? "mp4a.40.2" : type;
}

function reversed(bits) {
  let result = 0;
  for (let bit = 0; bit < 32; bit += 1) result = ((result << 1) | ((bits >>> bit) & 1)) >>> 0;
  return result;
}

/** `{mime, seconds}` of a file's beginning, or null while more of it is needed. */
export function readStart(bytes) {
  const codecs = [];
  const scales = new Map();
  const begins = [];
  let track = 0;
  const whole = walk(bytes, 0, bytes.length, (type, box) => {
    if (type === "tkhd") track = numbers(box).getUint32(box[0] === 1 ? 20 : 12);
    if (type === "mdhd") scales.set(track, numbers(box).getUint32(box[0] === 1 ? 20 : 12));
    if (type === "stsd") codecs.push(codecOf(box));
    if (type === "tfhd") track = numbers(box).getUint32(4);
    if (type === "tfdt") {
      const time = box[0] === 1 ? Number(numbers(box).getBigUint64(4)) : numbers(box).getUint32(4);
      begins.push(time / scales.get(track));
    }
  });
  if (!whole || !begins.length) return null;
  return { mime: `video/mp4; codecs="${codecs.filter(Boolean).join(",")}"`, seconds: Math.min(...begins) };
}
