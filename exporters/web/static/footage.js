// What is known of one camera's past: segments, gaps, what was deleted and motion, fetched as far as they are looked at. Times are ms.

import { causeWords, deletedWords } from "./causes.js";
import { ask } from "./common.js";

const DAY_MS = 86_400_000;
const TAIL_MS = 10 * 60_000;
const FRESH_MS = 6000;
const SEAM_MS = 1000;

const inMs = (entry) => ({ ...entry, from: Date.parse(entry.start), to: entry.end ? Date.parse(entry.end) : Infinity });
const byStart = (a, b) => a.from - b.from;

/** Stretches come cut where they were asked for: those of before are cut there as well, and what touches is one again. */
function joined(known, found, from, to) {
  const cut = known.flatMap((one) => [{ ...one, to: Math.min(one.to, from) }, { ...one, from: Math.max(one.from, to) }]);
  const parts = [...cut.filter((one) => one.from < one.to), ...found].sort(byStart);
  return parts.reduce((whole, one) => {
    const last = whole.at(-1);
    if (last?.policy === one.policy && one.from - last.to < SEAM_MS) last.to = Math.max(last.to, one.to);
    else whole.push({ ...one });
    return whole;
  }, []);
}

export class Footage {
  constructor(camera) {
    this.camera = camera;
    this.segments = [];
    this.gaps = [];
    this.deleted = [];
    this.events = [];
    this.note = null;
    this.known = null;
  }

  /** Fetches what is missing of `[from, to)`, in pieces that the API allows. */
  async ensure(from, to) {
    const end = Math.min(to, Date.now() + 1000);
    if (this.known && (from > this.known.to || end < this.known.from)) this.known = null;
    const missing = this.known ? [[from, this.known.from], [this.known.to, end]] : [[from, end]];
    for (const [start, stop] of missing) {
      for (let at = start; at < stop; at += 7 * DAY_MS) await this.fetch(at, Math.min(stop, at + 7 * DAY_MS));
    }
  }

  refreshTail() {
    return this.fetch(Date.now() - TAIL_MS, Date.now() + 1000);
  }

  async fetch(from, to) {
    const found = await ask("api/timeline", { camera: this.camera, from: new Date(from).toISOString(), to: new Date(to).toISOString() });
    for (const kind of ["segments", "gaps", "events"]) {
      const kept = this[kind].filter((entry) => entry.from >= to || entry.to <= from);
      this[kind] = [...kept, ...found[kind].map(inMs)].sort(byStart);
    }
    this.deleted = joined(this.deleted, found.deleted.map(inMs), from, to);
    this.note = found.note;
    const touches = this.known && from <= this.known.to && to >= this.known.from;
    this.known = touches ? { from: Math.min(from, this.known.from), to: Math.max(to, this.known.to) } : this.known ?? { from, to };
  }

  at(time) {
    return this.segments.findLast((segment) => segment.from <= time && time < segment.to);
  }

  after(time) {
    return this.segments.find((segment) => segment.from > time);
  }

  /** The segment that begins next; undefined where none does until now. What lies between is fetched first. */
  async next(time) {
    const isKnown = () => this.known && this.known.from <= time && this.known.to >= Math.min(this.after(time)?.from ?? Infinity, Date.now() - FRESH_MS);
    for (let from = time; !isKnown() && from < Date.now(); from += 7 * DAY_MS) {
      await this.fetch(from, Math.min(from + 7 * DAY_MS, Date.now() + 1000));
      const found = this.after(time);
      if (found && found.from < from + 7 * DAY_MS) return found;
    }
    return this.after(time);
  }

  latest() {
    return this.segments.at(-1);
  }

  gapAt(time) {
    return this.gaps.find((gap) => gap.from <= time && time < gap.to);
  }

  /** In words, why there is nothing; empty where that is not known. */
  whyNothing(time) {
    const gap = this.gapAt(time);
    if (gap) return causeWords(gap.cause);
    const deleted = this.deleted.find((one) => one.from <= time && time < one.to);
    return deleted ? deletedWords(deleted.policy) : "";
  }
}
