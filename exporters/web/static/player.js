// Plays one camera's segments as one film: Media Source Extensions, each segment put where its wall clock says.
//
// The film's second 0 is `origin`. Footage is appended a little ahead of the playhead and dropped behind it; the segment
// that is being written is fetched on by byte ranges as it grows.

import { clockTime, duration, shortDay } from "./common.js";
import { readStart } from "./mp4.js";

const BEFORE_MS = 12 * 3_600_000;
const FILM_SECONDS = 30 * 86_400;
const AHEAD_SECONDS = 25;
const BEHIND_SECONDS = 60;
const SEAM_SECONDS = 0.35;
const SAME_MS = 1500;
const LIVE_DELAY_SECONDS = 2.5;
const TICK_MS = 300;
const STANDS_MS = 8000;
const SKIPPED_TOLD_MS = 4000;
const DAY_MS = 86_400_000;

const missing = (why) => (why ? `No footage: ${why}` : "No footage at this time");
/** Without the API's `url`: a relative address holds below any proxy's prefix, also one that we are not told of. */
const fileOf = (segment) => `media/segments/${segment.id}.mp4`;
const settled = (target, event) => new Promise((resolve) => target.addEventListener(event, resolve, { once: true }));

export class Player {
  constructor(video, { say }) {
    this.video = video;
    this.say = say;
    this.footage = null;
    this.origin = 0;
    this.playing = false;
    this.live = false;
    this.buffer = null;
    this.mime = null;
    this.progress = [];
    this.inParser = null;
    this.turn = 0;
    this.seeks = 0;
    this.pumping = false;
    this.leaving = false;
    this.lastSecond = 0;
    this.target = 0;
    setInterval(() => this.tick(), TICK_MS);
    video.addEventListener("seeking", () => this.tick());
  }

  /** Where the playhead is. */
  get time() {
    return this.buffer ? this.origin + this.video.currentTime * 1000 : this.target;
  }

  show(footage, time) {
    this.footage = footage;
    this.close();
    this.seek(time);
  }

  close() {
    this.turn += 1;
    this.cancel?.abort();
    this.buffer = null;
    this.mime = null;
    this.progress = [];
    this.inParser = null;
  }

  seek(time, { live = false } = {}) {
    this.live = live;
    this.seeks += 1;
    this.target = time;
    const second = (time - this.origin) / 1000;
    if (this.buffer && second >= 0 && second < FILM_SECONDS) {
      if (!this.isBuffered(second)) this.cancel?.abort();
      this.video.currentTime = second;
    } else {
      this.close();
    }
    this.tick();
  }

  goLive() {
    const latest = this.footage.latest();
    if (!latest) return;
    this.playing = true;
    this.setRate(1);
    this.seek(Math.max(latest.from, latest.to - LIVE_DELAY_SECONDS * 1000), { live: true });
  }

  setRate(rate) {
    this.video.defaultPlaybackRate = rate;
    this.video.playbackRate = rate;
  }

  toggle(playing = !this.playing) {
    this.playing = playing;
    if (!playing) {
      this.live = false;
      this.video.pause();
    }
    this.tick();
  }

  step(seconds) {
    this.toggle(false);
    this.seek(this.time + seconds * 1000);
  }

  ranges() {
    const found = [];
    const buffered = this.buffer?.buffered ?? { length: 0 };
    for (let index = 0; index < buffered.length; index += 1) found.push([buffered.start(index), buffered.end(index)]);
    return found;
  }

  isBuffered(second) {
    return this.ranges().some(([start, end]) => start <= second && second < end);
  }

  async tick() {
    if (!this.footage) return;
    this.overcome();
    if (this.playing && this.video.paused && this.buffer) this.video.play().catch(() => undefined);
    if (this.pumping) return;
    this.pumping = true;
    const { turn } = this;
    try {
      await this.pump(turn);
    } catch (error) {
      if (error.name !== "AbortError" && turn === this.turn) this.say(error.message);
    } finally {
      this.pumping = false;
    }
  }

  /** Gets over what cannot play: a seam between segments, or a gap, which is jumped. */
  overcome() {
    const { footage, time } = this;
    const second = this.video.currentTime;
    const advanced = second !== this.lastSecond;
    this.lastSecond = second;
    const segment = footage.at(time);
    if (!segment) {
      this.leave(time);
      return;
    }
    if (!this.buffer) return;
    const range = this.ranges().find(([start, end]) => start <= second && second < end);
    if (range && (advanced || !this.playing || this.video.readyState > 2 || range[1] - second > this.seam)) {
      this.say("");
      this.keepUp(second);
      return;
    }
    const ahead = this.ranges().find(([start]) => start > second);
    if (ahead && ahead[0] - (range?.[1] ?? second) < SEAM_SECONDS) {
      this.video.currentTime = ahead[0] + 0.01;
    } else if (this.playing && this.known(segment)?.whole) {
      this.leave(time);
    } else if (this.live && this.stands()) {
      this.say(this.whyItStands());
    }
  }

  /** How far before the end of what is buffered Chromium stops: 0.6 s at 16 times the speed. */
  get seam() {
    return SEAM_SECONDS * Math.max(1, this.video.playbackRate / 4);
  }

  /** Goes on where footage goes on: behind a gap, which is told, or in the present. */
  async leave(time) {
    if (!this.playing) this.say(this.whyNothing(time));
    if (!this.playing || this.leaving) return;
    this.leaving = true;
    const { footage, seeks } = this;
    try {
      const next = await footage.next(time);
      if (footage === this.footage && seeks === this.seeks) this.goOn(time, next);
    } catch (error) {
      this.say(error.message);
    } finally {
      this.leaving = false;
    }
  }

  whyNothing(time) {
    const next = this.footage.after(time);
    if (next?.from - time < SAME_MS) return "";
    return next || this.stands() ? missing(this.footage.whyNothing(time)) : "This moment is being recorded: play goes live";
  }

  goOn(time, next) {
    if (next) {
      this.tellSkipped(time, next);
      this.seek(next.from + 20, { live: this.live });
    } else if (this.stands()) {
      this.live = true;
      this.setRate(1);
      this.say(this.whyItStands());
    } else if (!this.live) {
      this.goLive();
    }
  }

  tellSkipped(time, next) {
    const from = this.footage.at(time)?.to ?? time;
    if (next.from - from < SAME_MS) return;
    const why = this.footage.whyNothing((from + next.from) / 2);
    this.say(`Skipped ${duration((next.from - from) / 1000)}${why ? `: ${why}` : " without footage"}`, SKIPPED_TOLD_MS);
  }

  /** Whether nothing has been recorded for a while. */
  stands() {
    const latest = this.footage.latest();
    return !latest || latest.to < Date.now() - STANDS_MS;
  }

  whyItStands() {
    const latest = this.footage.latest();
    const why = this.footage.whyNothing(Date.now());
    if (!latest) return missing(why);
    const day = Date.now() - latest.to > DAY_MS ? `${shortDay(latest.to)} ` : "";
    return `Nothing has come since ${day}${clockTime(latest.to)}${why ? `: ${why}` : ""}`;
  }

  /** Live means close to what is being written, whatever held us up; and who catches up with the present is live. */
  keepUp(second) {
    const edge = Math.max(...this.ranges().map(([, end]) => end));
    if (this.live && edge - second > 3 * LIVE_DELAY_SECONDS) this.video.currentTime = edge - LIVE_DELAY_SECONDS;
    const latest = this.footage.latest();
    const rate = this.video.playbackRate;
    const near = Math.max(LIVE_DELAY_SECONDS * 1000, 2 * rate * TICK_MS);
    if (!this.live && this.playing && rate >= 1 && !latest?.complete && latest?.to - this.time < near) this.goLive();
  }

  /** Appends what comes next: the segment under the playhead, and those within the time ahead. */
  async pump(turn) {
    const time = this.time;
    const rate = Math.max(1, this.video.playbackRate);
    const horizon = time + AHEAD_SECONDS * 1000 * Math.min(4, rate);
    const wanted = this.footage.segments.filter((segment) => segment.to > time - 200 && segment.from < horizon);
    for (const segment of wanted) {
      const done = this.progressOf(segment);
      done.whole = segment.complete && done.bytes >= segment.size_bytes && this.reached(done);
      if (done.bytes >= segment.size_bytes && this.reached(done)) continue;
      await this.append(segment, done, turn);
      if (turn !== this.turn) return;
    }
    await this.forget(time);
  }

  progressOf(segment) {
    let done = this.known(segment);
    if (!done) {
      done = { from: segment.from, to: segment.to, url: fileOf(segment), bytes: 0, whole: false };
      this.progress.push(done);
    }
    done.to = segment.to;
    done.complete = segment.complete;
    return done;
  }

  /** A segment gets another name when it completes, and its start may be corrected a little; the old name still works. */
  known(segment) {
    const url = fileOf(segment);
    const near = (one) => !one.complete && Math.abs(one.from - segment.from) < SAME_MS;
    return this.progress.find((one) => one.url === url) ?? (segment.complete ? this.progress.find(near) : undefined);
  }

  async append(segment, done, turn) {
    if (this.inParser !== done) done.bytes = 0;
    this.cancel = new AbortController();
    const headers = done.bytes ? { Range: `bytes=${done.bytes}-` } : {};
    const response = await fetch(done.url, { headers, signal: this.cancel.signal });
    // 416: nothing was added yet. 404: its name changes at this very moment, because it has become complete.
    if (response.status === 416 || (response.status === 404 && !segment.complete)) return;
    if (!response.ok) throw new Error((await response.json()).error ?? `status ${response.status}`);
    if (response.status === 200) done.bytes = 0;
    await this.feed(response.body.getReader(), done, turn);
  }

  /** Whether what was fetched went to the film that is shown, and not to one before it. */
  reached(done) {
    return Boolean(this.buffer) && done.film === this.buffer;
  }

  async feed(reader, done, turn) {
    let head = done.bytes ? null : new Uint8Array(0);
    for (;;) {
      const { done: ended, value } = await reader.read();
      if (ended || turn !== this.turn) return;
      let bytes = value;
      if (head) {
        head = joined(head, value);
        const start = readStart(head);
        if (!start) continue;
        turn = await this.place(done, start, turn);
        bytes = head;
        head = null;
      }
      if (turn !== this.turn) return;
      await this.put(bytes);
      done.bytes += bytes.length;
    }
  }

  /** Makes the buffer fit for what begins now: its codecs, and its place in the film. */
  async place(done, { mime, seconds }, turn) {
    if (mime !== this.mime) turn = await this.open(mime, done);
    if (turn !== this.turn || !this.buffer) return -1;
    this.buffer.abort();
    this.buffer.timestampOffset = (done.from - this.origin) / 1000 - seconds;
    this.inParser = done;
    done.film = this.buffer;
    return turn;
  }

  /** A new film: at the start, and where a camera changed its codec. */
  async open(mime, done) {
    if (!window.MediaSource?.isTypeSupported(mime)) {
      throw new Error(`This browser cannot play ${mime.split('"')[1]}`);
    }
    const time = this.buffer ? Math.max(this.time, done.from) : this.target;
    const { video } = this;
    this.turn += 1;
    const { turn } = this;
    const source = new MediaSource();
    URL.revokeObjectURL(video.src);
    video.src = URL.createObjectURL(source);
    await settled(source, "sourceopen");
    if (turn !== this.turn) return -1;
    this.origin = time - BEFORE_MS;
    source.duration = FILM_SECONDS;
    this.buffer = source.addSourceBuffer(mime);
    this.mime = mime;
    this.progress = [done];
    video.currentTime = BEFORE_MS / 1000;
    return turn;
  }

  async put(bytes) {
    const { buffer } = this;
    if (!buffer) return;
    try {
      buffer.appendBuffer(bytes);
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error;
      await this.forget(this.time, 5);
      buffer.appendBuffer(bytes);
    }
    if (buffer.updating) await settled(buffer, "updateend");
  }

  /** Drops what lies behind the playhead, and far ahead of it after a seek. */
  async forget(time, behind = BEHIND_SECONDS) {
    const second = (time - this.origin) / 1000;
    const { buffer } = this;
    if (!buffer || buffer.updating) return;
    const outside = this.ranges().filter(([start, end]) => end < second - behind || start > second + 600);
    for (const [start, end] of outside) {
      buffer.remove(start, end);
      await settled(buffer, "updateend");
    }
    const [first] = this.ranges();
    if (first && first[0] < second - 2 * behind) {
      buffer.remove(first[0], second - behind);
      await settled(buffer, "updateend");
    }
    const near = [time - behind * 1000, time + 600_000];
    this.progress = this.progress.filter((one) => one.from > near[0] && one.from < near[1] || (one.from <= time && one.to >= time));
  }
}

function joined(first, second) {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
