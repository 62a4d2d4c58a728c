// The bar of time: footage, gaps coloured by their cause, a thin line where footage was deleted, motion, the playhead. Click to seek, wheel to zoom, drag to move.

import { causeColour } from "./causes.js";
import { clockTime, offsetAt, shortDay, shortTime } from "./common.js";

const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400].map((s) => s * 1000);
const LABEL_PX = 84;
const SHORTEST_MS = 20_000;
const LONGEST_MS = 7 * 86_400_000;
const FOOTAGE = { top: 30, height: 22 };
const DELETED = { top: 39, height: 4 };
const MOTION = { top: 58, height: 34 };

export class Timeline {
  constructor(canvas, { seek, moved, hover }) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.from = Date.now() - 450_000;
    this.to = Date.now() + 150_000;
    this.footage = null;
    this.time = Date.now();
    this.pointer = null;
    Object.assign(this, { seekTo: seek, moved, hover });
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.listen();
  }

  get length() {
    return this.to - this.from;
  }

  view(from, to) {
    const length = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, to - from));
    const end = Math.min(from + length, Date.now() + length * 0.25);
    this.from = end - length;
    this.to = end;
    this.moved();
    this.draw();
  }

  zoom(seconds, around = this.time) {
    this.view(around - seconds * 500, around + seconds * 500);
  }

  /** Keeps a playhead that runs on in view, unless the view was moved away from it. */
  follow(time) {
    const was = this.time;
    this.time = time;
    const inView = was >= this.from && was <= this.to;
    if (inView && time > this.to - this.length * 0.04) this.view(time - this.length * 0.7, time + this.length * 0.3);
    else if (Math.abs(time - was) > 3000 && (time < this.from || time > this.to)) this.zoom(this.length / 1000, time);
    else this.draw();
  }

  x(time) {
    return ((time - this.from) / this.length) * this.width;
  }

  timeAt(x) {
    return this.from + (x / this.width) * this.length;
  }

  resize() {
    const ratio = devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.draw();
  }

  draw() {
    if (!this.width) return;
    const style = getComputedStyle(document.documentElement);
    this.colour = (name) => style.getPropertyValue(`--${name}`).trim();
    this.context.clearRect(0, 0, this.width, this.height);
    this.drawTicks();
    this.bar(this.from, Math.min(this.to, Date.now()), FOOTAGE, this.colour("raised"));
    if (this.footage) this.drawFootage();
    this.mark(Date.now(), this.colour("quiet"), 1);
    if (this.pointer !== null) this.mark(this.pointer, this.colour("text"), 1);
    this.mark(this.time, this.colour("cursor"), 2);
  }

  bar(from, to, { top, height }, colour, least = 0) {
    const left = Math.max(0, this.x(from));
    const right = Math.min(this.width, this.x(Math.min(to, Date.now())));
    const width = Math.max(least, right - left);
    if (left > this.width || right < 0 || width <= 0) return;
    this.context.fillStyle = colour;
    this.context.fillRect(left, top, width, height);
  }

  drawFootage() {
    for (const one of this.footage.deleted) this.bar(one.from, one.to, DELETED, this.colour("quiet"));
    for (const segment of this.footage.segments) this.bar(segment.from, segment.to, FOOTAGE, this.colour("footage"), 1);
    for (const gap of this.footage.gaps) this.bar(gap.from, gap.to, FOOTAGE, causeColour(gap.cause), 2);
    for (const event of this.footage.events) {
      const height = Math.max(8, MOTION.height * Math.min(1, Math.sqrt(event.peak) * 1.6));
      this.bar(event.from, event.to, { top: MOTION.top + MOTION.height - height, height }, this.colour("event"), 3);
    }
  }

  drawTicks() {
    const { context } = this;
    const step = STEPS_MS.find((one) => this.x(this.from + one) > LABEL_PX) ?? STEPS_MS.at(-1);
    const shift = offsetAt(this.from);
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    for (let wall = Math.ceil((this.from + shift) / step) * step; wall - shift <= this.to; wall += step) {
      const time = wall - offsetAt(wall - shift);
      const isDay = wall % 86_400_000 === 0;
      context.fillStyle = this.colour("line");
      context.fillRect(Math.round(this.x(time)), 22, 1, this.height - 22);
      context.fillStyle = this.colour(isDay ? "text" : "quiet");
      context.fillText(isDay ? shortDay(time) : step < 60_000 ? clockTime(time) : shortTime(time), this.x(time), 16);
    }
  }

  mark(time, colour, width) {
    const x = Math.round(this.x(time));
    if (x < -2 || x > this.width + 2) return;
    this.context.fillStyle = colour;
    this.context.fillRect(x - width / 2, 22, width, this.height - 22);
    if (width < 2) return;
    this.context.beginPath();
    this.context.moveTo(x - 6, 20);
    this.context.lineTo(x + 6, 20);
    this.context.lineTo(x, 29);
    this.context.fill();
  }

  listen() {
    const { canvas } = this;
    let drag = null;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      drag = { x: event.offsetX, from: this.from, to: this.to, moved: false };
    });
    canvas.addEventListener("pointermove", (event) => {
      this.pointer = this.timeAt(event.offsetX);
      if (drag && Math.abs(event.offsetX - drag.x) > 4) drag.moved = true;
      if (drag?.moved) {
        const shift = ((drag.x - event.offsetX) / this.width) * (drag.to - drag.from);
        this.view(drag.from + shift, drag.to + shift);
        this.hover(null);
      } else {
        this.hover(this.pointer, event.offsetX);
        this.draw();
      }
    });
    canvas.addEventListener("pointerup", (event) => {
      if (drag && !drag.moved) this.seekTo(this.timeAt(event.offsetX));
      drag = null;
    });
    canvas.addEventListener("pointerleave", () => {
      this.pointer = null;
      this.hover(null);
      this.draw();
    });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      const around = this.timeAt(event.offsetX);
      const factor = 1.2 ** Math.sign(event.deltaY);
      this.view(around - (around - this.from) * factor, around + (this.to - around) * factor);
    }, { passive: false });
  }
}
