// Values as Grafana writes them: units, mappings, thresholds and colours.

const BYTES = ["B", "KiB", "MiB", "GiB", "TiB"];
const PALETTE = ["#73BF69", "#F2CC0C", "#8AB8FF", "#FF780A", "#B877D9", "#5794F2", "#FADE2A", "#FF9830", "#96D98D", "#CA95E5"];

function scaled(value, base, units, digits) {
  let place = 0;
  while (Math.abs(value) >= base && place < units.length - 1) { value /= base; place += 1; }
  return `${value.toFixed(digits ?? (Math.abs(value) < 10 && value % 1 ? 2 : Math.abs(value) < 100 && value % 1 ? 1 : 0))} ${units[place]}`.trim();
}

function duration(value, digits) {
  const size = Math.abs(value);
  if (size >= 2 * 86400) return `${(value / 86400).toFixed(digits ?? 1)} days`;
  if (size >= 3600) return `${(value / 3600).toFixed(digits ?? 1)} hours`;
  if (size >= 60) return `${(value / 60).toFixed(digits ?? 1)} min`;
  return size < 1 && value !== 0 ? `${(value * 1000).toFixed(digits ?? 0)} ms` : `${value.toFixed(digits ?? (value % 1 ? 1 : 0))} s`;
}

export function shown(field, value, coarse = false) {
  if (value === undefined || Number.isNaN(value)) return field.noValue ?? "";
  const word = field.mappings?.[0]?.options[String(value)];
  if (word) return word.text;
  const digits = coarse ? undefined : field.decimals;
  switch (field.unit) {
    case "percentunit": return `${(value * 100).toFixed(digits ?? (coarse ? 0 : 1))} %`;
    case "s": return duration(value, digits);
    case "bytes": return scaled(value, 1024, BYTES, digits);
    case "Bps": return scaled(value, 1000, ["B/s", "kB/s", "MB/s", "GB/s"], digits);
    case "fps": return `${value.toFixed(digits ?? 1)} fps`;
    case "x": return `${scaled(value, 1000, ["", "K"], digits)}x`;
    case "suffix: rows/s": return `${scaled(value, 1000, ["", "K"], digits)} rows/s`;
    default: return scaled(value, 1000, ["", "K", "Mil", "Bil"], digits);
  }
}

export function colourOf(field, value) {
  const word = field.mappings?.[0]?.options[String(value)];
  if (word) return word.color;
  return field.thresholds.steps.filter((step) => step.value === null || value >= step.value).at(-1).color;
}

export function nameColour(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return PALETTE[sum % PALETTE.length];
}

/** The round values between two, about five, at which an axis has its lines. */
export function marksOf(unit, low, high) {
  const rough = (high - low) / 4, base = unit === "bytes" ? 1024 : 10, scale = base ** Math.floor(Math.log(rough) / Math.log(base));
  const round = unit === "s" && rough > 1 ? [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 43200, 86400, 172800, 604800]
    : [1, 2, 2.5, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000].map((one) => one * scale);
  const step = round.find((one) => one >= rough * 0.99) ?? round.at(-1), marks = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) marks.push(Math.abs(value) < step / 1e6 ? 0 : value);
  return marks;
}
