// Why footage is missing, in words for people, and in the families that share a colour on the bar of time.

const FAMILIES = [
  ["#e5484d", { refused: "connection refused", dns: "host name unknown", timeout: "no answer", eof: "connection lost", not_found: "stream not found" }],
  ["#d6409f", { auth: "password refused" }],
  ["#f76b15", { stalled: "no pictures came" }],
  ["#d9a514", { codec: "codec not supported", resolution: "picture size changed", timestamp_jump: "camera's time jumped" }],
  ["#8e4ec6", { enospc: "disk full", read_only: "disk read-only", directory_gone: "folder gone", mount_missing: "disk not mounted", stuck_io: "disk does not answer" }],
  ["#a8744f", { crash: "recording failed", oom: "out of memory" }],
  ["#7d8894", { recorder_down: "recorder off", clock_step: "recorder's clock was set" }],
  ["#5f8f8b", { config_change: "camera added" }],
];

export const DELETED = {
  no_motion: "nothing moved",
  delete_after: "deleted at its age",
  budget: "deleted to make room",
  camera_budget: "deleted to make room",
  emergency: "deleted: the disk was full",
  missing: "the file is gone",
};
export const deletedWords = (policy) => DELETED[policy] ?? `deleted: ${policy.replaceAll("_", " ")}`;
export const causeWords = (cause) => FAMILIES.map(([, words]) => words[cause]).find(Boolean) ?? cause.replaceAll("_", " ");
export const causeColour = (cause) => FAMILIES.find(([, words]) => cause in words)?.[0] ?? "#7d8894";
